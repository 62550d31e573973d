// All shots one after another; a shot without a take is held as a grey card with its words.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: through
    required property var board
    required property var studio
    property int at: 0
    property var shot: ({})
    readonly property var handle: opened && shot.clip ? studio.clips.clip(shot.clip) : null
    parent: T.Overlay.overlay
    anchors.centerIn: parent
    width: Math.min(parent.width - 120, 960)
    height: Math.min(parent.height - 100, 700)
    modal: true
    focus: true
    padding: Theme.space3
    background: Rectangle { color: Theme.pictureGround; radius: Theme.radius; border.color: Theme.lineStrong }
    function show(row) {
        at = row
        shot = board.get(row)
        clock.loop = false
        card.stop()
        if (!shot.clip) card.start()
        else if (handle && handle.ready) { clock.seek(0); clock.play() }
    }
    function next() { if (at + 1 < board.count) show(at + 1); else close() }
    onOpened: show(0)
    onClosed: { clock.pause(); card.stop() }
    onHandleChanged: if (handle && handle.ready) { clock.seek(0); clock.play() }
    Connections { target: through.handle; ignoreUnknownSignals: true; function onReadyChanged() { if (through.handle.ready) { clock.seek(0); clock.play() } } }
    Timer { id: card; interval: 1500; onTriggered: through.next() }
    PlaybackClock {
        id: clock
        frames: through.handle ? through.handle.frames : 0
        fps: through.handle && through.handle.fps > 0 ? through.handle.fps : 24
        onSoundFrom: time => through.studio.sound.play(through.handle, time)
        onSoundStopped: through.studio.sound.stop()
        onPlayingChanged: if (!playing && through.opened && frame >= frames - 1) through.next()
    }
    contentItem: Item {
        FrameView { anchors { fill: parent; bottomMargin: 40 } clip: through.handle; frame: clock.frame; visible: through.handle !== null }
        Rectangle {
            anchors { fill: parent; bottomMargin: 40 }
            visible: through.handle === null
            color: "#3a3d45"
            Words { anchors.centerIn: parent; width: parent.width - 80; wrapMode: Text.Wrap; horizontalAlignment: Text.AlignHCenter; kind: "title"; color: Theme.pictureText; text: through.shot.prompt || "" }
        }
        Words { anchors { left: parent.left; bottom: parent.bottom; bottomMargin: 8; right: stopButton.left } color: Theme.pictureText; text: qsTr("Shot %1 of %2").arg(through.at + 1).arg(through.board.count) }
        ActionButton { id: stopButton; anchors { right: parent.right; bottom: parent.bottom } focus: true; text: qsTr("Stop"); onClicked: through.close() }
    }
}
