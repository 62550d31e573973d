// Enlarges and moves the picture under it: Ctrl and the wheel, and dragging where the picture is larger than its place.
import QtQuick

MouseArea {
    id: area
    required property var view       // the FrameView
    required property var zoom       // PictureZoom, shared by all panes
    property bool moves: true        // dragging moves the picture
    property point grabbed
    property real turned: 0          // a touchpad's wheel comes in small parts
    cursorShape: !moves || !view.larger ? Qt.ArrowCursor : pressed ? Qt.ClosedHandCursor : Qt.OpenHandCursor
    onPressed: mouse => grabbed = view.pictureAt(Qt.point(mouse.x, mouse.y))
    onPositionChanged: mouse => { if (pressed && moves && view.larger) zoom.centre = view.centreFor(grabbed, Qt.point(mouse.x, mouse.y), zoom.scale) }
    onWheel: wheel => {
        if (!(wheel.modifiers & Qt.ControlModifier)) { wheel.accepted = false; return }
        turned += wheel.angleDelta.y
        if (Math.abs(turned) < 120) return
        const place = Qt.point(wheel.x, wheel.y), point = view.pictureAt(place)
        zoom.step(turned > 0 ? 1 : -1, view.fitZoom)
        zoom.centre = view.centreFor(point, place, zoom.scale)
        turned = 0
    }
}
