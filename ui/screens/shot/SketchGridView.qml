// All takes of the shot as equal cells on one clock; sketches are finished in their own cell. No sound until one is chosen.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Item {
    id: view
    required property var model
    required property var studio
    property int frame: 0
    signal chosen(string takeId)
    signal opened(string takeId)
    readonly property var grid: model.grid
    readonly property int rowCount: Math.max(1, Math.ceil(grid.count / grid.columns))
    readonly property real cellWidth: Math.floor((width - (grid.columns - 1) * Theme.space2) / grid.columns)
    readonly property real cellHeight: Math.floor((height - (rowCount - 1) * Theme.space2) / rowCount)
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Takes of this shot")
    Grid {
        anchors.fill: parent
        columns: view.grid.columns
        spacing: Theme.space2
        Repeater {
            model: view.grid
            Rectangle {
                id: cell
                required property var model
                required property int index
                readonly property bool current: model.takeId === view.model.takeA.takeId
                readonly property var clip: view.visible && model.clip ? view.studio.clips.clip(model.clip) : null
                width: view.cellWidth
                height: view.cellHeight
                color: current ? Theme.selected : Theme.panel
                border.width: current ? 2 : 1
                border.color: current ? Theme.accent : Theme.line
                activeFocusOnTab: true
                Accessible.role: Accessible.ListItem
                Accessible.name: model.spoken
                Keys.onReturnPressed: if (model.canFinish) view.model.finishTake(model.takeId); else view.opened(model.takeId)
                Keys.onEnterPressed: if (model.canFinish) view.model.finishTake(model.takeId); else view.opened(model.takeId)
                onActiveFocusChanged: if (activeFocus) view.chosen(model.takeId)
                FocusRing { shown: cell.activeFocus }
                ColumnLayout {
                    anchors { fill: parent; margins: 2 }
                    spacing: 0
                    Rectangle {
                        Layout.fillWidth: true
                        Layout.fillHeight: true
                        color: Theme.pictureGround
                        opacity: cell.model.keep === "dropped" ? 0.5 : 1
                        FrameView { id: picture; anchors.fill: parent; clip: cell.clip; frame: cell.clip && cell.clip.frames > 0 ? view.frame % cell.clip.frames : 0 }
                        Words { visible: !picture.hasPicture; anchors.centerIn: parent; color: Theme.pictureText; text: cell.clip && cell.clip.problem !== "" ? cell.clip.problem : qsTr("Decoding") }
                        TapHandler { onTapped: { cell.forceActiveFocus(); view.chosen(cell.model.takeId) } onDoubleTapped: view.opened(cell.model.takeId) }
                    }
                    RowLayout {
                        Layout.fillWidth: true
                        Layout.minimumHeight: Theme.compact
                        Layout.margins: Theme.space1
                        Layout.leftMargin: Theme.space2
                        spacing: Theme.space2
                        Words { strong: true; text: cell.model.name }
                        Words { Layout.fillWidth: true; kind: "meta"; color: cell.model.busy ? Theme.text : Theme.text2; property bool mayElide: true; text: cell.model.state }
                        Icon { visible: cell.model.keep === "kept"; icon: "check-lg"; size: 12; color: Theme.ok }
                        ActionButton { objectName: "finish-" + cell.model.name; visible: cell.model.canFinish; compact: true; kind: cell.current ? "primary" : "plain"; text: cell.model.price !== "" ? qsTr("Finish %1").arg(cell.model.price) : qsTr("Finish"); hint: qsTr("Go on with this sketch to the end"); keys: "F"; onClicked: { view.chosen(cell.model.takeId); view.model.finishTake(cell.model.takeId) } }
                    }
                }
            }
        }
    }
    Empty { visible: view.grid.count === 0; anchors.centerIn: parent; text: qsTr("This shot has no takes yet.") }
}
