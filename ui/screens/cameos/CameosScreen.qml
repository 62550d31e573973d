// Who may appear in clips. The smallest screen: the example of docs/adding-a-screen.md.
import QtQuick
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio
    Words { x: Theme.space5; y: 16; kind: "title"; text: qsTr("Cameos") }
    Empty {
        anchors.centerIn: parent
        text: screen.model.reason
        action: qsTr("Go to Create")
        onActed: screen.studio.navigator.go("create")
    }
}
