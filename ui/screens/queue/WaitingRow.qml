// A job that does not run: why, and what can be done.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: row
    required property var job
    required property var actions
    // Asked again whenever the job changes its state.
    readonly property var remedy: [job.state, job.errorTitle] && actions.remedy(job.jobId)
    readonly property var steps: remedy.actions || []
    readonly property bool needsPerson: job.state === "failed" || job.state === "parked"
    height: column.implicitHeight + 2 * Theme.space2 + 4
    color: Theme.panel
    radius: Theme.radius
    border.color: needsPerson ? Theme.danger : Theme.line
    Accessible.role: Accessible.ListItem
    Accessible.name: job.spoken || ""
    RowLayout {
        anchors { fill: parent; leftMargin: Theme.space3; rightMargin: Theme.space2 }
        spacing: Theme.space3
        Icon { icon: row.needsPerson ? "exclamation-triangle" : row.job.state === "paused" ? "pause-fill" : "clock"; color: row.needsPerson ? Theme.danger : Theme.text2 }
        ColumnLayout {
            id: column
            Layout.fillWidth: true
            spacing: 2
            Words { Layout.fillWidth: true; text: row.job.name || ""; property bool mayElide: true }
            Words { Layout.fillWidth: true; kind: "meta"; wrapMode: Text.Wrap; color: row.needsPerson ? Theme.danger : Theme.text2; text: row.needsPerson && row.job.errorTitle ? row.job.errorTitle + " " + (row.job.line || "") : row.job.line || "" }
            Words { Layout.fillWidth: true; visible: text !== ""; kind: "meta"; wrapMode: Text.Wrap; text: row.remedy.text || "" }
            Flow {
                visible: row.steps.length > 0
                Layout.fillWidth: true
                Layout.topMargin: 2
                spacing: Theme.space2
                Repeater {
                    model: row.steps
                    ActionButton {
                        required property var modelData
                        required property int index
                        objectName: "remedy " + modelData.id + " " + row.job.jobId
                        compact: true
                        kind: index === 0 ? "primary" : "plain"
                        text: modelData.label
                        onClicked: row.actions.applyRemedy(row.job.jobId, modelData.id)
                    }
                }
            }
        }
        Words { kind: "mono"; quiet: true; text: row.job.detail || ""; property bool mayElide: true; Layout.maximumWidth: 260 }
        Words { kind: "meta"; visible: row.job.state === "queued"; text: row.job.starts || "" }
        ActionButton { compact: true; kind: "quiet"; visible: row.job.state === "queued"; iconName: "arrow-up"; objectName: "earlier " + row.job.jobId; hint: qsTr("Earlier"); onClicked: row.actions.move(row.job.jobId, -1) }
        ActionButton { compact: true; kind: "quiet"; visible: row.job.state === "queued"; iconName: "arrow-down"; objectName: "later " + row.job.jobId; hint: qsTr("Later"); onClicked: row.actions.move(row.job.jobId, 1) }
        ActionButton { compact: true; objectName: "pause " + row.job.jobId; visible: row.job.state === "queued"; text: qsTr("Pause"); onClicked: row.actions.pause(row.job.jobId) }
        ActionButton { objectName: "go on " + row.job.jobId; compact: true; visible: row.job.state === "paused" && row.steps.length === 0; kind: "primary"; text: qsTr("Go on"); onClicked: row.actions.resume(row.job.jobId) }
        ActionButton { compact: true; kind: "quiet"; iconName: "x-lg"; hint: qsTr("Cancel this job"); objectName: "cancel " + row.job.jobId; onClicked: row.actions.cancel(row.job.jobId) }
    }
}
