// One transport for everything that is shown: play, step, loop, place in the clip, range.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Fantascope.Components

RowLayout {
    id: bar
    required property var clock
    required property var sound
    required property var range      // ClipRange
    spacing: Theme.space1
    ActionButton { compact: true; kind: "quiet"; iconName: "skip-start-fill"; hint: qsTr("First frame"); keys: "Home"; onClicked: bar.clock.seek(0) }
    ActionButton { compact: true; kind: "quiet"; iconName: "skip-backward-fill"; hint: qsTr("One frame back"); keys: "←"; onClicked: bar.clock.step(-1) }
    ActionButton { objectName: "play"; focus: true; iconName: bar.clock.playing ? "pause-fill" : "play-fill"; hint: bar.clock.playing ? qsTr("Pause") : qsTr("Play"); keys: qsTr("Space"); onClicked: bar.clock.toggle() }
    ActionButton { compact: true; kind: "quiet"; iconName: "skip-forward-fill"; hint: qsTr("One frame on"); keys: "→"; onClicked: bar.clock.step(1) }
    ActionButton { compact: true; kind: "quiet"; iconName: "skip-end-fill"; hint: qsTr("Last frame"); keys: "End"; onClicked: bar.clock.seek(bar.clock.frames - 1) }
    ActionButton { compact: true; kind: "quiet"; iconName: "repeat"; checkable: true; checked: bar.clock.loop; hint: qsTr("Again and again"); onClicked: bar.clock.loop = !bar.clock.loop }
    Words { kind: "mono"; text: bar.clock.timeText; Layout.preferredWidth: 76; horizontalAlignment: Text.AlignHCenter }
    Words { objectName: "frameText"; kind: "mono"; quiet: true; text: qsTr("frame %1 of %2").arg(bar.clock.frame + 1).arg(bar.clock.frames); Layout.preferredWidth: 136 }
    Item {
        id: track
        Layout.fillWidth: true
        Layout.preferredHeight: Theme.compact
        Accessible.role: Accessible.Slider
        Accessible.name: qsTr("Place in the clip")
        readonly property real last: Math.max(1, bar.clock.frames - 1)
        Rectangle { anchors.verticalCenter: parent.verticalCenter; width: parent.width; height: 4; radius: 2; color: Theme.line }
        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            x: parent.width * bar.clock.inPoint / track.last
            width: parent.width * Math.max(0, bar.clock.outPoint - bar.clock.inPoint) / track.last
            height: bar.range.set ? 6 : 4
            radius: 2
            color: bar.range.set ? Theme.accent : Theme.text3
        }
        Repeater {
            model: 2
            Item {
                id: mark
                required property int index
                readonly property bool isIn: index === 0
                visible: isIn ? bar.range.hasIn : bar.range.hasOut
                x: Math.round(track.width * (isIn ? bar.range.first : bar.range.last) / track.last) - 1
                height: track.height
                Rectangle { y: 4; width: 2; height: parent.height - 8; color: Theme.text }
                Rectangle { x: mark.isIn ? 0 : -4; y: 4; width: 6; height: 2; color: Theme.text }
                Rectangle { x: mark.isIn ? 0 : -4; y: parent.height - 6; width: 6; height: 2; color: Theme.text }
            }
        }
        Rectangle { x: parent.width * bar.clock.frame / track.last - 6; anchors.verticalCenter: parent.verticalCenter; width: 12; height: 12; radius: 6; color: Theme.accent }
        MouseArea {
            anchors.fill: parent
            preventStealing: true
            function go(mouse) { bar.clock.seek(Math.round(Math.max(0, Math.min(1, mouse.x / width)) * track.last)) }
            onPressed: mouse => { bar.clock.pause(); go(mouse) }
            onPositionChanged: mouse => go(mouse)
        }
    }
    ActionButton { objectName: "in point"; compact: true; Layout.leftMargin: Theme.space2; Layout.minimumWidth: Math.max(64, implicitWidth); text: qsTr("In %1").arg(bar.range.hasIn ? bar.range.inText : "–"); hint: qsTr("Play from the frame that is shown"); keys: "I"; checkable: true; checked: bar.range.hasIn; onClicked: { bar.range.setIn(bar.clock.frame); checked = Qt.binding(() => bar.range.hasIn) } }
    ActionButton { objectName: "out point"; compact: true; Layout.minimumWidth: Math.max(64, implicitWidth); text: qsTr("Out %1").arg(bar.range.hasOut ? bar.range.outText : "–"); hint: qsTr("Play up to the frame that is shown"); keys: "O"; checkable: true; checked: bar.range.hasOut; onClicked: { bar.range.setOut(bar.clock.frame); checked = Qt.binding(() => bar.range.hasOut) } }
    ActionButton { objectName: "clear range"; compact: true; kind: "quiet"; iconName: "x-lg"; enabled: bar.range.set; hint: bar.range.set ? qsTr("Clear in and out") : qsTr("No in or out point is set"); keys: "Alt+X"; onClicked: bar.range.clear() }
    Words { visible: bar.sound.deviceMissing; kind: "meta"; color: Theme.warn; text: qsTr("No sound device") }
    ActionButton { compact: true; kind: "quiet"; iconName: bar.sound.muted ? "volume-mute" : "volume-up"; hint: bar.sound.muted ? qsTr("Sound on") : qsTr("Mute"); onClicked: bar.sound.muted = !bar.sound.muted }
}
