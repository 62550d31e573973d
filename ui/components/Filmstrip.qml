// The still picture of a take; while the pointer moves over it, the frame of that place. One picture holds all cells, so nothing is loaded
// and nothing decoded while it moves. Keys , and . step the cells when `active`.
import QtQuick
import Fantascope.Components

SheetView {
    id: strip
    property int frames: 0
    property bool active: false
    readonly property bool scrubbing: hover.hovered && settled || cellByKey
    property bool settled: false
    property bool cellByKey: false
    crop: true
    ground: Theme.pictureGround
    moving: scrubbing

    function followPointer() { cell = Math.max(0, Math.min(cells - 1, Math.floor(hover.point.position.x / width * cells))) }
    function stepCell(by) {
        cellByKey = true
        cell = (cell + by + cells) % cells
    }
    onActiveChanged: if (!active) { cellByKey = false; cell = 0 }

    HoverHandler {
        id: hover
        enabled: strip.frames > 1
        onHoveredChanged: {
            strip.settled = false
            if (!hovered && !strip.cellByKey) strip.cell = 0
        }
        onPointChanged: if (strip.settled) strip.followPointer()
    }
    // What is seen only under the pointer is made there.
    Loader {
        active: hover.hovered || strip.cellByKey
        sourceComponent: Item {
            Timer { interval: 120; running: hover.hovered; onTriggered: { strip.settled = true; strip.followPointer() } }
            Rectangle {
                visible: strip.scrubbing && strip.cells > 1
                x: strip.width * (strip.cell + 0.5) / strip.cells - width / 2
                y: strip.height - 3
                width: 16
                height: 3
                color: Theme.accent
            }
        }
    }
}
