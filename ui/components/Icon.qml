// One of assets/icons, in one colour.
import QtQuick
import QtQuick.Controls.impl

IconImage {
    property string icon: ""
    property int size: 16
    source: icon === "" ? "" : "qrc:/icons/" + icon + ".svg"
    sourceSize: Qt.size(size, size)
    width: size
    height: size
    color: Theme.text2
}
