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
    property real place: 0.5
    property bool upright: true
    property bool flipped: false
    readonly property real shown: flipped ? (place > 0.5 ? 0 : 1) : place
    function nudge(by) { place = Math.max(0, Math.min(1, place + by)) }

    Rectangle { anchors.fill: parent; color: Theme.pictureGround }
    FrameView { id: b; anchors.fill: parent; clip: wipe.clipB; frame: wipe.frame }
    Item {
        width: wipe.upright ? b.contentRect.x + b.contentRect.width * wipe.shown : parent.width
        height: wipe.upright ? parent.height : b.contentRect.y + b.contentRect.height * wipe.shown
        clip: true
        FrameView { width: wipe.width; height: wipe.height; clip: wipe.clipA; frame: wipe.frame }
    }
    Rectangle {
        x: wipe.upright ? b.contentRect.x + b.contentRect.width * wipe.shown - 1 : b.contentRect.x
        y: wipe.upright ? b.contentRect.y : b.contentRect.y + b.contentRect.height * wipe.shown - 1
        width: wipe.upright ? 2 : b.contentRect.width
        height: wipe.upright ? b.contentRect.height : 2
        color: Theme.accent
    }
    Words { x: b.contentRect.x + 10; y: b.contentRect.y + 8; text: wipe.nameA; color: Theme.pictureText; style: Text.Outline; styleColor: "#101010" }
    Words { x: b.contentRect.x + b.contentRect.width - width - 10; y: b.contentRect.y + 8; text: wipe.nameB; color: Theme.pictureText; style: Text.Outline; styleColor: "#101010" }
    MouseArea {
        anchors.fill: parent
        function move(mouse) {
            const at = wipe.upright ? (mouse.x - b.contentRect.x) / b.contentRect.width : (mouse.y - b.contentRect.y) / b.contentRect.height
            wipe.place = Math.max(0, Math.min(1, at))
        }
        onPressed: mouse => move(mouse)
        onPositionChanged: mouse => move(mouse)
        onDoubleClicked: wipe.place = 0.5
    }
}
