// No to five stars. Read and pressed; keys 0 to 5 belong to the screens.
import QtQuick
import Fantascope.Components

StarRow {
    id: row
    property bool editable: true
    property color ink: Theme.text2
    signal picked(int stars)
    size: 12
    full: Theme.accent
    empty: ink
    faint: !editable
    Accessible.role: Accessible.Indicator
    Accessible.name: qsTr("%n star(s)", "", stars)
    MouseArea {
        anchors.fill: parent
        anchors.margins: -3
        enabled: row.editable
        onClicked: mouse => { const star = row.starAt(mouse.x - 3); row.picked(row.stars === star ? 0 : star) }
    }
}
