// The whole text of a licence: scrolls by wheel and by keys, can be selected, cannot be changed.
import QtQuick
import QtQuick.Controls.Basic
import Fantascope.Components

Rectangle {
    id: frame
    property alias text: words.text
    property string name: ""
    radius: Theme.radiusField
    color: Theme.field
    border.width: words.activeFocus ? 2 : 1
    border.color: words.activeFocus ? Theme.focus : Theme.lineStrong
    ScrollView {
        anchors.fill: parent
        anchors.margins: 2
        clip: true
        ScrollBar.horizontal.policy: ScrollBar.AlwaysOff
        TextArea {
            id: words
            objectName: "licence text"
            readOnly: true
            activeFocusOnTab: true
            padding: Theme.space3
            wrapMode: TextEdit.Wrap
            font.family: Theme.monoFamily
            font.pixelSize: Theme.sizeMono
            color: Theme.text
            selectionColor: Theme.accent
            selectedTextColor: Theme.accentText
            selectByMouse: true
            selectByKeyboard: true
            textFormat: TextEdit.PlainText
            Accessible.name: frame.name
            background: null
            KeyNavigation.priority: KeyNavigation.BeforeItem
            Keys.onTabPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
            Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
        }
    }
}
