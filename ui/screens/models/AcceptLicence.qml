// One of the four questions that are asked at all: whether the licence of a model is accepted. Its terms are here once more.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import QtQuick.Templates as T
import Fantascope.Components

Popup {
    id: box
    required property var model
    property var entry: ({name: "", dir: "", licenceText: ""})
    readonly property var licence: model.licences[entry.dir] || ({terms: [], text: ""})
    signal answered(string dir)
    function ask(model) {
        entry = model
        open()
        later.forceActiveFocus(Qt.TabFocusReason)
    }
    parent: T.Overlay.overlay
    anchors.centerIn: parent
    width: Math.min(560, T.Overlay.overlay ? T.Overlay.overlay.width - 2 * Theme.space5 : 560)
    modal: true
    focus: true
    padding: Theme.space4
    background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
    contentItem: ColumnLayout {
        spacing: Theme.space3
        Words { Layout.fillWidth: true; wrapMode: Text.Wrap; kind: "title"; text: qsTr("Accept the licence of %1?").arg(box.entry.name) }
        ScrollView {
            id: scroll
            Layout.fillWidth: true
            Layout.preferredHeight: Math.min(terms.implicitHeight, 320, Math.max(80, (T.Overlay.overlay ? T.Overlay.overlay.height : 540) - 260))
            contentWidth: availableWidth
            clip: true
            LicenceTerms { id: terms; width: scroll.availableWidth; licence: box.licence }
        }
        Words { Layout.fillWidth: true; wrapMode: Text.Wrap; quiet: true; text: qsTr("You accept the text as it lies in the model's folder now. If it changes, you are asked again.") }
        Row {
            Layout.alignment: Qt.AlignRight
            spacing: Theme.space2
            ActionButton { id: later; objectName: "not now"; text: qsTr("Not now"); onClicked: box.close() }
            ActionButton { objectName: "accept licence"; kind: "primary"; enabled: box.licence.text !== ""; text: qsTr("I accept it"); onClicked: { box.answered(box.entry.dir); box.model.accept(box.entry.dir); box.close() } }
        }
    }
}
