#pragma once
/// The parts of a prompt in the order that works best, with phrases to pick from: who or what, what it does, where, how the camera moves,
/// style, technical words. Phrases are what goes into the prompt (English, which models read); names are shown.
#include <QString>
#include <QVariantList>

namespace fantascope::ui {

/// [{name, phrases: [{label, phrase}]}].
QVariantList prompt_parts();
/// The prompt with a phrase added at its end, separated by a comma; unchanged if it is there already.
QString with_phrase(const QString& prompt, const QString& phrase);

}  // namespace fantascope::ui
