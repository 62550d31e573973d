// The window: rail left, one screen, the bottom line. Screens come from what they declare; their views are made when first shown and kept,
// so that coming back finds the same place.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Fantascope.Components

ApplicationWindow {
    id: window
    required property var studio
    property bool typing: activeFocusItem instanceof TextInput || activeFocusItem instanceof TextEdit

    width: studio.preferences.value("width", 1280)
    height: studio.preferences.value("height", 800)
    minimumWidth: 960
    minimumHeight: 540
    visible: true
    title: studio.projects.currentName === "" ? "Fantascope" : studio.projects.currentName + " — Fantascope"
    color: Theme.window
    font.family: Theme.family
    font.pixelSize: Theme.sizeBody
    palette.window: Theme.window
    palette.text: Theme.text

    Binding { target: Theme; property: "dark"; value: window.studio.dark }
    Binding { target: Theme; property: "lessMotion"; value: window.studio.lessMotion }
    onWidthChanged: if (visible) studio.preferences.setValue("width", width)
    onHeightChanged: if (visible) studio.preferences.setValue("height", height)

    RowLayout {
        anchors { left: parent.left; right: parent.right; top: parent.top; bottom: line.top }
        spacing: 0
        Rail {
            id: rail
            studio: window.studio
            projectsOpen: projectMenu.opened
            Layout.fillHeight: true
        }
        Item {
            id: content
            Layout.fillWidth: true
            Layout.fillHeight: true
            property var views: ({})
            property var components: ({})
            property var current: null
            function show(screen) {
                if (screen === "") return
                let view = views[screen]
                if (!view) {
                    // Made in one go: Qt 6.4 places layouts wrongly that are made piece by piece.
                    const known = components[screen]
                    const component = known && known.status === Component.Ready ? known : Qt.createComponent("qrc:" + window.studio.viewOf(screen))
                    if (component.status !== Component.Ready) { console.warn(component.errorString()); return }
                    components[screen] = component
                    view = component.createObject(content, {model: window.studio.modelOf(screen), studio: window.studio})
                    view.anchors.fill = content
                    views[screen] = view
                }
                if (current === view) return
                if (current) { current.visible = false; current.enabled = false }
                current = view
                view.enabled = true
                view.visible = true
                arrival.target = view
                arrival.restart()
                view.forceActiveFocus()
                if (toLoad === null) { toLoad = window.studio.rail.map(entry => entry.id).filter(id => id !== screen); Qt.callLater(loadNext) }
            }
            // Behind the first view the types of the others are loaded, one after another; then the window needs no more files of its own.
            property var toLoad: null
            function loadNext() {
                if (toLoad.length === 0) return window.studio.viewsAreLoaded()
                const screen = toLoad.shift()
                if (components[screen]) return loadNext()
                const component = Qt.createComponent("qrc:" + window.studio.viewOf(screen), Component.Asynchronous)
                components[screen] = component
                if (component.status !== Component.Loading) return Qt.callLater(loadNext)
                const next = () => { if (component.status !== Component.Loading) { component.statusChanged.disconnect(next); Qt.callLater(loadNext) } }
                component.statusChanged.connect(next)
            }
            NumberAnimation { id: arrival; property: "opacity"; from: Theme.route > 0 ? 0.4 : 1; to: 1; duration: Theme.route; easing.type: Easing.OutQuad }
            Connections {
                target: window.studio.navigator
                function onRouteChanged() { content.show(window.studio.navigator.screen) }
            }
        }
    }
    BottomLine {
        id: line
        studio: window.studio
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
    }
    // Made when they are first wanted.
    component Later: Loader {
        active: false
        readonly property bool opened: item !== null && item.opened
        function open() { active = true; item.open() }
    }
    Later { id: commandPalette; sourceComponent: CommandPalette { studio: window.studio } }
    Later { id: keyTable; sourceComponent: KeyTable { studio: window.studio } }
    Later { id: projectMenu; sourceComponent: ProjectMenu { studio: window.studio } }
    Later { id: projectName; sourceComponent: ProjectName { projects: window.studio.projects } }
    Later { id: history; sourceComponent: History { studio: window.studio } }

    Connections {
        target: window.studio
        function onPaletteWanted() { commandPalette.open() }
        function onKeyTableWanted() { keyTable.open() }
        function onHistoryWanted() { history.open() }
        function onQuitWanted() { window.close() }
    }
    Connections {
        target: window.studio.projects
        function onMenuWanted() { projectMenu.open() }
        function onNameWanted(id, takeIds) { projectName.active = true; projectName.item.ask(id, takeIds) }
    }
    Instantiator {
        model: window.studio.commands.shortcuts()
        delegate: Shortcut {
            required property var modelData
            sequence: modelData.keys
            context: Qt.WindowShortcut
            enabled: (modelData.screen === "" || modelData.screen === window.studio.navigator.screen)
                     && (!modelData.singleLetter || !window.typing && window.studio.singleKeys) && !commandPalette.opened && !keyTable.opened
            onActivated: window.studio.run(modelData.id)
        }
    }
    Shortcut {
        sequence: "F6"
        onActivated: {
            const places = [rail, content.current, line]
            let at = places.findIndex(place => { for (let item = window.activeFocusItem; item; item = item.parent) if (item === place) return true; return false })
            places[(at + 1) % places.length].forceActiveFocus(Qt.TabFocusReason)
        }
    }
    Component.onCompleted: studio.restorePlace()
}
