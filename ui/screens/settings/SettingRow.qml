// A setting: its name and what it does left, its control right.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

RowLayout {
    id: row
    property string title: ""
    property string help: ""
    property string note: ""
    property string search: ""
    visible: search === "" || (title + " " + help).toLowerCase().indexOf(search.toLowerCase()) >= 0
    spacing: Theme.space4
    Layout.fillWidth: true
    Layout.bottomMargin: Theme.space2
    ColumnLayout {
        Layout.fillWidth: true
        spacing: 0
        Words { Layout.fillWidth: true; text: row.title; wrapMode: Text.Wrap }
        Words { Layout.fillWidth: true; visible: text !== ""; kind: "meta"; wrapMode: Text.Wrap; text: row.help }
        Words { Layout.fillWidth: true; visible: text !== ""; kind: "meta"; wrapMode: Text.Wrap; color: Theme.warn; text: row.note }
    }
}
