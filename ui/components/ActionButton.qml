// A button with words, an icon, or both. One "primary" a view; "danger" for what cannot be taken back.
import QtQuick
import QtQuick.Controls.Basic

Button {
    id: button
    property string iconName: ""
    property string kind: "plain"  // plain, primary, danger, quiet
    property string hint: ""       // said on hover; for a disabled button: why
    property string keys: ""
    property bool compact: false

    readonly property bool filled: kind === "primary" || kind === "danger"
    readonly property color inkColor: !enabled ? Theme.text3 : kind === "primary" ? Theme.accentText : kind === "danger" ? Theme.dangerText : Theme.text

    implicitHeight: compact ? Theme.compact : Theme.control
    // What it says, not how wide the row is now: a button that was squeezed once would else want no more than that.
    readonly property real wanted: (iconName !== "" ? glyph.width : 0) + (iconName !== "" && text !== "" ? contentRow.spacing : 0) + (text !== "" ? Math.ceil(label.implicitWidth) : 0)
    implicitWidth: Math.max(implicitHeight, wanted + leftPadding + rightPadding)
    leftPadding: text === "" ? 6 : Theme.space3
    rightPadding: text === "" ? 6 : Theme.space3
    topPadding: 0
    bottomPadding: 0
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.name: text !== "" ? text : hint
    Accessible.description: text !== "" ? hint : ""

    contentItem: Item {
        implicitWidth: button.wanted
        Row {
            id: contentRow
            anchors.centerIn: parent
            spacing: Theme.space2
            Icon {
                id: glyph
                visible: button.iconName !== ""
                anchors.verticalCenter: parent.verticalCenter
                icon: button.iconName
                color: button.inkColor
            }
            Words {
                id: label
                visible: button.text !== ""
                anchors.verticalCenter: parent.verticalCenter
                text: button.text
                strong: button.kind === "primary"
                color: button.inkColor
                width: Math.min(implicitWidth, Math.max(0, button.width - button.leftPadding - button.rightPadding - (button.iconName !== "" ? 24 : 0)) + 1)
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        opacity: button.enabled ? 1 : 0.55
        color: button.kind === "primary" && button.enabled ? Theme.accent : button.kind === "danger" && button.enabled ? Theme.dangerFill
               : button.checked ? Theme.selected : button.kind === "quiet" ? "transparent" : Theme.raised
        border.width: button.filled && button.enabled || button.kind === "quiet" && !button.checked ? 0 : 1
        border.color: button.checked ? Theme.accent : Theme.lineStrong
        Rectangle {
            anchors.fill: parent
            radius: parent.radius
            color: button.filled ? "#22ffffff" : Theme.hover
            opacity: button.down ? 1 : button.hovered ? 0.8 : 0
            Behavior on opacity { NumberAnimation { duration: Theme.quick } }
        }
        FocusRing { shown: button.visualFocus }
    }
    HintBox {
        visible: (button.hovered || button.visualFocus) && text !== ""
        text: button.hint === "" ? "" : button.keys === "" ? button.hint : button.hint + "  (" + button.keys + ")"
    }
    // A disabled button does not get hover events; its reason must still be readable.
    MouseArea {
        anchors.fill: parent
        enabled: !button.enabled && button.hint !== ""
        visible: enabled
        hoverEnabled: true
        acceptedButtons: Qt.NoButton
        HintBox { visible: parent.containsMouse; text: button.hint }
    }
}
