// Several lines of text, growing to its height and scrolling after that. The hint is drawn here: Qt 6.4 cuts a long one off.
import QtQuick
import QtQuick.Controls.Basic

FocusScope {
    id: area
    property alias text: edit.text
    property alias length: edit.length
    property string hint: ""
    property string name: ""
    property alias editor: edit
    signal edited()
    implicitHeight: 72

    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusField
        color: Theme.field
        border.width: edit.activeFocus ? 2 : 1
        border.color: edit.activeFocus ? Theme.focus : Theme.lineStrong
    }
    ScrollView {
        anchors.fill: parent
        anchors.margins: 2
        clip: true
        ScrollBar.horizontal.policy: ScrollBar.AlwaysOff
        TextArea {
            id: edit
            focus: true
            padding: Theme.space2
            wrapMode: TextEdit.Wrap
            font.family: Theme.family
            font.pixelSize: Theme.sizePrompt
            color: Theme.text
            selectionColor: Theme.accent
            selectedTextColor: Theme.accentText
            selectByMouse: true
            textFormat: TextEdit.PlainText
            Accessible.name: area.name
            background: null
            onTextChanged: area.edited()
            // Tab moves on, as everywhere; a line break is Enter.
            KeyNavigation.priority: KeyNavigation.BeforeItem
            Keys.onTabPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
            Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
        }
    }
    Words {
        anchors.fill: parent
        anchors.margins: Theme.space2 + 2
        visible: edit.length === 0
        text: area.hint
        kind: "prompt"
        color: Theme.text3
        wrapMode: Text.Wrap
        verticalAlignment: Text.AlignTop
    }
}
