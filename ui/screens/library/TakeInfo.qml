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
        // The rows stay while what they say changes: Qt 6.4 crashes when rows of a layout are made anew while it is laid out.
        Repeater {
            model: [qsTr("Model"), qsTr("Size"), qsTr("Length"), qsTr("Seed"), qsTr("Project"), qsTr("Made")]
            RowLayout {
                required property string modelData
                required property int index
                readonly property var value: [info.take.modelName, (info.take.size || "").replace("x", "×"), info.take.length, info.take.seed, info.take.project, info.take.moment][index]
                Layout.fillWidth: true
                Words { text: parent.modelData; kind: "meta"; Layout.preferredWidth: 64 }
                Words { text: parent.value || ""; kind: "mono"; Layout.fillWidth: true; property bool mayElide: true }
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
