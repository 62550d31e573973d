// Takes of one shot judged against each other: same frame in every picture, one clock, the sound of the one in focus.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import QtQuick.Layouts
import Fantascope.Components

FocusScope {
    id: screen
    required property var model
    required property var studio
    readonly property var clipA: model.takeA.clip ? studio.clips.clip(model.takeA.clip) : null
    readonly property var clipB: model.takeB.clip ? studio.clips.clip(model.takeB.clip) : null
    readonly property bool isGrid: model.view === "grid"
    property bool gridTouched: false   // sound comes with the first cell that is chosen
    readonly property var heard: isGrid && !gridTouched ? null : model.focusB ? clipB : clipA
    readonly property bool roomForDetails: width >= 1000
    // Where the bars are short their less used buttons are icons alone, with their words on hover. Said after the layout is done: words that
    // change while rows are being laid out leave them as they were; and without words at first, since a row that was too long stays squeezed.
    property bool roomForWords: false
    property bool roomForActions: false
    function measureRoom() {
        roomForWords = width - (detailsOpen && roomForDetails ? detailsPanel.width : 0) >= 1000
        roomForActions = width >= 1000
    }
    onWidthChanged: Qt.callLater(measureRoom)
    Component.onCompleted: Qt.callLater(measureRoom)
    onDetailsOpenChanged: Qt.callLater(measureRoom)
    property string details: studio.preferences.value("shot_details", "")   // "open", "closed"; empty: open where there is room
    readonly property bool detailsOpen: details === "open" || details === "" && roomForDetails
    function toggleDetails() { details = detailsOpen ? "closed" : "open"; studio.preferences.setValue("shot_details", details) }
    // A grid plays by itself, so that sketches can be judged without a hand on anything.
    readonly property bool gridReady: isGrid && visible && clock.frames > 1
    onGridReadyChanged: if (gridReady) { gridTouched = false; clock.loop = true; clock.play() }
    readonly property real position: clock.frames > 1 ? clock.frame / (clock.frames - 1) : 0

    // The picture whose place the keys go by; all others follow.
    readonly property var shownPicture: isGrid ? null : model.view === "wipe" ? wipe.frameView : model.view === "difference" ? apart : viewA.frameView
    function pan(across, down) {
        const view = shownPicture
        if (!view || !view.larger) return
        const point = view.pictureAt(Qt.point(view.width * (0.5 + across / 8), view.height * (0.5 + down / 8)))
        model.zoom.centre = view.centreFor(point, Qt.point(view.width / 2, view.height / 2), model.zoom.scale)
    }

    // A clip that is still being decoded has no frames; the clock is told of the points again when it has.
    readonly property int clipFrames: Math.max(clipA ? clipA.frames : 0, clipB ? clipB.frames : 0)
    function followRange() { clock.inPoint = model.range.first; clock.outPoint = model.range.hasOut ? model.range.last : -1 }
    onClipFramesChanged: Qt.callLater(followRange)
    Connections {
        target: screen.model.range
        function onChanged() { screen.followRange() }
    }
    PlaybackClock {
        id: clock
        frames: screen.clipFrames
        fps: screen.clipA && screen.clipA.fps > 0 ? screen.clipA.fps : 24
        onSoundFrom: time => { if (screen.heard) screen.studio.sound.play(screen.heard, time) }
        onSoundStopped: screen.studio.sound.stop()
    }
    onHeardChanged: if (clock.playing && !heard) studio.sound.stop(); else if (clock.playing) studio.sound.play(heard, clock.frame / clock.fps)
    onVisibleChanged: if (!visible) clock.pause()
    Connections {
        target: screen.model
        function onTransport(what) {
            if (what === "play") clock.toggle()
            else if (what === "first") clock.seek(0)
            else if (what === "last") clock.seek(clock.frames - 1)
            else if (what === "J") clock.shuttle(-1)
            else if (what === "L") clock.shuttle(1)
            else if (what === "stop") clock.pause()
            else if (what === "in") screen.model.range.setIn(clock.frame)
            else if (what === "out") screen.model.range.setOut(clock.frame)
            else if (what === "use frame") screen.model.useFrame(clock.frame)
            else if (what === "details") screen.toggleDetails()
            else clock.step(Number(what))
        }
        function onWordsWanted(action) { words.ask(action) }
        function onZoomWanted(direction) { if (screen.shownPicture) screen.model.zoom.step(direction, screen.shownPicture.fitZoom) }
        function onPanWanted(across, down) { screen.pan(across, down) }
    }
    Keys.onPressed: event => {
        if (event.key === Qt.Key_BracketLeft || event.key === Qt.Key_BracketRight) { wipe.nudge((event.key === Qt.Key_BracketLeft ? -1 : 1) * (event.modifiers & Qt.ShiftModifier ? 0.1 : 0.01)); event.accepted = true }
        else if (event.key === Qt.Key_V) { wipe.upright = !wipe.upright; event.accepted = true }
        else if (event.key === Qt.Key_Backslash) { wipe.flipped = true; event.accepted = true }
        else if (event.key >= Qt.Key_0 && event.key <= Qt.Key_5 && event.modifiers === Qt.NoModifier) { screen.model.setStars(event.key - Qt.Key_0); event.accepted = true }
    }
    Keys.onReleased: event => { if (event.key === Qt.Key_Backslash && !event.isAutoRepeat) wipe.flipped = false }

    DetailsPanel {
        id: detailsPanel
        visible: screen.detailsOpen
        anchors { right: parent.right; top: parent.top; bottom: parent.bottom }
        width: 272
        z: 1
        model: screen.model
    }
    ColumnLayout {
        anchors { fill: parent; rightMargin: screen.detailsOpen && screen.roomForDetails ? detailsPanel.width + Theme.space3 : Theme.space4; leftMargin: Theme.space4; topMargin: Theme.space2; bottomMargin: Theme.space2 }
        spacing: Theme.space2
        RowLayout {
            Layout.fillWidth: true
            Layout.preferredHeight: 36
            spacing: Theme.space2
            ActionButton { compact: true; kind: "quiet"; iconName: "arrow-left"; text: screen.roomForWords ? qsTr("Back") : ""; hint: screen.roomForWords ? "" : qsTr("Back"); keys: "Esc"; onClicked: screen.model.leave() }
            // Asks for no room of its own: a long title would squeeze the buttons.
            Words { kind: "title"; text: screen.model.title; Layout.fillWidth: true; Layout.preferredWidth: 1; property bool mayElide: true }
            ActionButton { compact: true; iconName: "grid"; text: qsTr("Grid"); keys: "A"; hint: qsTr("All takes of this shot as equal cells"); checkable: true; checked: screen.model.view === "grid"; onClicked: screen.model.showGrid() }
            ActionButton { compact: true; iconName: "columns-gap"; text: qsTr("Side by side"); keys: "G"; checkable: true; checked: screen.model.view === "side"; onClicked: screen.model.showSide() }
            ActionButton { compact: true; iconName: "layout-split"; text: qsTr("Wipe"); keys: "W"; checkable: true; checked: screen.model.view === "wipe"; onClicked: screen.model.showWipe() }
            ActionButton { compact: true; iconName: "intersect"; text: qsTr("Difference"); keys: "D"; checkable: true; checked: screen.model.view === "difference"; onClicked: screen.model.showDifference() }
            ActionButton { compact: true; iconName: "square"; text: qsTr("One"); keys: "Q"; checkable: true; checked: screen.model.view === "one"; onClicked: screen.model.showOne() }
            ChoiceBox {
                id: zoomBox
                objectName: "zoom"
                enabled: !screen.isGrid
                implicitHeight: Theme.compact
                implicitWidth: screen.roomForWords ? 128 : 80
                name: qsTr("Zoom")
                model: screen.model.zoom.names
                currentIndex: screen.model.zoom.level
                displayText: screen.roomForWords ? qsTr("Zoom: %1").arg(currentText) : currentText
                // The keys of the screen go on working after a choice.
                onActivated: index => { screen.model.zoom.level = index; currentIndex = Qt.binding(() => screen.model.zoom.level); transport.forceActiveFocus() }
                HintBox { visible: zoomBox.hovered && !zoomBox.popup.visible; text: qsTr("How large the pictures are: + and −, or Ctrl and the wheel. Drag to move a larger one.") }
            }
            ActionButton { compact: true; iconName: "box-arrow-up"; text: screen.roomForWords ? qsTr("Export") : ""; keys: "Ctrl+E"; hint: qsTr("Copy the clip into the folder for exports"); onClicked: screen.model.exportTake() }
            ActionButton { objectName: "details"; compact: true; iconName: "info-circle"; text: screen.roomForWords ? qsTr("Details") : ""; keys: "Ctrl+I"; hint: qsTr("What was measured, the recipe, where it comes from"); checkable: true; checked: screen.detailsOpen; onClicked: { screen.toggleDetails(); checked = Qt.binding(() => screen.detailsOpen) } }
        }
        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true
            RowLayout {
                anchors.fill: parent
                spacing: Theme.space2
                visible: screen.model.view === "side" || screen.model.view === "one"
                TakeView {
                    id: viewA
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 1
                    zoom: screen.model.zoom
                    letter: "A"
                    take: screen.model.takeA
                    clip: screen.clipA
                    frame: clock.frame
                    position: screen.position
                    focusedTake: !screen.model.focusB
                    onChosen: screen.model.focusTake(false)
                    onScrubbed: position => { clock.pause(); clock.seek(Math.round(position * (clock.frames - 1))) }
                }
                TakeView {
                    visible: screen.model.view === "side"
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 1
                    zoom: screen.model.zoom
                    letter: "B"
                    take: screen.model.takeB
                    clip: screen.clipB
                    frame: clock.frame
                    position: screen.position
                    focusedTake: screen.model.focusB
                    onChosen: screen.model.focusTake(true)
                    onScrubbed: position => { clock.pause(); clock.seek(Math.round(position * (clock.frames - 1))) }
                }
            }
            SketchGridView {
                anchors.fill: parent
                visible: screen.isGrid
                model: screen.model
                studio: screen.studio
                frame: clock.frame
                onChosen: takeId => { screen.gridTouched = true; screen.model.show(takeId) }
                onOpened: takeId => { screen.model.show(takeId); screen.model.showOne() }
            }
            WipeView {
                id: wipe
                anchors.fill: parent
                zoom: screen.model.zoom
                visible: screen.model.view === "wipe"
                clipA: screen.clipA
                clipB: screen.clipB
                frame: clock.frame
                nameA: "A  " + (screen.model.takeA.name || "")
                nameB: "B  " + (screen.model.takeB.name || "")
            }
            Rectangle {
                anchors.fill: parent
                visible: screen.model.view === "difference"
                color: Theme.pictureGround
                FrameView { id: apart; anchors { fill: parent; bottomMargin: 28 } clip: parent.visible ? screen.clipA : null; other: parent.visible ? screen.clipB : null; frame: clock.frame; zoom: screen.model.zoom.scale; centre: screen.model.zoom.centre }
                ZoomArea { anchors.fill: apart; view: apart; zoom: screen.model.zoom }
                Words {
                    anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter; bottomMargin: 6 }
                    color: Theme.pictureText
                    kind: "mono"
                    text: qsTr("|A − B| × 4 · mean difference %1 of 255").arg(apart.difference.toFixed(1))
                }
            }
        }
        Transport { id: transport; Layout.fillWidth: true; clock: clock; sound: screen.studio.sound; range: screen.model.range }
        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.space3
            ListView {
                id: strip
                Layout.fillWidth: true
                Layout.preferredHeight: 96
                orientation: ListView.Horizontal
                spacing: Theme.space2
                clip: true
                model: screen.model.takeList
                boundsBehavior: Flickable.StopAtBounds
                ScrollBar.horizontal: ScrollBar {}
                Accessible.role: Accessible.List
                Accessible.name: qsTr("Takes of this shot")
                delegate: Item {
                    id: cell
                    required property var model
                    required property int index
                    readonly property bool isA: model.takeId === screen.model.takeA.takeId
                    readonly property bool isB: model.takeId === screen.model.takeB.takeId && screen.model.view !== "one" && !screen.isGrid
                    width: 116
                    height: 92
                    Accessible.role: Accessible.ListItem
                    Accessible.name: model.spoken
                    Rectangle {
                        anchors.fill: parent
                        radius: 4
                        color: cell.isA || cell.isB ? Theme.selected : "transparent"
                        border.width: cell.isA || cell.isB ? 1 : 0
                        border.color: Theme.accent
                    }
                    Filmstrip { x: 4; y: 4; width: 108; height: 66; source: cell.model.filmstrip === "" ? "" : "file://" + cell.model.filmstrip; frames: cell.model.frames; aspect: { const p = (cell.model.size || "3x2").split("x"); return Number(p[0]) / Number(p[1]) } crop: false }
                    RowLayout {
                        x: 6
                        y: 71
                        width: 104
                        spacing: 4
                        Words { kind: "meta"; strong: cell.isA || cell.isB; color: cell.isA || cell.isB ? Theme.text : Theme.text2; text: (cell.isA ? "A " : cell.isB ? "B " : "") + qsTr("t%1").arg(screen.model.takeList.count - cell.index) }
                        Icon { visible: cell.model.keep !== "draft"; icon: cell.model.keep === "kept" ? "check-lg" : "x-lg"; size: 10; color: cell.model.keep === "kept" ? Theme.ok : Theme.danger }
                        Item { Layout.fillWidth: true }
                        Words { visible: cell.model.stars > 0; kind: "meta"; color: Theme.accent; text: "★" + cell.model.stars }
                    }
                    TapHandler { onTapped: screen.model.show(cell.model.takeId) }
                    TapHandler { acceptedButtons: Qt.RightButton; onTapped: screen.model.makeReference(cell.model.takeId) }
                }
            }
        }
        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.space2
            ActionButton { objectName: "keep"; iconName: "check-lg"; text: qsTr("Keep"); keys: "P"; checkable: true; checked: screen.model.focused.keep === "kept"; onClicked: screen.model.keep() }
            ActionButton { iconName: "x-lg"; text: qsTr("Drop"); keys: "X"; checkable: true; checked: screen.model.focused.keep === "dropped"; onClicked: screen.model.drop() }
            Stars { stars: screen.model.focused.stars || 0; size: 16; onPicked: stars => screen.model.setStars(stars); Layout.leftMargin: Theme.space2; Layout.rightMargin: Theme.space2 }
            Item { Layout.fillWidth: true }
            ActionButton { objectName: "use frame"; iconName: "card-image"; text: screen.roomForActions ? qsTr("Use frame") : ""; keys: "N"; hint: qsTr("The frame that is shown becomes the first one of a new clip"); onClicked: screen.model.useFrame(clock.frame) }
            ActionButton { iconName: "pencil"; text: screen.roomForWords ? qsTr("Edit the request") : ""; hint: qsTr("Put words and settings of this take back into the form"); onClicked: screen.model.editRequest() }
            ActionButton { objectName: "finish"; text: enabled && screen.model.finishPrice.shortTime !== "" ? qsTr("Finish %1").arg(screen.model.finishPrice.shortTime) : qsTr("Finish"); keys: "F"; enabled: screen.model.finishReason === ""; hint: screen.model.finishReason !== "" ? screen.model.finishReason : qsTr("Go on with this sketch to the end") + "\n" + screen.model.finishPrice.summary; onClicked: screen.model.finish() }
            ActionButton { objectName: "extend"; text: qsTr("Extend"); keys: "E"; enabled: screen.model.extendReason === ""; hint: screen.model.extendReason !== "" ? screen.model.extendReason : qsTr("Go on after the last frame"); onClicked: words.ask("extend") }
            ActionButton { objectName: "remix"; text: qsTr("Remix"); keys: "R"; enabled: screen.model.remixReason === ""; hint: screen.model.remixReason !== "" ? screen.model.remixReason : qsTr("Other words, the same start"); onClicked: words.ask("remix") }
            ActionButton { objectName: "retake"; text: qsTr("Retake range"); keys: "T"; enabled: screen.model.retakeReason === ""; hint: screen.model.retakeReason !== "" ? screen.model.retakeReason : qsTr("Make the part between in and out anew and keep the rest"); onClicked: words.ask("retake") }
        }
    }
    Popup {
        id: words
        property string action: "extend"
        parent: T.Overlay.overlay
        anchors.centerIn: parent
        width: 460
        modal: true
        focus: true
        padding: Theme.space4
        background: Rectangle { color: Theme.raised; radius: Theme.radius; border.color: Theme.lineStrong }
        function ask(what) {
            const reason = what === "extend" ? screen.model.extendReason : what === "remix" ? screen.model.remixReason : screen.model.retakeReason
            if (reason !== "") { return }
            action = what
            lengthField.text = ""
            if (what === "retake") { clock.pause(); screen.model.askRetake() }
            prompt.text = screen.model.focused.prompt || ""
            reckon()
            open()
            prompt.editor.forceActiveFocus()
        }
        function reckon() {
            if (action === "extend") screen.model.priceExtend(lengthField.text)
            else if (action === "remix") screen.model.priceRemix(strength.value)
            else screen.model.priceRetake(keepSound.checked)
        }
        contentItem: ColumnLayout {
            spacing: Theme.space3
            Words { kind: "title"; text: words.action === "extend" ? qsTr("What happens next?") : words.action === "remix" ? qsTr("What should be different?") : qsTr("What should happen there?") }
            InputArea { id: prompt; Layout.fillWidth: true; Layout.preferredHeight: 96; name: qsTr("Prompt") }
            Words {
                visible: words.action === "retake"
                Layout.fillWidth: true
                wrapMode: Text.Wrap
                color: screen.model.retakeProblem !== "" ? Theme.warn : Theme.text2
                text: screen.model.retakeProblem !== "" ? screen.model.retakeProblem : screen.model.retakeText
            }
            FieldRow {
                visible: words.action === "retake"
                Layout.fillWidth: true
                label: qsTr("Sound")
                ToggleSwitch { id: keepSound; objectName: "keep sound"; Layout.fillWidth: true; text: qsTr("Keep all of the sound"); onToggled: words.reckon() }
            }
            FieldRow {
                visible: words.action === "extend"
                Layout.fillWidth: true
                label: qsTr("Length")
                InputField { id: lengthField; objectName: "new length"; mono: true; name: qsTr("Length of the whole clip in seconds"); placeholderText: screen.model.price.length; Layout.preferredWidth: 88; onTextEdited: words.reckon() }
                Words { Layout.fillWidth: true; text: qsTr("s, the take included"); kind: "meta"; wrapMode: Text.Wrap }
            }
            FieldRow {
                visible: words.action === "remix"
                Layout.fillWidth: true
                label: qsTr("Change")
                SlideBar { id: strength; name: qsTr("How much changes"); Layout.fillWidth: true; from: 0.1; to: 1; value: 0.6; onMoved: words.reckon() }
                Words { kind: "mono"; text: Math.round(strength.value * 100) + " %"; Layout.preferredWidth: 48 }
            }
            PriceBox { visible: words.action !== "retake" || screen.model.retakeProblem === ""; Layout.fillWidth: true; price: screen.model.price }
            RowLayout {
                Item { Layout.fillWidth: true }
                ActionButton { text: qsTr("Not now"); kind: "quiet"; onClicked: words.close() }
                ActionButton {
                    objectName: "do it"
                    kind: "primary"
                    text: words.action === "extend" ? qsTr("Extend") : words.action === "remix" ? qsTr("Remix") : qsTr("Retake")
                    enabled: prompt.text.trim() !== "" && screen.model.price.problem === "" && screen.model.price.fits && (words.action !== "retake" || screen.model.retakeText !== "")
                    onClicked: {
                        if (words.action === "extend") screen.model.extend(prompt.text, lengthField.text)
                        else if (words.action === "remix") screen.model.remix(prompt.text, strength.value)
                        else screen.model.retake(prompt.text, keepSound.checked)
                        words.close()
                    }
                }
            }
        }
    }
}
