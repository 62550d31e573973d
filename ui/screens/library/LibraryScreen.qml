// All takes: found as one types, seen moving under the pointer, judged by keys.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio
    property int cardWidth: studio.preferences.value("card_width", 224)

    Connections {
        target: screen.model
        function onMoveWanted() { move.open() }
        function onSearchWanted() { filters.field.forceActiveFocus(); filters.field.selectAll() }
        function onCurrentChanged() { grid.currentIndex = screen.model.current; grid.positionViewAtIndex(grid.currentIndex, GridView.Contain) }
        // Rows that came or went move the grid's own index.
        function onCountChanged() { grid.currentIndex = screen.model.current }
    }
    RowLayout {
        anchors.fill: parent
        spacing: 0
        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: 0
            FilterRow {
                id: filters
                model: screen.model
                onDone: grid.forceActiveFocus()
                Layout.fillWidth: true
                Layout.leftMargin: Theme.space5
                Layout.rightMargin: Theme.space4
                Layout.topMargin: Theme.space3
            }
            RowLayout {
                Layout.fillWidth: true
                Layout.leftMargin: Theme.space5
                Layout.rightMargin: Theme.space4
                Layout.topMargin: Theme.space2
                Layout.preferredHeight: 32
                spacing: Theme.space2
                Words { objectName: "count"; text: screen.model.countText; quiet: true; Layout.fillWidth: true }
                readonly property bool some: screen.model.selection.length > 0
                ActionButton { compact: true; visible: parent.some; iconName: "check-lg"; text: qsTr("Keep"); keys: "P"; onClicked: screen.model.keepSelection() }
                ActionButton { compact: true; visible: parent.some; iconName: "x-lg"; text: qsTr("Drop"); keys: "X"; onClicked: screen.model.drop() }
                ActionButton { compact: true; visible: parent.some; iconName: "easel"; text: qsTr("To storyboard"); onClicked: screen.model.addToBoard() }
                ActionButton { compact: true; visible: parent.some; objectName: "move"; iconName: "folder2-open"; hint: qsTr("Move to a project"); keys: "M"; onClicked: screen.model.wantMove() }
                ActionButton { compact: true; visible: parent.some; objectName: "export"; iconName: "box-arrow-up"; text: qsTr("Export"); keys: "Ctrl+E"; onClicked: screen.model.exportSelection() }
                SlideBar { name: qsTr("Size of the pictures"); Layout.preferredWidth: 100; from: 160; to: 360; value: screen.cardWidth; onMoved: { screen.cardWidth = value; screen.studio.preferences.setValue("card_width", Math.round(value)) } }
                ActionButton { compact: true; iconName: "info-circle"; checkable: true; checked: screen.model.infoOpen; hint: qsTr("About the current take"); onClicked: screen.model.infoOpen = !screen.model.infoOpen }
            }
            GridView {
                id: grid
                objectName: "grid"
                focus: true
                activeFocusOnTab: true
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.leftMargin: Theme.space5
                Layout.rightMargin: Theme.space2
                Layout.topMargin: Theme.space2
                clip: true
                model: screen.model.takeList
                readonly property int columns: Math.max(1, Math.floor((width - 14) / (screen.cardWidth + Theme.space3)))
                cellWidth: Math.floor((width - 14) / columns)
                cellHeight: Math.round((cellWidth - Theme.space3) * 2 / 3) + 64
                boundsBehavior: Flickable.StopAtBounds
                reuseItems: true
                cacheBuffer: 200
                highlightFollowsCurrentItem: false
                keyNavigationEnabled: false
                ScrollBar.vertical: ScrollBar { policy: ScrollBar.AsNeeded; minimumSize: 0.05 }
                Accessible.role: Accessible.List
                Accessible.name: qsTr("Takes")
                Keys.onPressed: event => {
                    const shift = (event.modifiers & Qt.ShiftModifier) !== 0
                    const steps = {[Qt.Key_Left]: -1, [Qt.Key_Right]: 1, [Qt.Key_Up]: -columns, [Qt.Key_Down]: columns, [Qt.Key_PageUp]: -columns * 3, [Qt.Key_PageDown]: columns * 3, [Qt.Key_Home]: -count, [Qt.Key_End]: count}
                    if (event.key in steps && event.modifiers !== Qt.AltModifier) { screen.model.moveCurrent(steps[event.key], shift); event.accepted = true }
                    else if (event.key >= Qt.Key_0 && event.key <= Qt.Key_5 && event.modifiers === Qt.NoModifier) { screen.model.setStars(event.key - Qt.Key_0); event.accepted = true }
                    else if ((event.key === Qt.Key_Comma || event.key === Qt.Key_Period) && currentItem) { currentItem.card.strip.stepCell(event.key === Qt.Key_Comma ? -1 : 1); event.accepted = true }
                    else if (event.key === Qt.Key_I) { screen.model.infoOpen = !screen.model.infoOpen; event.accepted = true }
                    else if (event.key === Qt.Key_Menu || event.key === Qt.Key_F10 && shift) { menu.popup(); event.accepted = true }
                    else if (event.key === Qt.Key_Escape) { screen.model.clearSelection(); event.accepted = true }
                }
                delegate: Item {
                    id: cell
                    required property var model
                    required property int index
                    property alias card: card
                    width: grid.cellWidth
                    height: grid.cellHeight
                    Accessible.role: Accessible.ListItem
                    Accessible.name: model.spoken
                    TakeCard {
                        id: card
                        width: parent.width - Theme.space3
                        takeId: cell.model.takeId
                        name: cell.model.name
                        filmstrip: cell.model.filmstrip
                        frames: cell.model.frames
                        size: cell.model.size
                        length: cell.model.length
                        keep: cell.model.keep
                        stars: cell.model.stars
                        loaded: cell.model.loaded
                        Accessible.ignored: true  // the cell speaks for it
                        selected: screen.model.selectionRevision >= 0 && screen.model.isSelected(cell.model.takeId)
                        current: grid.activeFocus && cell.index === screen.model.current
                        onStarsPicked: stars => screen.studio.takes.setStars([takeId], stars)
                    }
                    MouseArea {
                        anchors.fill: card
                        anchors.bottomMargin: 28
                        acceptedButtons: Qt.LeftButton | Qt.RightButton
                        onClicked: mouse => {
                            grid.forceActiveFocus()
                            if (mouse.button === Qt.RightButton) { if (!screen.model.isSelected(cell.model.takeId)) screen.model.click(cell.index, false, false); menu.popup() }
                            else screen.model.click(cell.index, (mouse.modifiers & Qt.ControlModifier) !== 0, (mouse.modifiers & Qt.ShiftModifier) !== 0)
                        }
                        onDoubleClicked: { screen.model.click(cell.index, false, false); screen.model.open() }
                    }
                }
                MouseArea {
                    parent: grid
                    anchors.fill: parent
                    z: -1
                    onClicked: { grid.forceActiveFocus(); screen.model.clearSelection() }
                }
                Empty {
                    visible: grid.count === 0 && screen.model.emptyText !== ""
                    anchors.centerIn: parent
                    text: screen.model.emptyText
                    action: screen.model.emptyAction
                    onActed: screen.model.emptyAct()
                }
            }
        }
        TakeInfo { visible: screen.model.infoOpen; Layout.preferredWidth: 280; Layout.fillHeight: true; model: screen.model; studio: screen.studio }
    }
    // Made when they are first wanted: a menu of eight and a dialog cost more than the rest of the screen.
    Loader {
        id: menu
        active: false
        function popup() { active = true; item.popup() }
        sourceComponent: ContextMenu {
            Action { text: qsTr("Open"); onTriggered: screen.model.open() }
            Action { text: qsTr("Keep"); onTriggered: screen.model.keepSelection() }
            Action { text: qsTr("Drop"); onTriggered: screen.model.drop() }
            Action { text: qsTr("Add to storyboard"); onTriggered: screen.model.addToBoard() }
            Action { text: qsTr("Move to a project"); onTriggered: screen.model.wantMove() }
            Action { text: qsTr("Use as first frame"); onTriggered: screen.model.useAsFirstFrame() }
            Action { text: qsTr("Export"); onTriggered: screen.model.exportSelection() }
            Action { text: qsTr("Export to a folder"); onTriggered: folder.open() }
        }
    }
    Loader {
        id: move
        active: false
        function open() { active = true; item.open() }
        sourceComponent: MoveToProject { model: screen.model; projects: screen.studio.projects; onClosed: grid.forceActiveFocus() }
    }
    Loader {
        id: folder
        active: false
        function open() { active = true; item.open() }
        source: "ExportFolder.qml"
        onLoaded: item.chosen.connect(path => screen.model.exportTo(path))
    }
}
