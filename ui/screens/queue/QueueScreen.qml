// What runs, what comes next, what waits for a person, and why.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Dialogs
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        Rectangle {
            Layout.fillWidth: true
            Layout.preferredHeight: 56
            color: Theme.window
            RowLayout {
                anchors { fill: parent; leftMargin: Theme.space5; rightMargin: Theme.space4 }
                spacing: Theme.space2
                Words { kind: "title"; text: qsTr("Queue"); Layout.rightMargin: Theme.space3 }
                ActionButton { focus: true; compact: true; iconName: screen.model.held ? "play-fill" : "pause-fill"; text: screen.model.held ? qsTr("Let all go on") : qsTr("Pause all"); keys: "Ctrl+P"; hint: screen.model.held ? qsTr("Start jobs again") : qsTr("The running job pauses at its next step; nothing new starts"); onClicked: screen.model.toggleHold() }
                ActionButton { compact: true; iconName: "plus-lg"; text: qsTr("Add batch"); hint: qsTr("One prompt a line (.txt), or one row a clip (.csv)"); onClicked: batch.open() }
                ToggleSwitch { text: qsTr("Only at night"); checked: screen.model.overnight; onToggled: screen.model.setOvernight(checked) }
                Item { Layout.fillWidth: true }
                MeterBar { visible: screen.width > 900; label: qsTr("Memory"); numbers: screen.studio.memoryText; fraction: screen.studio.memoryFraction; barWidth: 140 }
            }
            Rectangle { anchors { left: parent.left; right: parent.right; bottom: parent.bottom } height: 1; color: Theme.line }
        }
        Words {
            visible: text !== ""
            Layout.fillWidth: true
            Layout.leftMargin: Theme.space5
            Layout.topMargin: Theme.space3
            text: screen.model.ruleText
            color: Theme.warn
        }
        ListView {
            id: list
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.margins: Theme.space5
            clip: true
            spacing: Theme.space2
            model: screen.model.jobs
            boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Jobs")
            section.property: "section"
            section.delegate: Words {
                required property string section
                width: ListView.view.width
                height: 28
                kind: "meta"
                strong: true
                text: section === "running" ? qsTr("Running") : section === "next" ? qsTr("Next") : section === "paused" ? qsTr("Paused")
                      : section === "parked" ? qsTr("Parked: needs a decision") : qsTr("Failed: needs a decision")
            }
            delegate: Loader {
                required property var model
                required property int index
                width: ListView.view.width
                sourceComponent: model.section === "running" ? running : waiting
                Component { id: running; RunningRow { job: model; actions: screen.model } }
                Component { id: waiting; WaitingRow { job: model; actions: screen.model } }
            }
            Empty {
                visible: list.count === 0
                anchors.centerIn: parent
                text: qsTr("Nothing waits. Jobs you start appear here and survive a restart.")
                action: qsTr("Go to Create")
                onActed: screen.studio.navigator.go("create")
            }
        }
        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: Theme.space5
            Layout.rightMargin: Theme.space4
            Layout.bottomMargin: Theme.space3
            spacing: Theme.space2
            Words { text: screen.model.todayText; quiet: true; Layout.fillWidth: true }
            ActionButton { compact: true; text: qsTr("Show in library"); onClicked: screen.studio.navigator.go("library") }
            ActionButton { compact: true; enabled: screen.model.canClear; text: qsTr("Clear list"); hint: qsTr("Forget finished jobs; their takes stay"); onClicked: screen.model.clearFinished() }
        }
    }
    FileDialog {
        id: batch
        nameFilters: [qsTr("Prompts (*.txt *.csv)")]
        onAccepted: screen.model.addBatch(decodeURIComponent(selectedFile.toString().replace("file://", "")))
    }
}
