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
    title: "Fantascope"
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
            Layout.fillHeight: true
        }
        Item {
            id: content
            Layout.fillWidth: true
            Layout.fillHeight: true
            property var views: ({})
            property var current: null
            function show(screen) {
                if (screen === "") return
                let view = views[screen]
                if (!view) {
                    const component = Qt.createComponent("qrc:" + window.studio.viewOf(screen))
                    if (component.status !== Component.Ready) { console.warn(component.errorString()); return }
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
    CommandPalette { id: commandPalette; studio: window.studio }
    KeyTable { id: keyTable; studio: window.studio }
    History { id: history; studio: window.studio }

    Connections {
        target: window.studio
        function onPaletteWanted() { commandPalette.open() }
        function onKeyTableWanted() { keyTable.open() }
        function onHistoryWanted() { history.open() }
        function onQuitWanted() { window.close() }
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
