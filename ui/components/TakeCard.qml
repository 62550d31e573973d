// A take as a card: picture, name, what is known of it, stars and flag under it, never over it.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: card
    property string takeId: ""
    property string name: ""
    property string filmstrip: ""
    property int frames: 0
    property string size: "3x2"
    property string length: ""
    property string keep: "draft"
    property int stars: 0
    property string moment: ""
    property string spoken: ""
    property bool loaded: true
    property bool selected: false
    property bool current: false
    readonly property real aspect: { const parts = size.split("x"); return parts.length === 2 && Number(parts[1]) > 0 ? Number(parts[0]) / Number(parts[1]) : 1.5 }
    property alias strip: strip
    default property alias actions: actionRow.data
    signal starsPicked(int stars)
    signal opened()

    color: selected ? Theme.selected : Theme.panel
    radius: Theme.radius
    border.width: selected || current ? 2 : 1
    border.color: current ? Theme.focus : selected ? Theme.accent : Theme.line
    opacity: keep === "dropped" ? 0.6 : 1
    implicitHeight: column.implicitHeight + 2
    Accessible.role: Accessible.ListItem
    Accessible.name: spoken

    ColumnLayout {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: 2 }
        spacing: 0
        Filmstrip {
            id: strip
            Layout.fillWidth: true
            Layout.preferredHeight: width * 2 / 3
            source: card.filmstrip === "" ? "" : "file://" + card.filmstrip
            frames: card.frames
            aspect: card.aspect
            active: card.current
            crop: false
            TapHandler { onTapped: card.opened() }
        }
        Words {
            Layout.fillWidth: true
            Layout.margins: Theme.space2
            Layout.bottomMargin: 0
            text: card.loaded ? card.name : ""
        }
        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: Theme.space2
            Layout.rightMargin: Theme.space2
            Layout.topMargin: 2
            Layout.bottomMargin: actionRow.children.length > 0 ? 0 : Theme.space2
            spacing: Theme.space2
            FlagWord { keep: card.keep }
            Words { kind: "mono"; quiet: true; font.pixelSize: 11; text: card.length }
            Item { Layout.fillWidth: true }
            Stars { stars: card.stars; size: 11; onPicked: stars => card.starsPicked(stars) }
        }
        RowLayout {
            id: actionRow
            visible: children.length > 0
            Layout.fillWidth: true
            Layout.margins: visible ? Theme.space2 : 0
            spacing: Theme.space1
        }
    }
}
