// The name of a new project, or another one for an old. What is refused is said here, and the name stays to be changed.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: box
    required property var projects
    property string projectId: ""
    property var takeIds: []
    function ask(id, takes) {
        projectId = id
        takeIds = takes
        field.text = id === "" ? "" : projects.nameOf(id)
        open()
        field.forceActiveFocus()
        field.selectAll()
    }
    function accept() {
        if (field.text.trim() === "") return
        if (projectId === "") projects.create(field.text, takeIds)
        else projects.rename(projectId, field.text)
    }
    parent: T.Overlay.overlay
    anchors.centerIn: parent
    width: 400
    modal: true
    focus: true
    padding: Theme.space4
    background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
    Connections { target: box.projects; function onNamed() { box.close() } }
    contentItem: Column {
        spacing: Theme.space3
        Words { kind: "title"; text: box.projectId === "" ? qsTr("New project") : qsTr("Rename project") }
        InputField {
            id: field
            objectName: "project name"
            width: parent.width
            name: qsTr("Name of the project")
            placeholderText: qsTr("Name, for example Short film")
            problem: box.projects.problem !== ""
            maximumLength: 200
            onAccepted: box.accept()
        }
        Words { visible: text !== ""; width: parent.width; wrapMode: Text.Wrap; text: box.projects.problem; color: Theme.danger; Accessible.role: Accessible.AlertMessage; Accessible.name: text }
        Row {
            anchors.right: parent.right
            spacing: Theme.space2
            ActionButton { text: qsTr("Cancel"); onClicked: box.close() }
            ActionButton { kind: "primary"; enabled: field.text.trim() !== ""; text: box.projectId === "" ? qsTr("Create") : qsTr("Rename"); onClicked: box.accept() }
        }
    }
}
