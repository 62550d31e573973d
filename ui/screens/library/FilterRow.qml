// What is searched and shown: words, state, stars, order.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

RowLayout {
    id: row
    required property var model
    property alias field: search
    signal done()
    spacing: Theme.space2
    InputField {
        id: search
        objectName: "search"
        Layout.fillWidth: true
        Layout.minimumWidth: 160
        leftPadding: 30
        name: qsTr("Search the library")
        placeholderText: qsTr("Search words, tag:dusk, model:previz, stars:3")
        text: row.model.search
        onTextEdited: row.model.search = text
        Keys.onEscapePressed: { row.model.search = ""; text = ""; row.done() }
        Keys.onReturnPressed: row.done()
        Keys.onDownPressed: row.done()
        Icon { x: 9; anchors.verticalCenter: parent.verticalCenter; icon: "search"; size: 13 }
        Connections { target: row.model; function onSearchChanged() { if (search.text !== row.model.search) search.text = row.model.search } }
    }
    Repeater {
        model: [{id: "all", text: qsTr("All")}, {id: "kept", text: qsTr("Kept")}, {id: "draft", text: qsTr("Drafts")}, {id: "dropped", text: qsTr("Dropped")}]
        Chip {
            required property var modelData
            text: modelData.text
            checkable: true
            checked: row.model.keep === modelData.id
            onClicked: { row.model.keep = modelData.id; checked = Qt.binding(() => row.model.keep === modelData.id) }
        }
    }
    ChoiceBox {
        name: qsTr("Stars")
        Layout.preferredWidth: 120
        model: [qsTr("Any stars"), "★ 1+", "★ 2+", "★ 3+", "★ 4+", "★ 5"]
        currentIndex: row.model.starsMin
        onActivated: index => row.model.starsMin = index
    }
    ChoiceBox {
        name: qsTr("Order")
        objectName: "order"
        Layout.preferredWidth: 148
        readonly property var ids: ["newest", "oldest", "stars", "av_offset", "flicker", "frozen", "colour_drift", "loudness"]
        model: [qsTr("Newest first"), qsTr("Oldest first"), qsTr("Most stars"), qsTr("Sound off most"), qsTr("Most flicker"), qsTr("Stillest first"), qsTr("Colour drift"), qsTr("Loudest first")]
        currentIndex: Math.max(0, ids.indexOf(row.model.order))
        onActivated: index => row.model.order = ids[index]
    }
}
