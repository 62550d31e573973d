// From words to takes: the form left, with what it costs; the shot's running jobs and takes right.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio
    property bool moreOpen: studio.preferences.value("more_open", false)

    Connections {
        target: screen.model
        function onPromptWanted() { prompt.editor.forceActiveFocus() }
    }
    RowLayout {
        anchors.fill: parent
        spacing: 0
        Rectangle {
            Layout.preferredWidth: 400
            Layout.fillHeight: true
            color: Theme.panel
            Rectangle { anchors { right: parent.right; top: parent.top; bottom: parent.bottom } width: 1; color: Theme.line }
            ColumnLayout {
                anchors { fill: parent; margins: Theme.space4 }
                spacing: Theme.space3
                ScrollView {
                    id: scroll
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    contentWidth: availableWidth
                    clip: true
                    ColumnLayout {
                        width: scroll.availableWidth
                        spacing: Theme.space2
                        RowLayout {
                            Layout.fillWidth: true
                            Words { text: qsTr("Prompt"); strong: true; Layout.fillWidth: true }
                            Words { text: qsTr("%n character(s)", "", prompt.length); kind: "meta" }
                        }
                        InputArea {
                            id: prompt
                            focus: true
                            objectName: "prompt"
                            Layout.fillWidth: true
                            Layout.preferredHeight: 104
                            name: qsTr("Prompt")
                            hint: qsTr("What should one see and hear? Subject, action, place, light, camera.")
                            text: screen.model.prompt
                            onEdited: screen.model.prompt = text
                            Connections {
                                target: screen.model
                                function onFormChanged() { if (prompt.text !== screen.model.prompt) prompt.text = screen.model.prompt }
                            }
                        }
                        Flow {
                            Layout.fillWidth: true
                            spacing: 4
                            Repeater {
                                model: screen.model.parts
                                PromptPart { onPicked: phrase => screen.model.addPhrase(phrase) }
                            }
                        }
                        RowLayout {
                            Layout.fillWidth: true
                            Layout.topMargin: Theme.space1
                            spacing: Theme.space2
                            Reference { Layout.fillWidth: true; Layout.preferredWidth: 1; model: screen.model; label: qsTr("First frame"); file: screen.model.firstImage; onChosen: file => screen.model.firstImage = file }
                            Reference { Layout.fillWidth: true; Layout.preferredWidth: 1; model: screen.model; label: qsTr("Last frame"); file: screen.model.lastImage; onChosen: file => screen.model.lastImage = file }
                        }
                        FieldRow {
                            label: qsTr("Model")
                            Layout.fillWidth: true
                            Layout.topMargin: Theme.space1
                            ChoiceBox {
                                name: qsTr("Model")
                                Layout.fillWidth: true
                                model: screen.model.models
                                textRole: "name"
                                currentIndex: screen.model.models.findIndex(m => m.name === screen.model.modelName)
                                onActivated: index => screen.model.modelName = screen.model.models[index].name
                            }
                        }
                        FieldRow {
                            label: qsTr("Size")
                            Layout.fillWidth: true
                            ChoiceBox {
                                name: qsTr("Size")
                                Layout.fillWidth: true
                                model: screen.model.sizes
                                textRole: "text"
                                currentIndex: screen.model.sizes.findIndex(s => s.value === screen.model.size)
                                onActivated: index => screen.model.size = screen.model.sizes[index].value
                            }
                        }
                        FieldRow {
                            label: qsTr("Length")
                            Layout.fillWidth: true
                            ChoiceBox {
                                name: qsTr("Length")
                                Layout.fillWidth: true
                                model: screen.model.lengths
                                textRole: "text"
                                currentIndex: screen.model.lengths.findIndex(l => l.value === screen.model.frames)
                                onActivated: index => screen.model.frames = screen.model.lengths[index].value
                            }
                            ChoiceBox {
                                name: qsTr("Frames a second")
                                Layout.preferredWidth: 104
                                model: screen.model.rates
                                currentIndex: screen.model.rates.indexOf(screen.model.fps)
                                displayText: currentText === "24000/1001" ? "23.976 fps" : currentText + " fps"
                                onActivated: index => screen.model.fps = screen.model.rates[index]
                            }
                        }
                        FieldRow {
                            label: qsTr("Seed")
                            Layout.fillWidth: true
                            InputField {
                                name: qsTr("Seed")
                                mono: true
                                Layout.fillWidth: true
                                placeholderText: qsTr("a new one each time")
                                text: screen.model.seed
                                onTextEdited: { screen.model.seed = text; screen.model.seedLocked = text !== "" }
                            }
                            ActionButton {
                                iconName: screen.model.seedLocked ? "lock-fill" : "unlock"
                                checkable: true
                                checked: screen.model.seedLocked
                                hint: screen.model.seedLocked ? qsTr("The seed stays: same words, same clip") : qsTr("A new seed each time")
                                onClicked: screen.model.seedLocked = !screen.model.seedLocked
                            }
                            ActionButton { iconName: "shuffle"; hint: qsTr("Draw a seed now"); onClicked: screen.model.newSeed() }
                        }
                        ActionButton {
                            kind: "quiet"
                            compact: true
                            iconName: screen.moreOpen ? "chevron-down" : "chevron-right"
                            text: qsTr("More: takes, steps, guidance, negative")
                            onClicked: { screen.moreOpen = !screen.moreOpen; screen.studio.preferences.setValue("more_open", screen.moreOpen) }
                        }
                        FieldRow {
                            visible: screen.moreOpen
                            label: qsTr("Takes")
                            Layout.fillWidth: true
                            SlideBar { name: qsTr("Takes"); Layout.fillWidth: true; from: 1; to: 16; stepSize: 1; snapMode: Slider.SnapAlways; value: screen.model.takes; onMoved: screen.model.takes = value }
                            Words { kind: "mono"; text: screen.model.takes; Layout.preferredWidth: 32; horizontalAlignment: Text.AlignRight }
                        }
                        FieldRow {
                            visible: screen.moreOpen
                            label: qsTr("Sketches")
                            Layout.fillWidth: true
                            ChoiceBox {
                                name: qsTr("How many sketches one press makes")
                                Layout.fillWidth: true
                                readonly property var counts: [2, 4, 6, 9]
                                model: counts.map(n => qsTr("%n at once", "", n))
                                currentIndex: Math.max(0, counts.indexOf(screen.model.sketches))
                                onActivated: index => screen.model.sketches = counts[index]
                            }
                        }
                        FieldRow {
                            visible: screen.moreOpen
                            label: qsTr("Steps")
                            Layout.fillWidth: true
                            SlideBar { name: qsTr("Steps"); Layout.fillWidth: true; from: 1; to: Math.min(60, screen.model.stepsMax); stepSize: 1; snapMode: Slider.SnapAlways; value: screen.model.steps; onMoved: screen.model.steps = value }
                            Words { kind: "mono"; text: screen.model.steps; Layout.preferredWidth: 32; horizontalAlignment: Text.AlignRight }
                        }
                        FieldRow {
                            visible: screen.moreOpen
                            label: qsTr("Guidance")
                            Layout.fillWidth: true
                            SlideBar { name: qsTr("Guidance"); Layout.fillWidth: true; from: 1; to: 12; stepSize: 0.1; value: screen.model.guidance; onMoved: screen.model.guidance = Math.round(value * 10) / 10 }
                            Words { kind: "mono"; text: screen.model.guidance.toFixed(1); Layout.preferredWidth: 32; horizontalAlignment: Text.AlignRight }
                        }
                        Words { visible: screen.moreOpen; text: qsTr("Keep away from"); quiet: true }
                        InputArea {
                            id: negative
                            visible: screen.moreOpen
                            Layout.fillWidth: true
                            Layout.preferredHeight: 56
                            name: qsTr("Keep away from")
                            hint: qsTr("What should not be in it")
                            text: screen.model.negative
                            onEdited: screen.model.negative = text
                        }
                    }
                }
                EstimateBox { Layout.fillWidth: true; model: screen.model }
                RowLayout {
                    Layout.fillWidth: true
                    spacing: Theme.space2
                    ActionButton {
                        objectName: "sketch"
                        text: qsTr("Sketch ×%1").arg(screen.model.sketches)
                        enabled: screen.model.sketchReason === "" && screen.model.canGenerate
                        hint: screen.model.sketchReason !== "" ? screen.model.sketchReason : qsTr("Cheap tries, each with its own seed; finish the one you like")
                        keys: "Ctrl+Shift+Enter"
                        onClicked: screen.model.sketch()
                    }
                    ActionButton {
                        objectName: "generate"
                        Layout.fillWidth: true
                        kind: "primary"
                        iconName: "play-fill"
                        text: screen.model.generateText
                        enabled: screen.model.canGenerate
                        hint: enabled ? qsTr("Make it") : screen.model.prompt.trim() === "" ? qsTr("Type a prompt first") : screen.model.problem.title || screen.model.estimateVerdict
                        keys: "Ctrl+Enter"
                        onClicked: screen.model.generate()
                    }
                }
            }
        }
        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: 0
            RowLayout {
                Layout.fillWidth: true
                Layout.preferredHeight: 56
                Layout.leftMargin: Theme.space5
                Layout.rightMargin: Theme.space4
                spacing: Theme.space2
                Words { kind: "title"; text: screen.model.shotName !== "" ? screen.model.shotName : qsTr("A new shot"); Layout.fillWidth: true }
                Words { kind: "meta"; visible: screen.model.takeList.count > 0; text: qsTr("%n take(s)", "", screen.model.takeList.count) }
                ActionButton { compact: true; iconName: "plus-lg"; text: qsTr("New shot"); keys: "Ctrl+N"; hint: qsTr("Start with an empty form"); visible: screen.model.shotId !== ""; onClicked: screen.model.newShot() }
                ActionButton { compact: true; iconName: "grid"; text: qsTr("Grid"); visible: screen.model.takeList.count > 1; hint: qsTr("All takes of this shot side by side, to finish the sketch you like"); onClicked: screen.model.openGrid() }
                ActionButton { compact: true; iconName: "vr"; text: qsTr("Compare takes"); visible: screen.model.takeList.count > 0; hint: qsTr("Takes side by side"); onClicked: screen.model.openShot() }
            }
            Flickable {
                id: pane
                Layout.fillWidth: true
                Layout.fillHeight: true
                contentHeight: flow.height + 2 * Theme.space4
                clip: true
                boundsBehavior: Flickable.StopAtBounds
                ScrollBar.vertical: ScrollBar {}
                readonly property int columns: Math.max(1, Math.floor((width - 2 * Theme.space5 + Theme.space4) / (260 + Theme.space4)))
                readonly property real cellWidth: Math.floor((width - 2 * Theme.space5 - (columns - 1) * Theme.space4) / columns)
                Column {
                    id: flow
                    x: Theme.space5
                    width: pane.width - 2 * Theme.space5
                    spacing: Theme.space4
                    Words {
                        visible: screen.model.firstStart
                        width: parent.width
                        kind: "prompt"
                        quiet: true
                        wrapMode: Text.Wrap
                        text: screen.model.takeList.count === 0 ? qsTr("Your first clip is on its way. It is made on this computer; nothing is sent anywhere.")
                                                                : qsTr("Your first clip. Change the words on the left and press Generate, or compare takes.")
                    }
                    Grid {
                        columns: pane.columns
                        columnSpacing: Theme.space4
                        rowSpacing: Theme.space4
                        Repeater {
                            model: screen.model.jobList
                            JobCard {
                                required property var model
                                width: pane.cellWidth
                                jobId: model.jobId
                                name: model.name
                                picture: model.picture
                                line: model.line
                                parts: model.parts
                                part: model.part
                                partFraction: model.partFraction
                                jobState: model.state
                                errorTitle: model.errorTitle
                                stalled: model.stalled
                                onPauseWanted: screen.model.pause(jobId)
                                onCancelWanted: screen.model.cancel(jobId)
                            }
                        }
                        Repeater {
                            model: screen.model.takeList
                            TakeCard {
                                id: take
                                required property var model
                                required property int index
                                width: pane.cellWidth
                                takeId: model.takeId
                                name: qsTr("Take %1").arg(screen.model.takeList.count - index) + (model.sketch !== "" ? " · " + model.sketch : "")
                                filmstrip: model.filmstrip
                                frames: model.frames
                                size: model.size
                                length: model.length
                                keep: model.keep
                                stars: model.stars
                                loaded: model.loaded
                                spoken: model.spoken
                                onStarsPicked: stars => screen.studio.takes.setStars([takeId], stars)
                                onOpened: screen.studio.navigator.go("shot/" + screen.model.shotId + "?takes=" + take.takeId)
                                Words { Layout.fillWidth: true; visible: take.model.sketch === ""; kind: "mono"; font.pixelSize: 11; quiet: true; text: qsTr("seed %1").arg(take.model.seed) }
                                ActionButton { visible: take.model.sketch !== ""; Layout.fillWidth: true; compact: true; kind: "primary"; text: qsTr("Finish"); hint: take.model.sketch; onClicked: screen.model.finish(take.takeId) }
                                ActionButton { compact: true; iconName: "check-lg"; checked: take.keep === "kept"; hint: qsTr("Keep"); onClicked: screen.studio.takes.keep([take.takeId]) }
                                ActionButton { compact: true; iconName: "x-lg"; checked: take.keep === "dropped"; hint: qsTr("Drop"); onClicked: screen.studio.takes.drop([take.takeId]) }
                                ActionButton { compact: true; iconName: "arrow-counterclockwise"; hint: qsTr("Put its request into the form"); onClicked: screen.model.takeRequest(take.takeId) }
                            }
                        }
                    }
                }
                Empty {
                    visible: screen.model.takeList.count === 0 && screen.model.jobList.count === 0 && !screen.model.firstStart
                    anchors.horizontalCenter: parent.horizontalCenter
                    y: pane.height * 0.32
                    text: qsTr("Takes of this shot appear here, newest first, with a live picture while they are made.")
                }
            }
        }
    }
}
