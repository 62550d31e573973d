// Every command by a few of its letters.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: palette
    required property var studio
    parent: T.Overlay.overlay
    x: Math.round((parent.width - width) / 2)
    y: 72
    width: Math.min(560, parent.width - 64)
    height: Math.min(440, parent.height - 120)
    modal: true
    focus: true
    padding: Theme.space2
    background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
    onOpened: { search.text = ""; search.forceActiveFocus(); list.currentIndex = 0 }
    function run() {
        const id = studio.commands.idAt(list.currentIndex)
        close()
        if (id !== "") studio.run(id)
    }
    contentItem: Column {
        spacing: Theme.space2
        InputField {
            id: search
            width: parent.width
            placeholderText: qsTr("Type what you want to do")
            onTextChanged: { palette.studio.commands.search = text; list.currentIndex = 0 }
            Keys.onDownPressed: list.incrementCurrentIndex()
            Keys.onUpPressed: list.decrementCurrentIndex()
            Keys.onReturnPressed: palette.run()
            Keys.onEnterPressed: palette.run()
        }
        ListView {
            id: list
            width: parent.width
            height: palette.availableHeight - search.height - Theme.space2
            clip: true
            model: palette.studio.commands
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: 0
            ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Commands")
            delegate: Rectangle {
                id: row
                required property int index
                required property string title
                required property string place
                required property string keys
                width: list.width
                height: Theme.control
                radius: Theme.radiusField
                color: ListView.isCurrentItem ? Theme.selected : over.hovered ? Theme.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: title
                HoverHandler { id: over }
                Words { anchors { left: parent.left; leftMargin: Theme.space2; verticalCenter: parent.verticalCenter } text: row.title; width: parent.width - placeWords.width - keyWords.width - 48 }
                Words { id: placeWords; anchors { right: keyWords.left; rightMargin: Theme.space3; verticalCenter: parent.verticalCenter } text: row.place; kind: "meta" }
                Words { id: keyWords; anchors { right: parent.right; rightMargin: Theme.space3; verticalCenter: parent.verticalCenter } text: row.keys; kind: "mono"; quiet: true }
                TapHandler { onTapped: { list.currentIndex = row.index; palette.run() } }
            }
            Words { visible: list.count === 0; anchors.centerIn: parent; text: qsTr("No command has these letters."); quiet: true }
        }
    }
}
