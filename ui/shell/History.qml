// What can be undone, newest first.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: history
    required property var studio
    parent: T.Overlay.overlay
    anchors.centerIn: parent
    width: 420
    height: 360
    modal: true
    focus: true
    padding: Theme.space4
    background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
    onOpened: list.model = studio.undo.history()
    contentItem: Column {
        spacing: Theme.space3
        Words { kind: "title"; text: qsTr("What can be undone") }
        ListView {
            id: list
            width: parent.width
            height: history.availableHeight - 80
            clip: true
            delegate: Words { required property string modelData; text: modelData; width: list.width; height: 24 }
            Words { visible: list.count === 0; anchors.centerIn: parent; text: qsTr("Nothing was changed yet."); quiet: true }
        }
        ActionButton {
            text: qsTr("Undo the newest")
            enabled: history.studio.undo.undoText !== ""
            onClicked: { history.studio.run("undo"); list.model = history.studio.undo.history() }
        }
    }
}
