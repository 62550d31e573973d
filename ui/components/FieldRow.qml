// A named field of a form: name left, field right.
import QtQuick
import QtQuick.Layouts

RowLayout {
    id: row
    property string label: ""
    property int labelWidth: 72
    spacing: Theme.space2
    Words {
        text: row.label
        quiet: true
        Layout.preferredWidth: row.labelWidth
        Layout.minimumWidth: row.labelWidth
        wrapMode: Text.Wrap
    }
}
