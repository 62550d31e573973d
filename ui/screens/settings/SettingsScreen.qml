// One column, a search on top, no apply button.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio
    readonly property var prefs: studio.preferences
    readonly property string wanted: search.text.trim()
    property int tick: 0
    Connections { target: screen.prefs; function onChanged() { screen.tick++ } }
    function pref(key, fallback) { tick; return prefs.value(key, fallback) }

    component Heading: Words { kind: "title"; Layout.topMargin: Theme.space4; Layout.bottomMargin: Theme.space1; visible: screen.wanted === "" }
    component PrefSwitch: ToggleSwitch {
        property string key: ""
        property bool fallback: false
        checked: screen.pref(key, fallback)
        onToggled: screen.prefs.setValue(key, checked)
    }
    ScrollView {
        id: scroll
        anchors.fill: parent
        contentWidth: availableWidth
        clip: true
        ColumnLayout {
            x: Theme.space5
            width: Math.min(760, scroll.availableWidth - 2 * Theme.space5)
            spacing: Theme.space2
            InputField { id: search; focus: true; Layout.fillWidth: true; Layout.topMargin: Theme.space4; placeholderText: qsTr("Search settings"); Keys.onEscapePressed: text = "" }
            Heading { text: qsTr("Looks") }
            SettingRow {
                search: screen.wanted
                title: qsTr("Window")
                help: qsTr("Around pictures the ground is the same neutral in both")
                ChoiceBox {
                    name: qsTr("Window")
                    Layout.preferredWidth: 220
                    readonly property var ids: ["system", "dark", "light"]
                    model: [qsTr("As the system"), qsTr("Dark"), qsTr("Light")]
                    currentIndex: Math.max(0, ids.indexOf(screen.pref("theme", "system")))
                    onActivated: index => screen.prefs.setValue("theme", ids[index])
                }
            }
            SettingRow {
                search: screen.wanted
                title: qsTr("Language")
                note: screen.pref("language", "system") !== startLanguage ? qsTr("from the next start on") : ""
                property string startLanguage: ""
                Component.onCompleted: startLanguage = screen.prefs.value("language", "system")
                ChoiceBox {
                    name: qsTr("Language")
                    Layout.preferredWidth: 220
                    readonly property var ids: ["system", "en", "de"]
                    model: [qsTr("As the system"), "English", "Deutsch"]
                    currentIndex: Math.max(0, ids.indexOf(screen.pref("language", "system")))
                    onActivated: index => screen.prefs.setValue("language", ids[index])
                }
            }
            SettingRow { search: screen.wanted; title: qsTr("Less motion"); help: qsTr("No movement when screens and panels change"); PrefSwitch { name: qsTr("Less motion"); key: "less_motion" } }
            Heading { text: qsTr("Keys") }
            SettingRow { search: screen.wanted; title: qsTr("Single-letter keys"); help: qsTr("P, X, W and the like outside text fields"); PrefSwitch { name: qsTr("Single-letter keys"); key: "single_keys"; fallback: true } }
            SettingRow { search: screen.wanted; title: qsTr("Go on after a decision"); help: qsTr("Keep and Drop move to the next undecided take"); PrefSwitch { name: qsTr("Go on after a decision"); key: "auto_advance"; fallback: true } }
            SettingRow { search: screen.wanted; title: qsTr("All keys"); ActionButton { compact: true; text: qsTr("Show"); keys: "F1"; onClicked: screen.studio.run("keys") } }
            Heading { text: qsTr("Making clips") }
            Repeater {
                model: screen.model.fields
                SettingRow {
                    id: setting
                    required property var modelData
                    search: screen.wanted
                    title: modelData.title
                    help: modelData.help
                    note: modelData.later ? qsTr("from the next start on") : ""
                    InputField {
                        visible: setting.modelData.kind === "text" || setting.modelData.kind === "number"
                        name: setting.modelData.title
                        mono: setting.modelData.kind === "number"
                        Layout.preferredWidth: 220
                        text: String(setting.modelData.value)
                        onEditingFinished: if (text !== String(setting.modelData.value)) screen.model.set(setting.modelData.name, text)
                    }
                    ToggleSwitch { visible: setting.modelData.kind === "switch"; name: setting.modelData.title; checked: setting.modelData.value === true; onToggled: screen.model.set(setting.modelData.name, checked) }
                    ChoiceBox {
                        visible: setting.modelData.kind === "choice"
                        name: setting.modelData.title
                        Layout.preferredWidth: 220
                        model: setting.modelData.choices
                        currentIndex: setting.modelData.choices.indexOf(setting.modelData.value)
                        onActivated: index => screen.model.set(setting.modelData.name, setting.modelData.choices[index])
                    }
                }
            }
            Heading { text: qsTr("Folders") }
            Words { visible: screen.wanted === "" && text !== ""; text: screen.model.freeText; quiet: true }
            Repeater {
                model: screen.model.folders
                SettingRow {
                    id: folder
                    required property var modelData
                    search: screen.wanted
                    title: modelData.title
                    help: modelData.path
                    Words { kind: "mono"; quiet: true; text: folder.modelData.sizeText }
                    ActionButton { compact: true; kind: "quiet"; iconName: "clipboard"; hint: qsTr("Copy the path"); onClicked: screen.model.copyPath(folder.modelData.path) }
                }
            }
            Words { visible: screen.wanted === ""; Layout.fillWidth: true; kind: "meta"; wrapMode: Text.Wrap; text: qsTr("Another place: start the program with FANTASCOPE_HOME set to a folder.") }
            Heading { text: qsTr("About") }
            Words { visible: screen.wanted === ""; text: screen.model.versionText }
            Words { visible: screen.wanted === ""; Layout.fillWidth: true; wrapMode: Text.Wrap; quiet: true; text: qsTr("This program makes no network connections of its own. Apache-2.0; Inter and JetBrains Mono under the Open Font License, Bootstrap Icons under MIT, Qt under LGPL.") }
            Item { Layout.preferredHeight: Theme.space5 }
        }
    }
}
