// A small word one can press: a part of a prompt, a filter, a tag.
import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: chip
    property string hint: ""
    implicitHeight: Theme.compact
    implicitWidth: label.implicitWidth + 16
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.name: text
    contentItem: Item {
        Words {
            id: label
            anchors.centerIn: parent
            text: chip.text
            kind: "body"
            color: chip.checked ? Theme.text : Theme.text2
        }
    }
    background: Rectangle {
        radius: height / 2
        color: chip.checked ? Theme.selected : chip.hovered ? Theme.hover : "transparent"
        border.color: chip.checked ? Theme.accent : Theme.lineStrong
        FocusRing { shown: chip.visualFocus; radius: height / 2 }
    }
    HintBox { visible: chip.hovered && chip.hint !== ""; text: chip.hint }
}
