// What did not happen, why, what to do about it: where it happened, never over everything.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: card
    property string title: ""
    property string cause: ""
    property string remedy: ""
    property alias actions: actionRow.data
    color: Theme.raised
    radius: Theme.radius
    border.color: Theme.danger
    implicitHeight: column.implicitHeight + 2 * Theme.space3
    Accessible.role: Accessible.AlertMessage
    Accessible.name: title + " " + cause + " " + remedy
    ColumnLayout {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.space3 }
        spacing: Theme.space1
        RowLayout {
            spacing: Theme.space2
            Icon { icon: "exclamation-triangle"; color: Theme.danger; Layout.alignment: Qt.AlignTop; Layout.topMargin: 1 }
            Words { text: card.title; strong: true; wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
        Words { visible: text !== ""; text: card.cause; quiet: true; wrapMode: Text.Wrap; Layout.fillWidth: true }
        Words { visible: text !== ""; text: card.remedy; wrapMode: Text.Wrap; Layout.fillWidth: true }
        Row { id: actionRow; spacing: Theme.space2; visible: children.length > 0; Layout.topMargin: children.length > 0 ? Theme.space1 : 0 }
    }
}
