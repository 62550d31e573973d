// Sentences of a licence that one should know of first, word for word, each with its place in the text.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

ColumnLayout {
    id: list
    required property var licence  // see licences of the model
    spacing: Theme.space1
    Words {
        Layout.fillWidth: true
        wrapMode: Text.Wrap
        text: list.licence.hasText === false ? list.licence.text
              : list.licence.terms.length > 0 ? qsTr("Know this first, in its own words:")
                                              : qsTr("No sentence of it speaks of revenue, territories, competitors or non-commercial use. Read it all the same.")
    }
    Repeater {
        model: list.licence.terms
        RowLayout {
            id: row
            required property var modelData
            Layout.fillWidth: true
            spacing: Theme.space2
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData.text
            Rectangle { Layout.fillHeight: true; Layout.preferredWidth: 2; color: Theme.warn }
            ColumnLayout {
                spacing: 0
                Words { Layout.fillWidth: true; wrapMode: Text.Wrap; text: row.modelData.text }
                Words { Layout.fillWidth: true; kind: "meta"; wrapMode: Text.Wrap; text: row.modelData.place }
            }
        }
    }
}
