// Kept, dropped or draft, by word and icon.
import QtQuick

Row {
    id: flag
    property string keep: "draft"
    spacing: Theme.space1
    Icon {
        anchors.verticalCenter: parent.verticalCenter
        icon: flag.keep === "kept" ? "check-lg" : flag.keep === "dropped" ? "x-lg" : ""
        visible: icon !== ""
        size: 11
        color: flag.keep === "kept" ? Theme.ok : Theme.danger
    }
    Words {
        anchors.verticalCenter: parent.verticalCenter
        kind: "meta"
        text: flag.keep === "kept" ? qsTr("Kept") : flag.keep === "dropped" ? qsTr("Dropped") : qsTr("Draft")
        color: flag.keep === "kept" ? Theme.ok : flag.keep === "dropped" ? Theme.danger : Theme.text2
    }
}
