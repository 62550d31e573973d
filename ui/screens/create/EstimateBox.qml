// What it will cost, in the fixed order: time, memory and disk, verdict. Old numbers turn grey, they do not vanish.
import QtQuick
import QtQuick.Layouts
import Fantascope.Components

Rectangle {
    id: box
    required property var model
    readonly property bool wrong: model.problem.title !== undefined
    color: Theme.field
    radius: Theme.radius
    border.color: wrong ? Theme.danger : Theme.line
    implicitHeight: column.implicitHeight + 2 * Theme.space2
    Accessible.role: Accessible.StatusBar
    Accessible.name: wrong ? model.problem.title : model.estimateTime + " " + model.estimateVerdict
    ColumnLayout {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.space2; leftMargin: Theme.space3; rightMargin: Theme.space3 }
        spacing: 2
        Words { visible: !box.wrong; Layout.fillWidth: true; text: box.model.estimateTime; strong: true; wrapMode: Text.Wrap; color: box.model.estimateFresh ? Theme.text : Theme.text3 }
        Words { visible: !box.wrong && text !== ""; Layout.fillWidth: true; text: box.model.estimateSpace; kind: "meta"; wrapMode: Text.Wrap; color: box.model.estimateFresh ? Theme.text2 : Theme.text3 }
        Words { visible: !box.wrong && text !== ""; Layout.fillWidth: true; text: box.model.estimateVerdict; kind: "meta"; wrapMode: Text.Wrap; color: !box.model.fits ? Theme.danger : box.model.estimateFresh ? Theme.text2 : Theme.text3 }
        Flow {
            visible: !box.wrong && box.model.sameTake !== ""
            Layout.fillWidth: true
            Layout.topMargin: Theme.space1
            spacing: Theme.space1
            Words { height: Theme.compact; verticalAlignment: Text.AlignVCenter; rightPadding: Theme.space1; text: box.model.sameTake }
            ActionButton { objectName: "show same take"; compact: true; text: qsTr("Show"); hint: qsTr("The take with these very words, seed and settings"); onClicked: box.model.showSameTake() }
            ActionButton { objectName: "make again"; compact: true; text: qsTr("Make again"); hint: qsTr("The same clip once more"); onClicked: box.model.generate() }
        }
        Words { visible: box.wrong; Layout.fillWidth: true; text: box.wrong ? box.model.problem.title : ""; strong: true; wrapMode: Text.Wrap }
        Words { visible: box.wrong && text !== ""; Layout.fillWidth: true; text: box.wrong ? box.model.problem.cause || "" : ""; kind: "meta"; wrapMode: Text.Wrap }
        Words { visible: box.wrong && text !== ""; Layout.fillWidth: true; text: box.wrong ? box.model.problem.remedy || "" : ""; kind: "meta"; wrapMode: Text.Wrap }
        ActionButton { visible: box.wrong && box.model.problem.snap === true; compact: true; text: qsTr("Take the nearest possible"); onClicked: box.model.snap() }
        ActionButton { objectName: "solve problem"; visible: box.wrong && box.model.problem.route !== undefined; compact: true; text: qsTr("Open Models"); hint: qsTr("Read the licence and accept it"); onClicked: box.model.solveProblem() }
    }
}
