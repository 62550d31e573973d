// A menu of what the selection can do.
import QtQuick
import QtQuick.Controls.Basic

Menu {
    id: menu
    padding: 4
    implicitWidth: 220
    background: Rectangle {
        implicitWidth: 220
        color: Theme.raised
        border.color: Theme.lineStrong
        radius: Theme.radius
    }
    delegate: MenuItem {
        id: item
        implicitHeight: Theme.compact
        contentItem: Words {
            text: item.text
            color: item.enabled ? Theme.text : Theme.text3
            leftPadding: Theme.space1
        }
        background: Rectangle { radius: 3; color: item.highlighted ? Theme.selected : "transparent" }
    }
}
