// No to five stars. Read and pressed; keys 0 to 5 belong to the screens.
import QtQuick

Row {
    id: row
    property int stars: 0
    property bool editable: true
    property int size: 12
    property color ink: Theme.text2
    signal picked(int stars)
    spacing: 2
    Accessible.role: Accessible.Indicator
    Accessible.name: qsTr("%n star(s)", "", stars)
    Repeater {
        model: 5
        Icon {
            required property int index
            icon: index < row.stars ? "star-fill" : "star"
            size: row.size
            color: index < row.stars ? Theme.accent : row.ink
            opacity: index < row.stars || row.editable ? 1 : 0.5
            MouseArea {
                anchors.fill: parent
                anchors.margins: -3
                enabled: row.editable
                onClicked: row.picked(row.stars === parent.index + 1 ? 0 : parent.index + 1)
            }
        }
    }
}
