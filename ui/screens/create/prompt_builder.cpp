#include "ui/screens/create/prompt_builder.h"

#include <QCoreApplication>
#include <QVariantMap>
#include <algorithm>
#include <array>
#include <span>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

struct Phrase {
  const char* label;   // shown, translated
  const char* phrase;  // written into the prompt
};

constexpr std::array kSubjects = {Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Red ball"), "a red ball"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Big blue cube"), "a large blue cube"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Yellow person"), "a yellow person"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Green cone"), "a green cone"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Two things"), "a white ball beside an orange column"}};
constexpr std::array kActions = {Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Bounces"), "bounces"},
                                 Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Rolls to the left"), "rolls left"},
                                 Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Walks to the right"), "walks right"},
                                 Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Falls"), "falls"},
                                 Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Spins"), "spins"},
                                 Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Rises"), "rises"},
                                 Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Stands still"), "stands still"}};
constexpr std::array kSettings = {Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Checkered floor"), "across a checkered floor"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Green meadow"), "in a green meadow"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Sandy desert"), "in a sandy desert"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Grey studio"), "in a grey studio"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "By day"), "by day"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "At sunset"), "at sunset"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "At dusk"), "at dusk"},
                                  Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "At night"), "at night"}};
constexpr std::array kCamera = {Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Static"), "static camera"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Pan left"), "slow pan left"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Pan right"), "slow pan right"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Tilt up"), "slow tilt up"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Tilt down"), "slow tilt down"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Dolly in (closer)"), "slow dolly in"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Dolly out (away)"), "slow dolly out"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Orbit left"), "slow orbit left"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Orbit right"), "slow orbit right"},
                                Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Crane up"), "slow crane up"}};
constexpr std::array kStyles = {
    Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Rain"), "rain falls"}, Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Snow"), "snow falls"},
    Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Fog"), "thick fog"}, Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Clear sky"), "clear sky"},
    Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Golden light"), "golden light"}};
constexpr std::array kTechnical = {Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "35 mm lens"), "35 mm lens"},
                                   Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "85 mm lens"), "85 mm lens"},
                                   Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Shallow focus"), "shallow depth of field"},
                                   Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Wide shot"), "wide shot"},
                                   Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Close-up"), "close-up"},
                                   Phrase{QT_TRANSLATE_NOOP("PromptBuilder", "Film grain"), "fine film grain"}};

QVariantMap part(const char* name, std::span<const Phrase> phrases) {
  QVariantList rows;
  for (const Phrase& phrase : phrases)
    rows << QVariantMap{{u"label"_s, QCoreApplication::translate("PromptBuilder", phrase.label)},
                        {u"phrase"_s, QString::fromLatin1(phrase.phrase)}};
  return {{u"name"_s, QCoreApplication::translate("PromptBuilder", name)}, {u"phrases"_s, rows}};
}

}  // namespace

QVariantList prompt_parts() {
  return {part(QT_TRANSLATE_NOOP("PromptBuilder", "Subject"), kSubjects), part(QT_TRANSLATE_NOOP("PromptBuilder", "Action"), kActions),
          part(QT_TRANSLATE_NOOP("PromptBuilder", "Setting"), kSettings), part(QT_TRANSLATE_NOOP("PromptBuilder", "Camera"), kCamera),
          part(QT_TRANSLATE_NOOP("PromptBuilder", "Style"), kStyles),     part(QT_TRANSLATE_NOOP("PromptBuilder", "Tech"), kTechnical)};
}

QString with_phrase(const QString& prompt, const QString& phrase) {
  if (prompt.contains(phrase, Qt::CaseInsensitive)) return prompt;
  QString text = prompt.trimmed();
  if (text.isEmpty()) return phrase.left(1).toUpper() + phrase.mid(1);
  static const QStringList kJoined = {u"across "_s, u"in a "_s, u"at "_s,   u"by "_s,   u"bounces"_s, u"rolls"_s,
                                      u"walks"_s,   u"falls"_s, u"spins"_s, u"rises"_s, u"stands"_s};
  const bool goes_on = std::ranges::any_of(kJoined, [&phrase](const QString& start) { return phrase.startsWith(start); });
  while (text.endsWith(QLatin1Char(',')) || text.endsWith(QLatin1Char(' '))) text.chop(1);
  return text + (goes_on ? u" "_s : u", "_s) + phrase;
}

}  // namespace fantascope::ui
