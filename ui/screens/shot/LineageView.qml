// Where the take comes from and what was made from it: a tree of rows with lines from parent to child. A click goes there.
import QtQuick
import Fantascope.Components

Column {
    id: tree
    required property var lineage
    signal opened(int row)
    readonly property int rowHeight: Theme.compact
    readonly property int indent: 18
    Accessible.role: Accessible.Tree
    Accessible.name: qsTr("Lineage")
    Repeater {
        id: rows
        model: tree.lineage
        // Not a button of Qt's: its words are a take's name, which may be cut.
        Item {
            id: row
            required property var model
            required property int index
            readonly property int inset: Math.min(model.depth, 8) * tree.indent
            width: tree.width
            height: tree.rowHeight
            enabled: !model.gone
            activeFocusOnTab: true
            Accessible.role: Accessible.TreeItem
            Accessible.name: model.spoken
            Keys.onReturnPressed: tree.opened(index)
            Keys.onSpacePressed: tree.opened(index)
            HoverHandler { id: hover }
            TapHandler { onTapped: { row.forceActiveFocus(); tree.opened(row.index) } }
            Rectangle {
                x: row.inset
                width: row.width - row.inset
                height: row.height
                radius: 4
                color: row.model.current ? Theme.selected : hover.hovered ? Theme.hover : "transparent"
                border.width: row.model.current ? 1 : 0
                border.color: Theme.accent
                FocusRing { shown: row.activeFocus && !row.model.current }
            }
            Item {
                anchors.fill: parent
                // From the parent's row down to this one, then to the right.
                Rectangle {
                    visible: row.model.parentRow >= 0
                    x: row.inset - tree.indent + 9
                    y: -(row.index - row.model.parentRow) * tree.rowHeight + tree.rowHeight / 2 + 7
                    width: 1
                    height: (row.index - row.model.parentRow) * tree.rowHeight - 7
                    color: Theme.lineStrong
                }
                Rectangle { visible: row.model.parentRow >= 0; x: row.inset - tree.indent + 9; y: tree.rowHeight / 2; width: tree.indent - 9 + 4; height: 1; color: Theme.lineStrong }
                Rectangle { x: row.inset + 5; y: tree.rowHeight / 2 - 4; width: 8; height: 8; radius: 4; color: row.model.current ? Theme.accent : row.model.gone ? "transparent" : Theme.text2; border.color: Theme.lineStrong; border.width: row.model.gone ? 1 : 0 }
                Words { id: how; x: row.inset + 20; height: parent.height; verticalAlignment: Text.AlignVCenter; kind: "meta"; color: Theme.text2; text: row.model.relationText }
                Words {
                    anchors { left: how.right; leftMargin: 6; right: parent.right; rightMargin: row.model.keep === "kept" ? 20 : 6 }
                    height: parent.height
                    verticalAlignment: Text.AlignVCenter
                    property bool mayElide: true
                    strong: row.model.current
                    text: row.model.name
                }
                Icon { visible: row.model.keep === "kept"; anchors { right: parent.right; rightMargin: 6; verticalCenter: parent.verticalCenter } icon: "check-lg"; size: 10; color: Theme.ok }
            }
        }
    }
}
