// One part of the prompt builder: a chip that opens its phrases.
import QtQuick
import QtQuick.Controls.Basic
import Fantascope.Components

Chip {
    id: chip
    required property var modelData
    signal picked(string phrase)
    text: modelData.name
    onClicked: menu.open()
    ContextMenu {
        id: menu
        y: chip.height + 2
        Repeater {
            model: chip.modelData.phrases
            MenuItem {
                id: item
                required property var modelData
                text: modelData.label
                implicitHeight: Theme.compact
                onTriggered: chip.picked(modelData.phrase)
                contentItem: Words { text: item.text; leftPadding: Theme.space1 }
                background: Rectangle { radius: 3; color: item.highlighted ? Theme.selected : "transparent" }
            }
        }
    }
}
