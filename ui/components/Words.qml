// All text that is not typed: one of the theme's kinds.
import QtQuick

Text {
    id: words
    // body, meta, prompt, title, hero, mono
    property string kind: "body"
    property bool strong: false
    property bool quiet: false

    font.family: kind === "mono" ? Theme.monoFamily : Theme.family
    font.pixelSize: kind === "meta" ? Theme.sizeMeta : kind === "prompt" ? Theme.sizePrompt : kind === "title" ? Theme.sizeTitle
                    : kind === "hero" ? Theme.sizeHero : kind === "mono" ? Theme.sizeMono : Theme.sizeBody
    font.weight: strong || kind === "title" ? Font.Medium : Font.Normal
    color: quiet || kind === "meta" ? Theme.text2 : Theme.text
    textFormat: Text.PlainText
    elide: wrapMode === Text.NoWrap ? Text.ElideRight : Text.ElideNone
    verticalAlignment: Text.AlignVCenter
}
