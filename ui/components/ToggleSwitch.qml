// On or off, with its words beside it.
import QtQuick
import QtQuick.Controls.Basic

Switch {
    id: toggle
    property string name: ""   // what a screen reader says where the words stand elsewhere
    Accessible.name: name !== "" ? name : text
    implicitHeight: Theme.compact
    spacing: Theme.space2
    padding: 0
    indicator: Rectangle {
        x: 0
        y: (toggle.height - height) / 2
        width: 34
        height: 18
        radius: 9
        color: toggle.checked ? Theme.accent : Theme.field
        border.color: toggle.checked ? Theme.accent : Theme.lineStrong
        Rectangle {
            x: toggle.checked ? 18 : 2
            y: 2
            width: 14
            height: 14
            radius: 7
            color: toggle.checked ? Theme.accentText : Theme.lineStrong
            Behavior on x { NumberAnimation { duration: Theme.quick } }
        }
        FocusRing { shown: toggle.visualFocus; radius: 11 }
    }
    contentItem: Words {
        leftPadding: toggle.text === "" ? 34 : 34 + toggle.spacing
        text: toggle.text
    }
}
