// All projects with what they hold, and what can be done to the open one.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: menu
    objectName: "project menu"
    required property var studio
    readonly property var projects: studio.projects
    readonly property var rows: {
        const list = [{act: "to", id: "", text: qsTr("All projects"), count: projects.allTakes, current: projects.currentId === ""}]
        for (const p of projects.list) list.push({act: "to", id: p.id, text: p.name, count: p.takes, current: p.id === projects.currentId})
        list.push({act: "new", text: qsTr("New project…"), first: true})
        if (projects.currentId !== "") {
            list.push({act: "rename", text: qsTr("Rename this project…")})
            list.push({act: "remove", text: qsTr("Remove this project; its takes stay")})
        }
        return list
    }
    parent: T.Overlay.overlay
    x: 76
    y: Theme.space2
    width: 340
    height: Math.min(list.contentHeight + 2 * padding, parent.height - 60)
    modal: true
    dim: false
    focus: true
    padding: 4
    background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
    onOpened: { projects.refresh(); list.currentIndex = Math.max(0, rows.findIndex(row => row.current === true)); list.forceActiveFocus() }
    function run(index) {
        const row = rows[index]
        close()
        if (row) studio.run(row.act === "to" ? "project to " + row.id : "project " + row.act)
    }
    contentItem: ListView {
        id: list
        focus: true
        clip: true
        model: menu.rows
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: 0
        ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.PopupMenu
        Accessible.name: qsTr("Projects")
        Keys.onDownPressed: incrementCurrentIndex()
        Keys.onUpPressed: decrementCurrentIndex()
        Keys.onReturnPressed: menu.run(currentIndex)
        Keys.onEnterPressed: menu.run(currentIndex)
        Keys.onSpacePressed: menu.run(currentIndex)
        delegate: Item {
            id: row
            required property int index
            required property var modelData
            readonly property bool counted: modelData.count !== undefined
            width: ListView.view.width
            height: Theme.compact + (modelData.first ? 9 : 0)
            Accessible.role: Accessible.MenuItem
            Accessible.name: counted ? qsTr("%1, %n take(s)", "", modelData.count).arg(modelData.text) : modelData.text
            Accessible.selected: modelData.current === true
            Accessible.onPressAction: menu.run(index)
            Rectangle { visible: row.modelData.first === true; y: 4; width: parent.width; height: 1; color: Theme.line }
            Rectangle {
                anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
                height: Theme.compact
                radius: 3
                color: row.ListView.isCurrentItem ? Theme.selected : over.hovered ? Theme.hover : "transparent"
                HoverHandler { id: over }
                TapHandler { onTapped: menu.run(row.index) }
                Icon { visible: row.modelData.current === true; x: 6; anchors.verticalCenter: parent.verticalCenter; icon: "check-lg"; size: 12; color: Theme.accent }
                Words { x: 26; width: parent.width - x - count.width - 18; anchors.verticalCenter: parent.verticalCenter; text: row.modelData.text; strong: row.modelData.current === true; property bool mayElide: row.counted }
                Words { id: count; anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter } visible: row.counted; kind: "meta"; text: row.counted ? Number(row.modelData.count).toLocaleString(Qt.locale(), "f", 0) : "" }
            }
        }
    }
}
