// What is linked, what it may be used for, what fits.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Dialogs
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        RowLayout {
            Layout.fillWidth: true
            Layout.preferredHeight: 56
            Layout.leftMargin: Theme.space5
            Layout.rightMargin: Theme.space4
            Words { kind: "title"; text: qsTr("Models"); Layout.fillWidth: true }
            ActionButton { focus: true; compact: true; iconName: "folder2-open"; text: qsTr("Link a folder"); hint: qsTr("A folder with model_index.json; it stays where it is"); onClicked: folder.open() }
        }
        ScrollView {
            id: scroll
            Layout.fillWidth: true
            Layout.fillHeight: true
            contentWidth: availableWidth
            clip: true
            ColumnLayout {
                width: scroll.availableWidth
                spacing: Theme.space3
                Repeater {
                    model: screen.model.models
                    Card {
                        id: card
                        required property var modelData
                        Layout.fillWidth: true
                        Layout.maximumWidth: 860
                        Layout.leftMargin: Theme.space5
                        Layout.rightMargin: Theme.space5
                        Layout.preferredHeight: column.implicitHeight + 2 * Theme.space4
                        Accessible.role: Accessible.ListItem
                        Accessible.name: modelData.name + ", " + modelData.fitText
                        ColumnLayout {
                            id: column
                            anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.space4 }
                            spacing: Theme.space1
                            RowLayout {
                                spacing: Theme.space2
                                Words { kind: "title"; text: card.modelData.name }
                                Words { kind: "meta"; text: card.modelData.originText; Layout.fillWidth: true }
                                Icon { icon: card.modelData.fits ? "check-lg" : "exclamation-triangle"; color: card.modelData.fits ? Theme.ok : Theme.danger }
                                Words { text: card.modelData.fitText; color: card.modelData.fits ? Theme.ok : Theme.danger }
                            }
                            Words { Layout.fillWidth: true; Layout.topMargin: Theme.space1; wrapMode: Text.Wrap; text: qsTr("Licence: %1").arg(card.modelData.licence || qsTr("not stated by its files")) }
                            Words { Layout.fillWidth: true; quiet: true; wrapMode: Text.Wrap; text: card.modelData.usual }
                            Words { Layout.fillWidth: true; quiet: true; wrapMode: Text.Wrap; text: card.modelData.limits }
                            Words { Layout.fillWidth: true; kind: "mono"; quiet: true; wrapMode: Text.WrapAnywhere; text: card.modelData.dir }
                            Words { Layout.fillWidth: true; visible: text !== ""; wrapMode: Text.Wrap; text: screen.model.checks[card.modelData.dir] || ""; color: Theme.info }
                            RowLayout {
                                Layout.topMargin: Theme.space2
                                spacing: Theme.space2
                                ActionButton { compact: true; text: qsTr("Check files"); hint: qsTr("Read every byte, compare hashes, load the weights"); onClicked: screen.model.checkFiles(card.modelData.dir) }
                                ActionButton { compact: true; text: qsTr("Use from the next start"); onClicked: screen.model.use(card.modelData.name) }
                            }
                        }
                    }
                }
                Repeater {
                    model: screen.model.broken
                    ErrorCard {
                        required property var modelData
                        Layout.fillWidth: true
                        Layout.maximumWidth: 860
                        Layout.leftMargin: Theme.space5
                        Layout.rightMargin: Theme.space5
                        title: qsTr("This folder cannot be used as a model.")
                        cause: modelData.title
                        remedy: modelData.dir
                    }
                }
                Words { Layout.leftMargin: Theme.space5; Layout.rightMargin: Theme.space5; Layout.maximumWidth: 860; Layout.fillWidth: true; quiet: true; wrapMode: Text.Wrap; text: qsTr("Models stay where they lie; linking copies nothing and fetches nothing. Mind the licence of what you link.") }
            }
        }
    }
    FolderDialog { id: folder; onAccepted: screen.model.link(decodeURIComponent(selectedFolder.toString().replace("file://", ""))) }
}
