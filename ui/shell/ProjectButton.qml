// Which project is open; opens the list of all.
import QtQuick
import QtQuick.Controls.Basic
import Fantascope.Components

Button {
    id: button
    objectName: "project"
    required property var studio
    property bool opened: false  // its list is open: the hint would lie over it
    readonly property string name: studio.projects.currentName
    readonly property bool all: name === ""
    implicitHeight: 60
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    text: all ? qsTr("All projects") : name
    Accessible.role: Accessible.ButtonMenu
    Accessible.name: all ? qsTr("All projects are shown. Switch to one") : qsTr("Project %1 is open. Switch to another").arg(name)
    Keys.onReturnPressed: clicked()
    onClicked: studio.run("project menu")
    contentItem: Item {
        Column {
            anchors.centerIn: parent
            width: parent.width
            spacing: 3
            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                spacing: 3
                Icon { icon: "folder2-open"; size: 16; color: button.all ? Theme.text2 : Theme.accent }
                Icon { icon: "chevron-down"; size: 8; anchors.verticalCenter: parent.verticalCenter }
            }
            Words {
                x: -2
                width: parent.width + 4
                kind: "meta"
                text: button.text
                color: button.all ? Theme.text2 : Theme.text
                horizontalAlignment: Text.AlignHCenter
                wrapMode: Text.WrapAtWordBoundaryOrAnywhere
                elide: Text.ElideRight
                maximumLineCount: 2
                lineHeight: 0.95
            }
        }
    }
    background: Rectangle {
        color: button.down || button.opened ? Theme.selected : button.hovered ? Theme.hover : "transparent"
        FocusRing { shown: button.visualFocus; offset: -2 }
    }
    HintBox { visible: button.hovered && !button.opened; text: (button.all ? qsTr("All projects") : button.name) + "  (Ctrl+Shift+P)" }
}
