// A place for a picture that steers the clip: filled by dropping or by choosing a file.
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
            Image { anchors.fill: parent; objectName: "shown picture"; source: place.file === "" ? "" : "file://" + place.file.split("/").map(encodeURIComponent).join("/"); fillMode: Image.PreserveAspectFit; asynchronous: true; sourceSize.width: 104 }
            Icon { visible: place.file === ""; anchors.centerIn: parent; icon: "image"; color: Theme.text3 }
        }
        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true
            Words { text: place.label; Layout.fillWidth: true }
            Words {
                Layout.fillWidth: true
                kind: "meta"
                color: (drop.containsDrag || refused.running) && place.verdict !== "" ? Theme.danger : Theme.text2
                text: refused.running ? place.verdict : drop.containsDrag ? (place.verdict !== "" ? place.verdict : qsTr("Use it here")) : place.file !== "" ? place.file.split("/").pop() : qsTr("none")
            }
        }
        ActionButton { compact: true; kind: "quiet"; iconName: place.file === "" ? "plus-lg" : "x-lg"; hint: place.file === "" ? qsTr("Choose a picture") : qsTr("Take it away"); onClicked: place.file === "" ? dialog.open() : place.chosen("") }
    }
    DropArea {
        id: drop
        anchors.fill: parent
        keys: ["text/uri-list"]
        // Pictures of this computer only: what a browser hands over is an address, and nothing is fetched.
        function fileOf(drag) {
            const url = drag.hasUrls && drag.urls.length > 0 ? drag.urls[0].toString() : ""
            return url.startsWith("file://") ? decodeURIComponent(url.substring(7)) : ""
        }
        onEntered: drag => { place.verdict = place.model.refusal(fileOf(drag)); refused.stop() }
        onDropped: drag => { if (place.verdict === "") place.chosen(fileOf(drag)); else refused.restart() }
    }
    // What was dropped all the same is refused for as long as it takes to read.
    Timer {
        id: refused
        interval: 6000
    }
    FileDialog {
        id: dialog
        nameFilters: [qsTr("Pictures (*.png *.jpg *.jpeg *.webp)")]
        onAccepted: place.chosen(decodeURIComponent(selectedFile.toString().replace("file://", "")))
    }
}
