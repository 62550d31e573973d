// The job at work, tall: live picture, the whole job as one line, and the truth in words.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: row
    required property var job
    required property var actions
    height: 176
    color: Theme.panel
    radius: Theme.radius
    border.color: Theme.accent
    Accessible.role: Accessible.ListItem
    Accessible.name: job.spoken || ""
    RowLayout {
        anchors { fill: parent; margins: Theme.space2 }
        spacing: Theme.space4
        Rectangle {
            Layout.preferredWidth: 240
            Layout.fillHeight: true
            color: Theme.pictureGround
            FrameView { id: view; anchors.fill: parent; picture: row.job.picture }
            Words { visible: !view.hasPicture; anchors.centerIn: parent; width: 200; horizontalAlignment: Text.AlignHCenter; wrapMode: Text.Wrap; kind: "meta"; color: "#9a9ea8"; text: qsTr("a picture comes with the first steps") }
        }
        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: Theme.space1
            Words { Layout.fillWidth: true; Layout.topMargin: Theme.space1; kind: "title"; text: row.job.name || "" }
            Words { Layout.fillWidth: true; quiet: true; text: row.job.prompt || ""; property bool mayElide: true }
            PhaseBar { Layout.fillWidth: true; Layout.topMargin: Theme.space2; parts: row.job.parts || []; current: row.job.part; fraction: row.job.partFraction || 0; paused: row.job.state !== "running" }
            Words { Layout.fillWidth: true; text: row.job.line || ""; strong: true; color: row.job.stalled ? Theme.warn : Theme.text }
            Words { Layout.fillWidth: true; kind: "mono"; quiet: true; text: row.job.detail || ""; property bool mayElide: true }
            Item { Layout.fillHeight: true }
            RowLayout {
                spacing: Theme.space2
                ActionButton { objectName: "pause " + row.job.jobId; compact: true; iconName: "pause-fill"; text: qsTr("Pause"); hint: qsTr("At the next step; gives the memory back"); enabled: row.job.state === "running"; onClicked: row.actions.pause(row.job.jobId) }
                ActionButton { objectName: "cancel " + row.job.jobId; compact: true; iconName: "stop-fill"; text: qsTr("Stop"); hint: qsTr("Cancel this job"); enabled: row.job.state === "running"; onClicked: row.actions.cancel(row.job.jobId) }
            }
        }
    }
}
