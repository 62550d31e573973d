// Where takes are to go: one of the projects, a new one, or none.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: box
    required property var model
    required property var projects
    readonly property var rows: projects.list.map(p => ({id: p.id, text: p.name})).concat([{id: "new", text: qsTr("New project…")}, {id: "", text: qsTr("No project")}])
    parent: T.Overlay.overlay
    anchors.centerIn: parent
    width: 320
    height: Math.min(list.contentHeight + title.height + 2 * padding + Theme.space2, parent.height - 80)
    modal: true
    focus: true
    padding: Theme.space3
    background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
    onOpened: { list.currentIndex = 0; list.forceActiveFocus() }
    function run(index) {
        const row = rows[index]
        close()
        if (row.id === "new") box.model.moveToNew()
        else box.model.moveTo(row.id)
    }
    contentItem: Item {
        Words { id: title; kind: "title"; text: qsTr("Move to a project") }
        ListView {
            id: list
            objectName: "move list"
            anchors { left: parent.left; right: parent.right; top: title.bottom; topMargin: Theme.space2; bottom: parent.bottom }
            focus: true
            clip: true
            model: box.rows
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: 0
            ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Projects")
            Keys.onDownPressed: incrementCurrentIndex()
            Keys.onUpPressed: decrementCurrentIndex()
            Keys.onReturnPressed: box.run(currentIndex)
            Keys.onEnterPressed: box.run(currentIndex)
            delegate: Rectangle {
                id: row
                required property int index
                required property var modelData
                width: ListView.view.width
                height: Theme.compact
                radius: 3
                color: ListView.isCurrentItem ? Theme.selected : over.hovered ? Theme.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: modelData.text
                Accessible.onPressAction: box.run(index)
                HoverHandler { id: over }
                TapHandler { onTapped: box.run(row.index) }
                Words { anchors { left: parent.left; right: parent.right; leftMargin: Theme.space2; rightMargin: Theme.space2; verticalCenter: parent.verticalCenter } text: row.modelData.text; quiet: row.modelData.id === ""; property bool mayElide: true }
            }
        }
    }
}
