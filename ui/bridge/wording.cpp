#include "ui/bridge/wording.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

struct Wording {
  Q_DECLARE_TR_FUNCTIONS(Wording)
};

struct Word {
  QLatin1StringView name;
  const char* text;
};

QString find_word(std::span<const Word> words, const QString& name) {
  const auto found = std::ranges::find_if(words, [&name](const Word& word) { return name == word.name; });
  return found == words.end() ? name : Wording::tr(found->text);
}

}  // namespace

QString rounded_time(double seconds) {
  const auto whole = [](double value, int unit) { return std::max(unit, static_cast<int>(std::lround(value / unit)) * unit); };
  if (seconds < 60) {
    const int shown = seconds < 10 ? whole(seconds, 1) : whole(seconds, 5);
    return Wording::tr("%1 s").arg(shown);
  }
  const int total = seconds < 600 ? whole(seconds, 30) : whole(seconds, 60);
  if (total >= 3600) return Wording::tr("%1 h %2 min").arg(total / 3600).arg(total % 3600 / 60);
  return total % 60 == 0 ? Wording::tr("%1 min").arg(total / 60) : Wording::tr("%1 min %2 s").arg(total / 60).arg(total % 60);
}

QString about(double seconds) {
  if (seconds < 10) return Wording::tr("a few seconds");
  return Wording::tr("about %1").arg(rounded_time(seconds));
}

QString length_text(double seconds) {
  const QLocale locale;
  if (seconds < 60) return Wording::tr("%1 s").arg(locale.toString(seconds, 'f', seconds < 10 ? 2 : 1));
  const int whole = static_cast<int>(std::lround(seconds));
  return u"%1:%2"_s.arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

QString bytes_text(std::uint64_t bytes) {
  const QLocale locale;
  const auto value = static_cast<double>(bytes);
  if (bytes >= 1'000'000'000) return Wording::tr("%1 GB").arg(locale.toString(value / 1e9, 'f', 1));
  if (bytes >= 1'000'000) return Wording::tr("%1 MB").arg(locale.toString(std::ceil(value / 1e6), 'f', 0));
  return Wording::tr("%1 kB").arg(locale.toString(std::ceil(value / 1e3), 'f', 0));
}

QString phase_text(const QString& phase) {
  static constexpr std::array kWords = {Word{"hash"_L1, QT_TRANSLATE_NOOP("Wording", "Preparing")},
                                        Word{"prepare"_L1, QT_TRANSLATE_NOOP("Wording", "Preparing")},
                                        Word{"encode_prompt"_L1, QT_TRANSLATE_NOOP("Wording", "Reading the prompt")},
                                        Word{"denoise"_L1, QT_TRANSLATE_NOOP("Wording", "Denoising")},
                                        Word{"decode"_L1, QT_TRANSLATE_NOOP("Wording", "Decoding")},
                                        Word{"audio"_L1, QT_TRANSLATE_NOOP("Wording", "Sound")},
                                        Word{"mux"_L1, QT_TRANSLATE_NOOP("Wording", "Writing the file")},
                                        Word{"sign"_L1, QT_TRANSLATE_NOOP("Wording", "Signing")},
                                        Word{"verify"_L1, QT_TRANSLATE_NOOP("Wording", "Checking")},
                                        Word{"publish"_L1, QT_TRANSLATE_NOOP("Wording", "Into the library")}};
  return find_word(kWords, phase);
}

QString state_text(const QString& state) {
  static constexpr std::array kWords = {
      Word{"queued"_L1, QT_TRANSLATE_NOOP("Wording", "Waiting")},    Word{"running"_L1, QT_TRANSLATE_NOOP("Wording", "Running")},
      Word{"paused"_L1, QT_TRANSLATE_NOOP("Wording", "Paused")},     Word{"canceling"_L1, QT_TRANSLATE_NOOP("Wording", "Stopping")},
      Word{"canceled"_L1, QT_TRANSLATE_NOOP("Wording", "Canceled")}, Word{"failed"_L1, QT_TRANSLATE_NOOP("Wording", "Failed")},
      Word{"parked"_L1, QT_TRANSLATE_NOOP("Wording", "Parked")},     Word{"done"_L1, QT_TRANSLATE_NOOP("Wording", "Done")}};
  return find_word(kWords, state);
}

QString moment_text(std::int64_t time_ms, std::int64_t now_ms) {
  const QDateTime time = QDateTime::fromMSecsSinceEpoch(time_ms), now = QDateTime::fromMSecsSinceEpoch(now_ms);
  const std::int64_t minutes = (now_ms - time_ms) / 60'000;
  if (minutes < 1) return Wording::tr("just now");
  if (minutes < 60) return Wording::tr("%n minute(s) ago", nullptr, static_cast<int>(minutes));
  const QLocale locale;
  if (time.date() == now.date()) return locale.toString(time.time(), QLocale::ShortFormat);
  return locale.toString(time.date(), time.date().year() == now.date().year() ? u"d MMM"_s : u"d MMM yyyy"_s);
}

QString short_name(const QString& prompt, int length_max) {
  QString name = prompt.simplified();
  if (const qsizetype stop = name.indexOf(QLatin1Char(',')); stop > 8) name.truncate(stop);
  if (name.size() > length_max) {
    const qsizetype space = name.lastIndexOf(QLatin1Char(' '), length_max - 1);
    name.truncate(space > length_max / 2 ? space : length_max - 1);
    name += u'…';
  }
  if (!name.isEmpty()) name[0] = name[0].toUpper();
  return name;
}

ErrorText error_text(const Error& error) {
  const auto sentence = [](const std::string& text) {
    QString shown = QString::fromStdString(text).trimmed();
    if (shown.isEmpty()) return shown;
    shown[0] = shown[0].toUpper();
    return shown.endsWith(QLatin1Char('.')) ? shown : shown + QLatin1Char('.');
  };
  ErrorText text;
  text.title = sentence(error.message);
  QStringList causes;
  if (!error.found.empty()) causes << Wording::tr("Found: %1").arg(QString::fromStdString(error.found));
  if (!error.allowed.empty()) causes << Wording::tr("possible: %1").arg(QString::fromStdString(error.allowed));
  text.cause = causes.join(u"; "_s);
  text.remedy = sentence(error.hint);
  text.details = QString::fromStdString(std::string(error_code_name(error.code)) + ": " + error.to_string());
  return text;
}

}  // namespace fantascope::ui
