// A sentence beside what the pointer rests on. Nearly every control has one and few are ever read: the box itself is made when it is first
// to be seen.
import QtQuick
import QtQuick.Controls.Basic

Loader {
    id: hint
    property string text: ""
    active: false
    onVisibleChanged: if (visible && text !== "") active = true
    // Bound when all else of the box is there: its delay counts from then.
    onLoaded: item.visible = Qt.binding(() => hint.visible && hint.text !== "")
    sourceComponent: ToolTip {
        id: box
        parent: hint.parent
        text: hint.text
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
}
