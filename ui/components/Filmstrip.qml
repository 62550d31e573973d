// The still picture of a take; while the pointer moves over it, the frame of that place. One picture holds all cells, so nothing is loaded
// and nothing decoded. Keys , and . step the cells when `active`.
import QtQuick

Item {
    id: strip
    property string source: ""
    property int frames: 0
    property real aspect: 1.5
    property bool active: false
    readonly property int cells: sheet.status === Image.Ready && sheet.implicitHeight > 0 ? Math.max(1, Math.round(sheet.implicitWidth / (sheet.implicitHeight * aspect))) : 1
    property int cell: 0
    property bool crop: true
    readonly property bool scrubbing: hover.hovered && settle.done || cellByKey
    property bool cellByKey: false
    clip: true

    function stepCell(by) {
        cellByKey = true
        cell = (cell + by + cells) % cells
    }
    onActiveChanged: if (!active) { cellByKey = false; cell = 0 }

    Rectangle { anchors.fill: parent; color: Theme.pictureGround }
    Item {
        id: frame
        readonly property real scale: strip.crop ? Math.max(strip.width / strip.aspect, strip.height) : Math.min(strip.width / strip.aspect, strip.height)
        width: scale * strip.aspect
        height: scale
        anchors.centerIn: parent
        clip: true
        Image {
            id: sheet
            source: strip.source
            asynchronous: true
            cache: true
            height: frame.height
            width: frame.width * strip.cells
            x: -frame.width * (strip.scrubbing ? Math.min(strip.cell, strip.cells - 1) : 0)
            fillMode: Image.Stretch
            smooth: true
        }
    }
    HoverHandler {
        id: hover
        enabled: strip.frames > 1
        onHoveredChanged: {
            settle.done = false
            if (hovered) settle.restart()
            else { settle.stop(); if (!strip.cellByKey) strip.cell = 0 }
        }
        onPointChanged: if (settle.done) strip.cell = Math.max(0, Math.min(strip.cells - 1, Math.floor(point.position.x / strip.width * strip.cells)))
    }
    Timer {
        id: settle
        property bool done: false
        interval: 120
        onTriggered: done = true
    }
    Rectangle {
        visible: strip.scrubbing && strip.cells > 1
        x: strip.width * (strip.cell + 0.5) / strip.cells - 1
        y: strip.height - 3
        width: 16
        height: 3
        color: Theme.accent
        transform: Translate { x: -8 }
    }
}
