// One model: what it is, whether it fits, its licence (terms that bite first, while it is not accepted), and what can be done with it.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Card {
    id: card
    required property var model
    required property var entry
    property bool licenceShown: false
    readonly property var licence: model.licences[entry.dir] || ({terms: [], text: ""})
    signal licenceWanted()
    signal acceptWanted()
    signal changed()  // something was asked for after which this card is made anew
    function focusFirst() { (accept.visible ? accept : show.visible ? show : check).forceActiveFocus(Qt.TabFocusReason) }
    implicitHeight: column.implicitHeight + 2 * Theme.space4
    border.color: entry.mustAccept ? Theme.warn : Theme.line
    Accessible.role: Accessible.ListItem
    Accessible.name: entry.name + ", " + entry.fitText + ", " + entry.licenceText

    ColumnLayout {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.space4 }
        spacing: Theme.space1
        RowLayout {
            spacing: Theme.space2
            Words { kind: "title"; text: card.entry.name; Layout.maximumWidth: 320 }
            Words { kind: "meta"; text: card.entry.originText; Layout.fillWidth: true }
            Icon { icon: card.entry.fits ? "check-lg" : "exclamation-triangle"; color: card.entry.fits ? Theme.ok : Theme.danger }
            Words { text: card.entry.fitText; color: card.entry.fits ? Theme.ok : Theme.danger }
        }
        RowLayout {
            Layout.fillWidth: true
            Layout.topMargin: Theme.space1
            spacing: Theme.space2
            Icon { visible: card.entry.mustAccept; icon: "exclamation-triangle"; color: Theme.warn; Layout.alignment: Qt.AlignTop; Layout.topMargin: 1 }
            Words { Layout.fillWidth: true; wrapMode: Text.Wrap; strong: card.entry.mustAccept; text: card.entry.licenceText }
        }
        LicenceTerms { visible: card.entry.canAccept && card.licence.text !== ""; Layout.fillWidth: true; Layout.bottomMargin: Theme.space2; licence: card.licence }
        Words { Layout.fillWidth: true; quiet: true; wrapMode: Text.Wrap; text: card.entry.usual }
        Words { Layout.fillWidth: true; quiet: true; wrapMode: Text.Wrap; text: card.entry.limits }
        Words { Layout.fillWidth: true; kind: "mono"; quiet: true; wrapMode: Text.WrapAnywhere; text: card.entry.dir }
        Words { Layout.fillWidth: true; visible: text !== ""; wrapMode: Text.Wrap; text: card.model.checks[card.entry.dir] || ""; color: Theme.info }
        Flow {
            Layout.fillWidth: true
            Layout.topMargin: Theme.space2
            spacing: Theme.space2
            ActionButton { id: accept; objectName: "accept " + card.entry.name; visible: card.entry.canAccept; compact: true; kind: "primary"; text: qsTr("Accept the licence…"); hint: qsTr("Its terms once more, then yes or no"); onClicked: card.acceptWanted() }
            ActionButton { id: show; objectName: "licence " + card.entry.name; visible: card.entry.canAccept || !card.entry.mustAccept; compact: true; text: card.licenceShown ? qsTr("Hide licence") : qsTr("Show licence"); hint: qsTr("The whole text, here"); onClicked: card.licenceWanted() }
            ActionButton { id: check; compact: true; text: qsTr("Check files"); hint: qsTr("Read every byte, compare hashes, load the weights"); onClicked: card.model.checkFiles(card.entry.dir) }
            ActionButton { compact: true; text: qsTr("Use from the next start"); onClicked: card.model.use(card.entry.name) }
            ActionButton { objectName: "unlink " + card.entry.name; visible: card.entry.linked; compact: true; text: qsTr("Unlink"); hint: qsTr("Files and takes stay; can be undone"); onClicked: { card.changed(); card.model.unlink(card.entry.dir, card.entry.name) } }
        }
        LicenceText { visible: card.licenceShown && card.licence.text !== ""; Layout.fillWidth: true; Layout.topMargin: Theme.space2; Layout.preferredHeight: 280; name: qsTr("Licence of %1").arg(card.entry.name); text: visible ? card.licence.text : "" }
    }
}
