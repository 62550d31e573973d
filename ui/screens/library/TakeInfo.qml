// Everything about the current take, on request.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: info
    required property var model
    required property var studio
    readonly property var take: model.facts
    color: Theme.panel
    Rectangle { width: 1; height: parent.height; color: Theme.line }
    ColumnLayout {
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.space4 }
        spacing: Theme.space2
        Words { kind: "title"; Layout.fillWidth: true; text: info.take.name || qsTr("No take"); wrapMode: Text.Wrap }
        Words { Layout.fillWidth: true; text: info.take.prompt || ""; wrapMode: Text.Wrap; quiet: true }
        RowLayout { spacing: Theme.space3; FlagWord { keep: info.take.keep || "draft" } Stars { stars: info.take.stars || 0; onPicked: stars => info.model.setStars(stars) } }
        Repeater {
            model: [{n: qsTr("Model"), v: info.take.modelName}, {n: qsTr("Size"), v: (info.take.size || "").replace("x", "×")}, {n: qsTr("Length"), v: info.take.length}, {n: qsTr("Seed"), v: info.take.seed}, {n: qsTr("Project"), v: info.take.project}, {n: qsTr("Made"), v: info.take.moment}]
            RowLayout {
                required property var modelData
                Layout.fillWidth: true
                Words { text: modelData.n; kind: "meta"; Layout.preferredWidth: 64 }
                Words { text: modelData.v || ""; kind: "mono"; Layout.fillWidth: true; property bool mayElide: true }
            }
        }
        Words { text: qsTr("Tags"); strong: true; Layout.topMargin: Theme.space2 }
        Flow {
            Layout.fillWidth: true
            spacing: 6
            Repeater {
                model: info.take.tags || []
                Chip { required property string modelData; text: modelData + "  ×"; hint: qsTr("Take this tag away"); onClicked: info.model.removeTag(modelData) }
            }
        }
        InputField { id: tag; Layout.fillWidth: true; placeholderText: qsTr("Add a tag"); onAccepted: { info.model.addTag(text); text = "" } }
        Flow {
            Layout.fillWidth: true
            spacing: 6
            visible: info.studio.takes.knownTags.length > 0
            Repeater {
                model: info.studio.takes.knownTags.slice(0, 12)
                Chip { required property string modelData; text: modelData; hint: qsTr("Add this tag"); onClicked: info.model.addTag(modelData) }
            }
        }
    }
}
