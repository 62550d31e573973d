#include "ui/screens/shot/measure_words.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

struct Measure {
  Q_DECLARE_TR_FUNCTIONS(Measure)
};

bool is_bad(const json& measures, const char* name) {
  const auto warnings = measures.find("warnings");
  return warnings != measures.end() && warnings->is_array() && std::ranges::find(*warnings, name) != warnings->end();
}

/// A number, or none where it could not be measured.
std::optional<double> number(const json& measures, const char* name) {
  const auto found = measures.find(name);
  return found != measures.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

int whole(const json& measures, const char* name) { return static_cast<int>(number(measures, name).value_or(0)); }
QString decimal(double value, int places) { return QLocale().toString(value, 'f', places); }

QString sync_words(const json& measures) {
  const auto offset = number(measures, "av_offset_ms");
  if (!offset) return Measure::tr("no impact to tell it by");
  const int ms = static_cast<int>(std::lround(std::abs(*offset)));
  if (!is_bad(measures, "av_offset_ms")) return ms == 0 ? Measure::tr("fits") : Measure::tr("fits, within %1 ms").arg(ms);
  return *offset > 0 ? Measure::tr("late by %1 ms").arg(ms) : Measure::tr("early by %1 ms").arg(ms);
}

QString loudness_words(const json& measures) {
  const auto mean = number(measures, "rms_dbfs"), peak = number(measures, "peak_dbfs");
  if (!mean || !peak) return Measure::tr("silent");
  const QString words = Measure::tr("%1 dB, loudest %2 dB").arg(decimal(*mean, 0), decimal(*peak, 0));
  return is_bad(measures, "peak_dbfs")  ? words + u" · "_s + Measure::tr("at the limit")
         : is_bad(measures, "rms_dbfs") ? words + u" · "_s + Measure::tr("hardly to be heard")
                                        : words;
}

}  // namespace

QVariantList measure_words(const json& measures) {
  if (!measures.is_object()) return {};
  const auto row = [](const QString& name, const QString& value, bool bad) {
    return QVariantMap{{u"name"_s, name}, {u"value"_s, value}, {u"bad"_s, bad}};
  };
  const int frames = whole(measures, "measured_frames"), frozen = whole(measures, "frozen_frames"), black = whole(measures, "black_frames");
  const double flicker = number(measures, "flicker_levels").value_or(0), drift = number(measures, "colour_drift_levels").value_or(0);
  const bool flickers = is_bad(measures, "flicker_levels"), drifts = is_bad(measures, "colour_drift_levels");
  return {row(Measure::tr("Sound against picture"), sync_words(measures), is_bad(measures, "av_offset_ms")),
          row(Measure::tr("Brightness"),
              (flickers ? Measure::tr("flickers by %1 of 255") : Measure::tr("steady, %1 of 255")).arg(decimal(flicker, 1)), flickers),
          row(Measure::tr("Motion"),
              frozen == 0 ? Measure::tr("never stands still") : Measure::tr("stands still for %1 of %2 frames").arg(frozen).arg(frames),
              is_bad(measures, "frozen_frames")),
          row(Measure::tr("Black frames"), black == 0 ? Measure::tr("none") : QLocale().toString(black), black > 0),
          row(Measure::tr("Colour, first to last"),
              (drifts ? Measure::tr("drifts by %1 of 255") : Measure::tr("holds, %1 of 255")).arg(decimal(drift, 0)), drifts),
          row(Measure::tr("Loudness"), loudness_words(measures), is_bad(measures, "peak_dbfs") || is_bad(measures, "rms_dbfs"))};
}

QString measure_summary(const json& measures) {
  if (!measures.is_object()) return {};
  QStringList unusual;
  for (const QVariant& row : measure_words(measures)) {
    const QVariantMap map = row.toMap();
    if (map.value(u"bad"_s).toBool())
      unusual << Measure::tr("%1: %2").arg(map.value(u"name"_s).toString(), map.value(u"value"_s).toString());
  }
  if (!unusual.isEmpty()) return unusual.join(u" · "_s);
  return number(measures, "av_offset_ms") ? Measure::tr("Measured: sound fits the picture, nothing unusual")
                                          : Measure::tr("Measured: nothing unusual");
}

}  // namespace fantascope::ui
