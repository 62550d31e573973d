// A sentence beside what the pointer rests on.
import QtQuick
import QtQuick.Controls.Basic

ToolTip {
    id: box
    delay: 500
    padding: Theme.space2
    contentItem: Text {
        text: box.text
        color: Theme.text
        font.family: Theme.family
        font.pixelSize: Theme.sizeMeta + 1
        wrapMode: Text.Wrap
        textFormat: Text.PlainText
        width: Math.min(implicitWidth, 320)
    }
    background: Rectangle {
        color: Theme.raised
        border.color: Theme.lineStrong
        radius: Theme.radiusField
    }
}
