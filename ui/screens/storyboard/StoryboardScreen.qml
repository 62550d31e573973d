// A film as a list of shots.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio

    ColumnLayout {
        anchors { fill: parent; leftMargin: Theme.space5; rightMargin: Theme.space4; bottomMargin: Theme.space3 }
        spacing: Theme.space3
        RowLayout {
            Layout.fillWidth: true
            Layout.preferredHeight: 56
            spacing: Theme.space2
            Words { kind: "title"; text: qsTr("Storyboard") }
            Words { quiet: true; text: screen.model.lengthText; Layout.fillWidth: true; Layout.leftMargin: Theme.space2 }
            ActionButton { iconName: "play-fill"; text: qsTr("Play through"); enabled: screen.model.count > 0; onClicked: through.open() }
            ActionButton { visible: screen.model.missing > 0; kind: "primary"; text: qsTr("Generate %n missing", "", screen.model.missing); onClicked: screen.model.generateMissing() }
        }
        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.space2
            Words { text: qsTr("For all shots"); quiet: true }
            InputField { focus: true; Layout.fillWidth: true; name: qsTr("World and style of all shots"); placeholderText: qsTr("World and style, joined to every prompt: at dusk, thick fog"); text: screen.model.world; onEditingFinished: screen.model.world = text }
        }
        ListView {
            id: list
            Layout.fillWidth: true
            Layout.fillHeight: true
            clip: true
            spacing: Theme.space2
            model: screen.model
            boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Shots")
            delegate: ShotRow { width: ListView.view.width - 14; board: screen.model }
            Empty { visible: list.count === 0; anchors.centerIn: parent; text: qsTr("No shots yet. Type the first one below, or add takes from the library.") }
        }
        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.space2
            InputField { id: words; Layout.fillWidth: true; name: qsTr("Words of a new shot"); placeholderText: qsTr("Words of the next shot"); onAccepted: add.clicked() }
            ActionButton { id: add; iconName: "plus-lg"; text: qsTr("Add shot"); enabled: words.text.trim() !== ""; onClicked: { screen.model.addShot(words.text); words.text = "" } }
        }
    }
    PlayThrough { id: through; board: screen.model; studio: screen.studio }
}
