// A whole job as one line, cut by the share of time that each phase takes. `parts`: [{name, share}], `current` its index, `fraction` of it.
import QtQuick

Item {
    id: bar
    property var parts: []
    property int current: -1
    property real fraction: 0
    property bool paused: false
    property bool labels: true
    implicitHeight: labels ? 26 : 6
    Accessible.role: Accessible.ProgressBar
    Accessible.name: current >= 0 && current < parts.length ? parts[current].name : ""

    Row {
        id: row
        anchors { left: parent.left; right: parent.right; top: parent.top }
        spacing: 2
        Repeater {
            model: bar.parts
            Column {
                id: part
                required property int index
                required property var modelData
                width: Math.max(4, (row.width - 2 * (bar.parts.length - 1)) * modelData.share)
                spacing: 3
                Rectangle {
                    width: parent.width
                    height: 6
                    radius: 2
                    color: Theme.line
                    Rectangle {
                        height: parent.height
                        radius: 2
                        color: bar.paused ? Theme.text3 : Theme.accent
                        width: part.index < bar.current ? parent.width : part.index === bar.current ? parent.width * Math.max(0, Math.min(1, bar.fraction)) : 0
                    }
                }
                Words {
                    visible: bar.labels && implicitWidth <= part.width
                    text: part.modelData.name
                    kind: "meta"
                    color: part.index === bar.current ? Theme.text : Theme.text3
                }
            }
        }
    }
}
