// What runs, what comes next, how much memory is used, and the newest notice. Always there.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: line
    required property var studio
    implicitHeight: 28
    Rectangle { anchors.fill: parent; color: Theme.panel }
    Rectangle { anchors { left: parent.left; right: parent.right; top: parent.top } height: 1; color: Theme.line }
    RowLayout {
        anchors { fill: parent; leftMargin: Theme.space3; rightMargin: Theme.space3 }
        spacing: Theme.space3
        Rectangle {
            width: 8; height: 8; radius: 4
            color: line.studio.runningJob !== "" ? Theme.accent : line.studio.engine.ready ? Theme.text3 : Theme.warn
        }
        Words {
            kind: "meta"
            text: line.studio.jobLine
            color: Theme.text
            Layout.fillWidth: !notice.visible
            Layout.maximumWidth: notice.visible ? line.width * 0.42 : line.width
            Layout.minimumWidth: 80
        }
        Rectangle {
            id: notice
            visible: line.studio.notices.text !== ""
            Layout.fillWidth: true
            Layout.preferredHeight: 22
            radius: 3
            color: Theme.raised
            border.color: line.studio.notices.isError ? Theme.danger : Theme.line
            Accessible.role: Accessible.AlertMessage
            Accessible.name: line.studio.notices.text
            RowLayout {
                anchors { fill: parent; leftMargin: Theme.space2; rightMargin: 2 }
                spacing: Theme.space2
                Icon { visible: line.studio.notices.isError; icon: "exclamation-triangle"; size: 12; color: Theme.danger }
                Words { kind: "meta"; text: line.studio.notices.text; color: Theme.text; Layout.fillWidth: true; HoverHandler { id: over } HintBox { visible: over.hovered && parent.truncated; text: line.studio.notices.text } }
                Words {
                    objectName: "notice action"
                    visible: text !== ""
                    kind: "meta"
                    strong: true
                    text: line.studio.notices.action
                    color: Theme.accent
                    font.underline: actionArea.containsMouse || activeFocus
                    activeFocusOnTab: true
                    Accessible.role: Accessible.Button
                    Accessible.name: text
                    Accessible.onPressAction: line.studio.notices.act()
                    Keys.onReturnPressed: line.studio.notices.act()
                    Keys.onSpacePressed: line.studio.notices.act()
                    FocusRing { shown: parent.activeFocus }
                    MouseArea { id: actionArea; anchors.fill: parent; anchors.margins: -4; hoverEnabled: true; onClicked: line.studio.notices.act() }
                }
                Icon {
                    icon: "x-lg"
                    size: 10
                    activeFocusOnTab: true
                    Accessible.role: Accessible.Button
                    Accessible.name: qsTr("Close the notice")
                    Keys.onReturnPressed: line.studio.notices.close()
                    Keys.onSpacePressed: line.studio.notices.close()
                    FocusRing { shown: parent.activeFocus }
                    MouseArea { anchors.fill: parent; anchors.margins: -6; onClicked: line.studio.notices.close() }
                }
            }
        }
        MeterBar {
            visible: line.studio.memoryText !== ""
            label: qsTr("Memory")
            numbers: line.studio.memoryText
            fraction: line.studio.memoryFraction
            barWidth: 60
        }
    }
}
