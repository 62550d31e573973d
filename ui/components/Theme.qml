pragma Singleton
// Colours, type, measures and times of the whole window (ui reference, section 7). No component writes a colour or a size of its own.
import QtQuick

QtObject {
    id: theme
    property bool dark: true
    property bool lessMotion: false

    readonly property color window: dark ? "#17181b" : "#ececee"
    readonly property color panel: dark ? "#1f2125" : "#f7f7f8"
    readonly property color raised: dark ? "#292b31" : "#ffffff"
    readonly property color field: dark ? "#131417" : "#ffffff"
    readonly property color line: dark ? "#3a3d45" : "#d0d2d8"
    readonly property color lineStrong: dark ? "#777c88" : "#7d818b"
    readonly property color text: dark ? "#ececef" : "#1a1b1e"
    readonly property color text2: dark ? "#b0b4bd" : "#4a4e57"
    readonly property color text3: dark ? "#8f949e" : "#636873"
    readonly property color accent: dark ? "#e0a84a" : "#8a5a00"
    readonly property color accentText: dark ? "#17181b" : "#ffffff"
    readonly property color focus: dark ? "#f2c879" : "#8a5a00"
    readonly property color info: dark ? "#7db4e8" : "#1d5fa0"
    readonly property color ok: dark ? "#6cc08b" : "#1f6b3d"
    readonly property color warn: dark ? "#e8b04f" : "#8a5a00"
    readonly property color danger: dark ? "#f0837a" : "#b02a22"
    readonly property color dangerFill: dark ? "#b3372f" : "#b02a22"
    readonly property color dangerText: "#ffffff"
    readonly property color pictureGround: "#101010"
    readonly property color pictureText: "#ececef"
    readonly property color hover: dark ? "#0fffffff" : "#0a000000"
    readonly property color selected: dark ? "#26e0a84a" : "#1f8a5a00"

    readonly property string family: "Inter"
    readonly property string monoFamily: "JetBrains Mono"
    readonly property int sizeMeta: 11
    readonly property int sizeBody: 13
    readonly property int sizePrompt: 14
    readonly property int sizeTitle: 16
    readonly property int sizeHero: 20
    readonly property int sizeMono: 12

    readonly property int space1: 4
    readonly property int space2: 8
    readonly property int space3: 12
    readonly property int space4: 16
    readonly property int space5: 24
    readonly property int space6: 32
    readonly property int radiusField: 4
    readonly property int radius: 6
    readonly property int control: 32
    readonly property int compact: 28

    readonly property int quick: lessMotion ? 0 : 80
    readonly property int calm: lessMotion ? 0 : 120
    readonly property int route: lessMotion ? 0 : 160
}
