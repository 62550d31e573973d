// The screens, by name and icon, with what waits in them.
import QtQuick
import QtQuick.Controls.Basic
import Fantascope.Components

FocusScope {
    id: rail
    required property var studio
    property bool projectsOpen: false
    implicitWidth: 72
    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Screens")
    Rectangle { anchors.fill: parent; color: Theme.panel }
    Rectangle { anchors { right: parent.right; top: parent.top; bottom: parent.bottom } width: 1; color: Theme.line }
    Column {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; topMargin: Theme.space2 }
        spacing: 2
        ProjectButton {
            width: column.width
            studio: rail.studio
            opened: rail.projectsOpen
            Keys.onDownPressed: tabs.itemAt(0).forceActiveFocus(Qt.TabFocusReason)
        }
        Rectangle { x: Theme.space3; width: column.width - 2 * Theme.space3; height: 1; color: Theme.line }
        Repeater {
            id: tabs
            model: rail.studio.rail
            TabButton {
                id: tab
                required property var modelData
                required property int index
                readonly property bool current: rail.studio.navigator.screen === modelData.id
                width: column.width
                height: 58
                focus: index === 0
                focusPolicy: Qt.StrongFocus
                hoverEnabled: true
                checked: current
                Accessible.name: modelData.title
                onClicked: rail.studio.navigator.go(modelData.id)
                Keys.onDownPressed: (tabs.itemAt((index + 1) % tabs.count)).forceActiveFocus(Qt.TabFocusReason)
                Keys.onUpPressed: (tabs.itemAt((index + tabs.count - 1) % tabs.count)).forceActiveFocus(Qt.TabFocusReason)
                Keys.onReturnPressed: clicked()
                contentItem: Item {
                    Column {
                        anchors.centerIn: parent
                        spacing: 4
                        width: parent.width
                        Icon {
                            anchors.horizontalCenter: parent.horizontalCenter
                            icon: tab.modelData.icon
                            size: 18
                            color: tab.current ? Theme.accent : Theme.text2
                        }
                        Words {
                            width: parent.width + 8
                            x: -4
                            horizontalAlignment: Text.AlignHCenter
                            kind: "meta"
                            fontSizeMode: Text.HorizontalFit
                            minimumPixelSize: 11
                            text: tab.modelData.title
                            color: tab.current ? Theme.text : Theme.text2
                        }
                    }
                    Rectangle {
                        visible: tab.modelData.id === "queue" && rail.studio.openJobs > 0
                        anchors { right: parent.right; top: parent.top; rightMargin: 8; topMargin: 2 }
                        width: Math.max(16, badge.implicitWidth + 8)
                        height: 16
                        radius: 8
                        color: Theme.accent
                        Words { id: badge; anchors.centerIn: parent; kind: "meta"; color: Theme.accentText; text: rail.studio.openJobs }
                    }
                }
                background: Rectangle {
                    color: tab.current ? Theme.selected : tab.hovered ? Theme.hover : "transparent"
                    Rectangle { visible: tab.current; width: 3; height: parent.height; color: Theme.accent }
                    FocusRing { shown: tab.visualFocus; offset: -2 }
                }
                HintBox { visible: tab.hovered; text: tab.modelData.title + "  (Ctrl+" + tab.modelData.position + ")" }
            }
        }
    }
}
