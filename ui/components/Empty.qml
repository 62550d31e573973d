// What an empty place says: one sentence, one thing to do.
import QtQuick

Column {
    id: empty
    property string text: ""
    property string action: ""
    property string keys: ""
    signal acted()
    spacing: Theme.space4
    width: Math.min(parent ? parent.width - 2 * Theme.space5 : 420, 460)
    Words {
        width: parent.width
        text: empty.text
        kind: "prompt"
        quiet: true
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignHCenter
    }
    ActionButton {
        visible: empty.action !== ""
        anchors.horizontalCenter: parent.horizontalCenter
        text: empty.action
        onClicked: empty.acted()
    }
}
