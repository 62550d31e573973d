// The visible focus around whatever it fills.
import QtQuick

Rectangle {
    property bool shown: false
    property int offset: 2
    anchors.fill: parent
    anchors.margins: -offset
    visible: shown
    color: "transparent"
    radius: Theme.radius + offset
    border.width: 2
    border.color: Theme.focus
    z: 10
}
