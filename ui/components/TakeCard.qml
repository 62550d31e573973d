// A take as a card: picture, name, what is known of it, stars and flag under it, never over it. Placed by hand: grids move hundreds of these
// past, and a layout would be worked out anew for each.
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
    property alias strip: strip
    default property alias actions: actionRow.data
    signal starsPicked(int stars)
    signal opened()

    color: selected ? Theme.selected : Theme.panel
    radius: Theme.radius
    border.width: selected || current ? 2 : 1
    border.color: current ? Theme.focus : selected ? Theme.accent : Theme.line
    opacity: keep === "dropped" ? 0.6 : 1
    implicitHeight: facts.y + facts.height + (actionRow.visible ? actionRow.implicitHeight + 2 * Theme.space2 : Theme.space2)
    Accessible.role: Accessible.ListItem
    Accessible.name: spoken

    Filmstrip {
        id: strip
        x: 2
        y: 2
        width: card.width - 4
        height: width * 2 / 3
        source: card.filmstrip
        frames: card.frames
        aspect: { const parts = card.size.split("x"); return parts.length === 2 && Number(parts[1]) > 0 ? Number(parts[0]) / Number(parts[1]) : 1.5 }
        active: card.current
        crop: false
        TapHandler { onTapped: card.opened() }
    }
    Words {
        id: title
        x: 2 + Theme.space2
        y: strip.y + strip.height + Theme.space2
        width: card.width - 2 * x
        text: card.loaded ? card.name : ""
    }
    Item {
        id: facts
        x: title.x
        y: title.y + title.height + 2
        width: title.width
        height: Math.max(flag.height, lengthWords.height)
        FlagWord { id: flag; anchors.verticalCenter: parent.verticalCenter; keep: card.keep }
        Words { id: lengthWords; x: flag.width + Theme.space2; anchors.verticalCenter: parent.verticalCenter; kind: "mono"; quiet: true; font.pixelSize: 11; text: card.length }
        Stars { anchors { right: parent.right; verticalCenter: parent.verticalCenter } stars: card.stars; size: 11; onPicked: stars => card.starsPicked(stars) }
    }
    RowLayout {
        id: actionRow
        visible: children.length > 0
        x: title.x
        y: facts.y + facts.height + Theme.space2
        width: title.width
        spacing: Theme.space1
    }
}
