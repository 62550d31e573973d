// All keys, by screen.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: table
    required property var studio
    parent: T.Overlay.overlay
    anchors.centerIn: parent
    width: Math.min(860, parent.width - 64)
    height: Math.min(560, parent.height - 80)
    modal: true
    focus: true
    padding: Theme.space4
    background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
    contentItem: Column {
        spacing: Theme.space3
        Words { kind: "title"; text: qsTr("Keys") }
        ScrollView {
            width: parent.width
            height: table.availableHeight - 40
            clip: true
            Grid {
                width: table.availableWidth - Theme.space4
                columns: 2
                columnSpacing: Theme.space5
                rowSpacing: 2
                flow: Grid.TopToBottom
                rows: Math.ceil(keyRows.count / 2)
                Repeater {
                    id: keyRows
                    model: table.studio.commands.table()
                    Item {
                        id: row
                        required property var modelData
                        width: (table.availableWidth - Theme.space4 - Theme.space5) / 2
                        height: 24
                        Words { anchors { left: parent.left; right: keyWords.left; rightMargin: 8; verticalCenter: parent.verticalCenter } text: row.modelData.place + ": " + row.modelData.title }
                        Words { id: keyWords; anchors { right: parent.right; verticalCenter: parent.verticalCenter } text: row.modelData.keys; kind: "mono"; quiet: true }
                    }
                }
            }
        }
    }
}
