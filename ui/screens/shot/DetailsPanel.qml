// Everything about the take in focus: what was measured, how it was made, where it comes from.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: panel
    required property var model
    color: Theme.panel
    Rectangle { width: 1; height: parent.height; color: Theme.line }
    ScrollView {
        id: scroll
        anchors { fill: parent; leftMargin: Theme.space3 + 1; rightMargin: Theme.space2; topMargin: Theme.space2; bottomMargin: Theme.space2 }
        contentWidth: availableWidth
        clip: true
        ColumnLayout {
            width: scroll.availableWidth
            spacing: Theme.space2
            Words { kind: "title"; text: qsTr("Measured"); Layout.fillWidth: true }
            Words { visible: panel.model.measures.length === 0; quiet: true; Layout.fillWidth: true; wrapMode: Text.Wrap; text: qsTr("This take is being measured.") }
            // Rows are counted and look up what they say, so that they stay when another take has as many: Qt 6.4 crashes when rows of a
            // layout are made anew while it is laid out.
            Repeater {
                model: panel.model.measures.length
                RowLayout {
                    id: measure
                    required property int index
                    readonly property var modelData: panel.model.measures[index] || ({name: "", value: "", bad: false})
                    Layout.fillWidth: true
                    spacing: Theme.space1
                    Accessible.role: Accessible.StaticText
                    Accessible.name: (modelData.bad ? qsTr("Unusual. ") : "") + modelData.name + ": " + modelData.value
                    Icon { icon: measure.modelData.bad ? "exclamation-triangle" : "check-lg"; size: 12; color: measure.modelData.bad ? Theme.warn : Theme.text3; Layout.alignment: Qt.AlignTop; Layout.topMargin: 3 }
                    ColumnLayout {
                        spacing: 0
                        Layout.fillWidth: true
                        Words { kind: "meta"; Layout.fillWidth: true; text: measure.modelData.name }
                        Words { Layout.fillWidth: true; wrapMode: Text.Wrap; color: measure.modelData.bad ? Theme.warn : Theme.text; text: measure.modelData.value }
                    }
                }
            }
            Rectangle { Layout.fillWidth: true; Layout.preferredHeight: 1; color: Theme.line }
            Words { kind: "title"; text: qsTr("Recipe"); Layout.fillWidth: true }
            Repeater {
                model: panel.model.facts.length
                RowLayout {
                    id: fact
                    required property int index
                    readonly property var modelData: panel.model.facts[index] || ({name: "", value: ""})
                    Layout.fillWidth: true
                    Words { text: fact.modelData.name; kind: "meta"; Layout.preferredWidth: 64; Layout.alignment: Qt.AlignTop }
                    Words { text: fact.modelData.value; Layout.fillWidth: true; wrapMode: Text.Wrap }
                }
            }
            Flow {
                Layout.fillWidth: true
                spacing: Theme.space1
                ActionButton { compact: true; iconName: "clipboard"; text: qsTr("Copy recipe"); keys: "Ctrl+Shift+C"; onClicked: panel.model.copyRecipe() }
                ActionButton { objectName: "reproduce"; compact: true; iconName: "arrow-clockwise"; text: qsTr("Reproduce"); hint: qsTr("Make it again and compare every byte before signing"); enabled: !panel.model.reproducing; onClicked: panel.model.reproduce() }
            }
            // What it would cost, then what came out. Its place is kept: rows below it must not move under the pointer when the price comes.
            Words {
                readonly property var price: panel.model.reproducePrice
                readonly property bool answered: panel.model.reproduceText !== ""
                Layout.fillWidth: true
                Layout.minimumHeight: 36
                kind: answered ? "body" : "meta"
                wrapMode: Text.Wrap
                verticalAlignment: Text.AlignTop
                color: answered ? Theme.text : price.problem !== "" || !price.fits ? Theme.warn : price.fresh ? Theme.text2 : Theme.text3
                text: answered ? panel.model.reproduceText : price.problem !== "" ? price.problem : price.time === "" ? "" : price.fits ? qsTr("Reproduce: %1").arg(price.time) : qsTr("Reproduce: %1").arg(price.verdict)
            }
            Rectangle { visible: panel.model.lineage.count > 0; Layout.fillWidth: true; Layout.preferredHeight: 1; color: Theme.line }
            Words { visible: panel.model.lineage.count > 0; kind: "title"; text: qsTr("Lineage"); Layout.fillWidth: true }
            LineageView { visible: panel.model.lineage.count > 0; Layout.fillWidth: true; lineage: panel.model.lineage; onOpened: row => panel.model.openRelative(row) }
        }
    }
}
