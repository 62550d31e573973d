// One take: its picture as large as it fits, its name and state under it, its sound as a line.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: view
    required property var take       // what ShotModel says of it
    property var clip: null
    property int frame: 0
    property string letter: "A"
    property bool focusedTake: false
    property real position: 0        // 0…1, for the line in the sound
    required property var zoom
    property alias frameView: picture
    signal chosen()
    signal scrubbed(real position)

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        Rectangle {
            Layout.fillWidth: true
            Layout.fillHeight: true
            color: Theme.pictureGround
            border.width: view.focusedTake ? 2 : 0
            border.color: Theme.accent
            FrameView { id: picture; anchors.fill: parent; anchors.margins: 2; clip: view.clip; frame: view.frame; zoom: view.zoom.scale; centre: view.zoom.centre }
            Words {
                visible: !picture.hasPicture
                anchors.centerIn: parent
                color: Theme.pictureText
                text: view.clip && view.clip.problem !== "" ? view.clip.problem : qsTr("Decoding")
            }
            Words {
                visible: view.clip && view.clip.ready && view.frame >= view.clip.frames
                anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter; bottomMargin: 8 }
                kind: "mono"
                color: Theme.pictureText
                text: view.clip ? qsTr("ends at %1").arg(view.clip.frames) : ""
            }
            ZoomArea { anchors.fill: picture; view: picture; zoom: view.zoom; onClicked: view.chosen() }
        }
        RowLayout {
            Layout.fillWidth: true
            Layout.topMargin: Theme.space1
            spacing: Theme.space2
            Words { text: view.letter + "  " + (view.take.name || ""); strong: true; Layout.fillWidth: true }
            FlagWord { keep: view.take.keep || "draft" }
            Icon { visible: view.focusedTake; icon: "volume-up"; size: 14; color: Theme.accent }
        }
        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.space1
            visible: (view.take.measured || "") !== ""
            Icon { visible: view.take.measuredBad === true; icon: "exclamation-triangle"; size: 12; color: Theme.warn }
            Words { Layout.fillWidth: true; kind: "meta"; color: view.take.measuredBad === true ? Theme.warn : Theme.text2; text: view.take.measured || ""; property bool mayElide: true }
        }
        Item {
            Layout.fillWidth: true
            Layout.preferredHeight: 36
            WaveformView { anchors.fill: parent; clip: view.clip; color: view.focusedTake ? Theme.text2 : Theme.text3 }
            Rectangle { x: Math.round(parent.width * view.position); width: 1; height: parent.height; color: Theme.accent }
            MouseArea {
                anchors.fill: parent
                onPressed: mouse => view.scrubbed(mouse.x / width)
                onPositionChanged: mouse => view.scrubbed(Math.max(0, Math.min(1, mouse.x / width)))
            }
        }
    }
}
