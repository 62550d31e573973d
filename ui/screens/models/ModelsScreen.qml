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
    property string shownLicence: ""  // the folder whose licence is open
    property string touched: ""       // the folder whose card takes the focus back when the cards are made anew
    onVisibleChanged: if (visible) model.refresh()
    onTouchedChanged: if (touched !== "") forget.restart()
    Timer { id: forget; interval: 2000; onTriggered: screen.touched = "" }

    // What has the focus is seen, also where Tab led beyond the edge.
    readonly property Item focused: Window.activeFocusItem
    onFocusedChanged: {
        let inside = focused
        while (inside && inside !== cards) inside = inside.parent
        const view = scroll.contentItem
        if (!inside || focused.height > view.height) return
        const top = focused.mapToItem(cards, 0, 0).y, bottom = top + focused.height + Theme.space4
        if (top < view.contentY) view.contentY = Math.max(0, top - Theme.space4)
        else if (bottom > view.contentY + view.height) view.contentY = Math.min(bottom - view.height, Math.max(0, view.contentHeight - view.height))
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        RowLayout {
            Layout.fillWidth: true
            Layout.preferredHeight: 56
            Layout.leftMargin: Theme.space5
            Layout.rightMargin: Theme.space4
            Words { kind: "title"; text: qsTr("Models"); Layout.fillWidth: true }
            ActionButton { id: linkButton; focus: true; compact: true; iconName: "folder2-open"; text: qsTr("Link a folder"); hint: qsTr("A model's folder (model_index.json, or one original checkpoint and its text_encoder); it stays where it is"); onClicked: folder.open() }
        }
        ScrollView {
            id: scroll
            Layout.fillWidth: true
            Layout.fillHeight: true
            contentWidth: availableWidth
            clip: true
            ColumnLayout {
                id: cards
                width: scroll.availableWidth
                spacing: Theme.space3
                Repeater {
                    model: screen.model.models
                    ModelCard {
                        id: card
                        required property var modelData
                        Layout.fillWidth: true
                        Layout.maximumWidth: 860
                        Layout.leftMargin: Theme.space5
                        Layout.rightMargin: Theme.space5
                        Layout.preferredHeight: implicitHeight
                        model: screen.model
                        entry: modelData
                        licenceShown: screen.shownLicence === modelData.dir
                        onLicenceWanted: {
                            screen.shownLicence = licenceShown ? "" : modelData.dir
                            if (screen.shownLicence !== "") screen.model.loadLicence(modelData.dir)
                        }
                        onAcceptWanted: accepting.ask(modelData)
                        onChanged: { screen.touched = modelData.dir; linkButton.forceActiveFocus() }
                        Component.onCompleted: if (screen.touched === modelData.dir) focusFirst()
                    }
                }
                Repeater {
                    model: screen.model.broken
                    ErrorCard {
                        id: wrong
                        required property var modelData
                        Layout.fillWidth: true
                        Layout.maximumWidth: 860
                        Layout.leftMargin: Theme.space5
                        Layout.rightMargin: Theme.space5
                        title: qsTr("This folder cannot be used as a model.")
                        cause: modelData.title
                        remedy: modelData.dir
                        actions: ActionButton { compact: true; text: qsTr("Unlink"); hint: qsTr("Files and takes stay; can be undone"); onClicked: { linkButton.forceActiveFocus(); screen.model.unlink(wrong.modelData.dir, wrong.modelData.dir) } }
                    }
                }
                Words { Layout.leftMargin: Theme.space5; Layout.rightMargin: Theme.space5; Layout.bottomMargin: Theme.space4; Layout.maximumWidth: 860; Layout.fillWidth: true; quiet: true; wrapMode: Text.Wrap; text: qsTr("Models stay where they lie; linking copies nothing and fetches nothing. A licence that asks for more than naming its makers is accepted once, before the first use.") }
            }
        }
    }
    FolderDialog { id: folder; onAccepted: screen.model.link(decodeURIComponent(selectedFolder.toString().replace("file://", ""))) }
    AcceptLicence { id: accepting; model: screen.model; onAnswered: dir => screen.touched = dir }
}
