// A value one drags.
import QtQuick
import QtQuick.Controls.Basic

Slider {
    id: slider
    property string name: ""
    implicitHeight: Theme.compact
    Accessible.name: name
    background: Rectangle {
        x: slider.leftPadding
        y: slider.topPadding + slider.availableHeight / 2 - 2
        width: slider.availableWidth
        height: 4
        radius: 2
        color: Theme.line
        Rectangle { width: slider.visualPosition * parent.width; height: 4; radius: 2; color: Theme.accent }
    }
    handle: Rectangle {
        x: slider.leftPadding + slider.visualPosition * (slider.availableWidth - width)
        y: slider.topPadding + slider.availableHeight / 2 - height / 2
        width: 14
        height: 14
        radius: 7
        color: Theme.text
        border.color: Theme.lineStrong
        FocusRing { shown: slider.visualFocus; radius: 9 }
    }
}
