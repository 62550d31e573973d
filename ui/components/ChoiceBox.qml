// One of a list.
import QtQuick
import QtQuick.Controls.Basic

ComboBox {
    id: box
    property string name: ""
    implicitHeight: Theme.control
    implicitWidth: 120
    leftPadding: Theme.space2
    font.family: Theme.family
    font.pixelSize: Theme.sizeBody
    Accessible.name: name
    contentItem: Words {
        text: box.displayText
        leftPadding: 0
        rightPadding: Theme.space4
        color: box.enabled ? Theme.text : Theme.text3
    }
    indicator: Icon {
        x: box.width - width - Theme.space2
        y: (box.height - height) / 2
        icon: "chevron-down"
        size: 12
    }
    background: Rectangle {
        radius: Theme.radiusField
        color: Theme.field
        border.width: box.visualFocus || box.popup.visible ? 2 : 1
        border.color: box.visualFocus || box.popup.visible ? Theme.focus : Theme.lineStrong
    }
    delegate: ItemDelegate {
        id: row
        required property int index
        required property var modelData
        width: ListView.view.width
        height: Theme.control
        highlighted: box.highlightedIndex === index
        contentItem: Words {
            text: box.textRole !== "" && typeof row.modelData === "object" ? row.modelData[box.textRole] : row.modelData
            strong: box.currentIndex === row.index
        }
        background: Rectangle { color: row.highlighted ? Theme.selected : "transparent" }
    }
    popup: Popup {
        y: box.height + 2
        width: Math.max(box.width, 140)
        height: Math.min(contentItem.implicitHeight + 8, 320)
        padding: 4
        contentItem: ListView {
            clip: true
            implicitHeight: contentHeight
            model: box.popup.visible ? box.delegateModel : null
            currentIndex: box.highlightedIndex
            ScrollBar.vertical: ScrollBar {}
        }
        background: Rectangle {
            color: Theme.raised
            border.color: Theme.lineStrong
            radius: Theme.radius
        }
    }
}
