// A job at work: its live picture, the phase bar, and the truth in words under it.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: card
    property string jobId: ""
    property string name: ""
    property var picture
    property string line: ""
    property var parts: []
    property int part: -1
    property real partFraction: 0
    property string jobState: "queued"
    property string errorTitle: ""
    property bool stalled: false
    signal pauseWanted()
    signal cancelWanted()

    color: Theme.panel
    radius: Theme.radius
    border.color: jobState === "running" ? Theme.accent : Theme.line
    implicitHeight: column.implicitHeight + 2
    Accessible.role: Accessible.ListItem
    Accessible.name: name + ", " + line

    ColumnLayout {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: 2 }
        spacing: 0
        Rectangle {
            Layout.fillWidth: true
            Layout.preferredHeight: width * 2 / 3
            color: Theme.pictureGround
            FrameView { id: view; anchors.fill: parent; picture: card.picture }
            Words {
                visible: !view.hasPicture
                anchors.centerIn: parent
                width: parent.width - 2 * Theme.space3
                horizontalAlignment: Text.AlignHCenter
                wrapMode: Text.Wrap
                kind: "meta"
                color: "#9a9ea8"
                text: card.jobState === "queued" ? qsTr("waits for its turn") : card.jobState === "running" ? qsTr("a picture comes with the first steps") : ""
            }
        }
        PhaseBar {
            Layout.fillWidth: true
            Layout.margins: Theme.space2
            Layout.bottomMargin: 0
            labels: false
            parts: card.parts
            current: card.part
            fraction: card.partFraction
            paused: card.jobState !== "running"
        }
        Words { Layout.fillWidth: true; Layout.leftMargin: Theme.space2; Layout.rightMargin: Theme.space2; Layout.topMargin: 4; text: card.name }
        Words {
            Layout.fillWidth: true
            Layout.leftMargin: Theme.space2
            Layout.rightMargin: Theme.space2
            Layout.topMargin: 2
            kind: "meta"
            text: card.errorTitle !== "" && (card.jobState === "failed" || card.jobState === "parked") ? card.errorTitle : card.line
            color: card.stalled || card.jobState === "failed" ? Theme.warn : Theme.text2
            wrapMode: Text.Wrap
        }
        RowLayout {
            Layout.margins: Theme.space2
            spacing: Theme.space1
            ActionButton { compact: true; visible: card.jobState === "running" || card.jobState === "queued"; text: qsTr("Pause"); onClicked: card.pauseWanted() }
            ActionButton { compact: true; kind: "quiet"; visible: card.jobState !== "canceling"; text: qsTr("Stop"); onClicked: card.cancelWanted() }
        }
    }
}
