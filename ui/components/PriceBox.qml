// What an action would cost, in the fixed order: time, how much is run, memory and disk, verdict. Old numbers turn grey, they do not vanish.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: box
    required property var price
    readonly property bool wrong: price.problem !== ""
    color: Theme.field
    radius: Theme.radius
    border.color: wrong || !price.fits ? Theme.danger : Theme.line
    implicitHeight: column.implicitHeight + 2 * Theme.space2
    Accessible.role: Accessible.StatusBar
    Accessible.name: price.summary
    ColumnLayout {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.space2; leftMargin: Theme.space3; rightMargin: Theme.space3 }
        spacing: 2
        component Line: Words { visible: !box.wrong && text !== ""; Layout.fillWidth: true; kind: "meta"; wrapMode: Text.Wrap; color: box.price.fresh ? Theme.text2 : Theme.text3 }
        Line { kind: "body"; strong: true; text: box.price.time !== "" ? box.price.time : qsTr("Reckoning what it costs …"); color: box.price.fresh ? Theme.text : Theme.text3 }
        Line { text: box.price.extent }
        Line { text: box.price.space }
        Line { text: box.price.verdict; color: !box.price.fits ? Theme.danger : box.price.fresh ? Theme.text2 : Theme.text3 }
        Words { visible: box.wrong; Layout.fillWidth: true; text: box.price.problem; strong: true; wrapMode: Text.Wrap }
        Words { visible: box.wrong && text !== ""; Layout.fillWidth: true; text: box.price.cause; kind: "meta"; wrapMode: Text.Wrap }
    }
}
