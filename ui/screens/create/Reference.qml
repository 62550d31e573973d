// A place for a picture that steers the clip: filled by dropping, by choosing a file, or by pasting a path.
import QtQuick
import QtQuick.Dialogs
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: place
    required property var model
    property string label: ""
    property string file: ""
    signal chosen(string file)
    property string verdict: ""

    implicitHeight: 52
    radius: Theme.radiusField
    color: Theme.field
    border.color: drop.containsDrag ? Theme.focus : Theme.line
    border.width: drop.containsDrag ? 2 : 1
    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: label + (file !== "" ? ": " + file : "")
    Keys.onReturnPressed: dialog.open()
    Keys.onSpacePressed: dialog.open()
    Keys.onDeletePressed: chosen("")
    FocusRing { shown: place.activeFocus }

    RowLayout {
        anchors { fill: parent; margins: 6 }
        spacing: Theme.space2
        Rectangle {
            Layout.preferredWidth: 52
            Layout.fillHeight: true
            color: place.file !== "" ? Theme.pictureGround : "transparent"
            Image { anchors.fill: parent; source: place.file === "" ? "" : "file://" + place.file; fillMode: Image.PreserveAspectFit; asynchronous: true; sourceSize.width: 104 }
            Icon { visible: place.file === ""; anchors.centerIn: parent; icon: "image"; color: Theme.text3 }
        }
        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true
            Words { text: place.label; Layout.fillWidth: true }
            Words {
                Layout.fillWidth: true
                kind: "meta"
                color: drop.containsDrag && place.verdict !== "" ? Theme.danger : Theme.text2
                text: drop.containsDrag ? (place.verdict !== "" ? place.verdict : qsTr("Use it here")) : place.file !== "" ? place.file.split("/").pop() : qsTr("none")
            }
        }
        ActionButton { compact: true; kind: "quiet"; iconName: place.file === "" ? "plus-lg" : "x-lg"; hint: place.file === "" ? qsTr("Choose a picture") : qsTr("Take it away"); onClicked: place.file === "" ? dialog.open() : place.chosen("") }
    }
    DropArea {
        id: drop
        anchors.fill: parent
        keys: ["text/uri-list"]
        function fileOf(drag) { return drag.hasUrls && drag.urls.length > 0 ? decodeURIComponent(drag.urls[0].toString().replace("file://", "")) : "" }
        onEntered: drag => place.verdict = place.model.refusal(fileOf(drag))
        onDropped: drag => { const file = fileOf(drag); if (file !== "" && place.model.refusal(file) === "") place.chosen(file) }
    }
    FileDialog {
        id: dialog
        nameFilters: [qsTr("Pictures (*.png *.jpg *.jpeg *.webp)")]
        onAccepted: place.chosen(decodeURIComponent(selectedFile.toString().replace("file://", "")))
    }
}
