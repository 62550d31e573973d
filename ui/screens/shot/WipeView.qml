// Two takes in one place with a line between them: drag it, or [ and ]. Double click puts it in the middle, \ held shows the other whole.
import QtQuick
import Fantascope.Components

FocusScope {
    id: wipe
    property var clipA: null
    property var clipB: null
    property int frame: 0
    property string nameA: ""
    property string nameB: ""
    required property var zoom
    property alias frameView: b
    property real place: 0.5        // of what is seen of the picture
    property bool upright: true
    property bool flipped: false
    readonly property real shown: flipped ? (place > 0.5 ? 0 : 1) : place
    readonly property rect seen: b.shownRect
    function nudge(by) { place = Math.max(0, Math.min(1, place + by)) }

    Rectangle { anchors.fill: parent; color: Theme.pictureGround }
    FrameView { id: b; anchors.fill: parent; clip: wipe.clipB; frame: wipe.frame; zoom: wipe.zoom.scale; centre: wipe.zoom.centre }
    Item {
        width: wipe.upright ? wipe.seen.x + wipe.seen.width * wipe.shown : parent.width
        height: wipe.upright ? parent.height : wipe.seen.y + wipe.seen.height * wipe.shown
        clip: true
        FrameView { width: wipe.width; height: wipe.height; clip: wipe.clipA; frame: wipe.frame; zoom: wipe.zoom.scale; centre: wipe.zoom.centre }
    }
    Rectangle {
        x: wipe.upright ? wipe.seen.x + wipe.seen.width * wipe.shown - 1 : wipe.seen.x
        y: wipe.upright ? wipe.seen.y : wipe.seen.y + wipe.seen.height * wipe.shown - 1
        width: wipe.upright ? 2 : wipe.seen.width
        height: wipe.upright ? wipe.seen.height : 2
        color: Theme.accent
    }
    Words { x: wipe.seen.x + 10; y: wipe.seen.y + 8; text: wipe.nameA; color: Theme.pictureText; style: Text.Outline; styleColor: "#101010" }
    Words { x: wipe.seen.x + wipe.seen.width - width - 10; y: wipe.seen.y + 8; text: wipe.nameB; color: Theme.pictureText; style: Text.Outline; styleColor: "#101010" }
    ZoomArea {
        id: hand
        anchors.fill: parent
        view: b
        zoom: wipe.zoom
        function along(mouse) { return wipe.upright ? (mouse.x - wipe.seen.x) / wipe.seen.width : (mouse.y - wipe.seen.y) / wipe.seen.height }
        function move(mouse) { wipe.place = Math.max(0, Math.min(1, along(mouse))) }
    }
    // An enlarged picture is dragged, but for the line itself; one that fits has nothing to drag but the line.
    MouseArea {
        anchors.fill: parent
        acceptedButtons: Qt.LeftButton
        function away(mouse) { return Math.abs(hand.along(mouse) - wipe.place) * (wipe.upright ? wipe.seen.width : wipe.seen.height) }
        onPressed: mouse => { if (b.larger && away(mouse) > 12) mouse.accepted = false; else hand.move(mouse) }
        onPositionChanged: mouse => hand.move(mouse)
        onDoubleClicked: wipe.place = 0.5
    }
}
