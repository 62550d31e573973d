// One line of text.
import QtQuick
import QtQuick.Controls.Basic

TextField {
    id: input
    property string name: ""      // what a screen reader says
    property bool mono: false
    property bool problem: false
    implicitHeight: Theme.control
    leftPadding: Theme.space2
    rightPadding: Theme.space2
    topPadding: 0
    bottomPadding: 0
    verticalAlignment: TextInput.AlignVCenter
    font.family: mono ? Theme.monoFamily : Theme.family
    font.pixelSize: mono ? Theme.sizeMono : Theme.sizeBody
    color: enabled ? Theme.text : Theme.text3
    placeholderTextColor: Theme.text3
    selectionColor: Theme.accent
    selectedTextColor: Theme.accentText
    selectByMouse: true
    Accessible.name: name !== "" ? name : placeholderText
    background: Rectangle {
        radius: Theme.radiusField
        color: Theme.field
        border.width: input.activeFocus ? 2 : 1
        border.color: input.activeFocus ? Theme.focus : input.problem ? Theme.danger : Theme.lineStrong
    }
}
