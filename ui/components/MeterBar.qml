// How much of something is used, with its numbers in words beside it.
import QtQuick

Row {
    id: meter
    property string label: ""
    property string numbers: ""
    property real fraction: 0
    property int barWidth: 120
    spacing: Theme.space2
    Words { text: meter.label; kind: "meta"; anchors.verticalCenter: parent.verticalCenter }
    Rectangle {
        width: meter.barWidth
        height: 6
        radius: 2
        color: Theme.line
        anchors.verticalCenter: parent.verticalCenter
        Rectangle {
            width: parent.width * Math.max(0, Math.min(1, meter.fraction))
            height: parent.height
            radius: 2
            color: meter.fraction > 0.9 ? Theme.danger : Theme.text2
        }
    }
    Words { text: meter.numbers; kind: "mono"; quiet: true; anchors.verticalCenter: parent.verticalCenter }
}
