// One shot of the storyboard.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: row
    required property var model
    required property int index
    required property var board
    height: 132
    color: Theme.panel
    radius: Theme.radius
    border.color: Theme.line
    Accessible.role: Accessible.ListItem
    Accessible.name: qsTr("Shot %1: %2").arg(row.index + 1).arg(model.prompt)
    RowLayout {
        anchors { fill: parent; margins: Theme.space2 }
        spacing: Theme.space3
        Words { kind: "mono"; quiet: true; text: row.index + 1; Layout.preferredWidth: 20; horizontalAlignment: Text.AlignRight }
        Item {
            Layout.preferredWidth: 132
            Layout.preferredHeight: 92
            Filmstrip { anchors.fill: parent; visible: row.model.takeId !== ""; source: row.model.filmstrip === "" ? "" : "file://" + row.model.filmstrip; frames: row.model.frames; crop: false; aspect: { const p = row.model.size.split("x"); return Number(p[0]) / Number(p[1]) } }
            Rectangle {
                anchors.fill: parent
                visible: row.model.takeId === ""
                color: Theme.field
                border.color: Theme.line
                Words { anchors.centerIn: parent; kind: "meta"; text: qsTr("no take yet") }
            }
            TapHandler { onTapped: row.board.openShot(row.index) }
        }
        InputArea {
            id: words
            Layout.fillWidth: true
            Layout.preferredWidth: 400
            Layout.fillHeight: true
            name: qsTr("Words of shot %1").arg(row.index + 1)
            text: row.model.prompt
            editor.onEditingFinished: row.board.setPrompt(row.index, text)
        }
        ColumnLayout {
            Layout.fillWidth: false
            Layout.preferredWidth: 176
            Layout.maximumWidth: 176
            spacing: Theme.space1
            RowLayout {
                spacing: Theme.space1
                InputField { mono: true; name: qsTr("Length in seconds"); Layout.preferredWidth: 64; implicitHeight: Theme.compact; text: Number(row.model.seconds).toFixed(2); onEditingFinished: { const s = Number(text.replace(",", ".")); if (s > 0) row.board.setSeconds(row.index, s) } }
                Words { kind: "meta"; text: "s" }
            }
            Words { kind: "meta"; Layout.fillWidth: true; visible: row.model.length !== ""; text: qsTr("take: %1").arg(row.model.length) }
            ChoiceBox {
                objectName: "first frame " + (row.index + 1)
                visible: row.index > 0
                Layout.fillWidth: true
                implicitHeight: Theme.compact
                name: qsTr("First frame of shot %1").arg(row.index + 1)
                model: [qsTr("Free first frame"), qsTr("Last frame of shot %1").arg(row.index)]
                currentIndex: row.model.follows ? 1 : 0
                onActivated: index => row.board.setFollows(row.index, index === 1)
            }
            ActionButton { objectName: "generate shot " + (row.index + 1); Layout.fillWidth: true; compact: true; enabled: !row.model.waits; hint: row.model.waits ? qsTr("Waits for shot %1").arg(row.index) : ""; kind: row.model.takeId === "" ? "primary" : "plain"; text: row.model.waits ? qsTr("Waits for shot %1").arg(row.index) : row.model.takeId === "" ? qsTr("Generate") : qsTr("Another take"); onClicked: row.board.generate(row.index) }
        }
        ColumnLayout {
            spacing: 2
            ActionButton { compact: true; kind: "quiet"; iconName: "arrow-up"; hint: qsTr("Earlier"); enabled: row.index > 0; onClicked: row.board.move(row.index, -1) }
            ActionButton { compact: true; kind: "quiet"; iconName: "arrow-down"; hint: qsTr("Later"); enabled: row.index < row.board.count - 1; onClicked: row.board.move(row.index, 1) }
            ActionButton { compact: true; kind: "quiet"; iconName: "x-lg"; hint: qsTr("Take it out; its takes stay"); onClicked: row.board.remove(row.index) }
        }
    }
}
