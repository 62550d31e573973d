#include "ui/screens/shot/measure_words.h"

#include <gtest/gtest.h>

#include <QLocale>
#include <QMap>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

json measures(const json& change = json::object()) {
  json all = {{"av_offset_ms", 21.0},  {"av_agreement", 0.9},      {"flicker_levels", 0.4},      {"frozen_frames", 2},
              {"black_frames", 0},     {"rms_dbfs", -21.4},        {"colour_drift_levels", 3.0}, {"peak_dbfs", -3.2},
              {"measured_frames", 25}, {"warnings", json::array()}};
  all.update(change);
  return all;
}

/// Value and mark of a row, found by a word of its name.
std::pair<QString, bool> row(const json& all, const QString& name) {
  for (const QVariant& value : measure_words(all))
    if (value.toMap()[u"name"_s].toString().contains(name)) return {value.toMap()[u"value"_s].toString(), value.toMap()[u"bad"_s].toBool()};
  return {u"no such row"_s, false};
}

struct MeasureWords : ::testing::Test {
  void SetUp() override { QLocale::setDefault(QLocale::c()); }
};

TEST_F(MeasureWords, WhatIsUsualIsDescribedAndNotMarked) {
  EXPECT_EQ(measure_words(measures()).size(), 6);
  for (const QVariant& value : measure_words(measures()))
    EXPECT_FALSE(value.toMap()[u"bad"_s].toBool()) << value.toMap()[u"name"_s].toString().toStdString();
  EXPECT_EQ(row(measures(), u"Sound"_s).first, u"fits, within 21 ms"_s);
  EXPECT_EQ(row(measures(), u"Loudness"_s).first, u"-21 dB, loudest -3 dB"_s);
  EXPECT_TRUE(measure_summary(measures()).contains(u"fits the picture"_s));
}

TEST_F(MeasureWords, SoundIsLateOrEarlyByAsMuchAsWasMeasured) {
  const json late = measures({{"av_offset_ms", 291.7}, {"warnings", {"av_offset_ms"}}});
  EXPECT_EQ(row(late, u"Sound"_s), std::pair(u"late by 292 ms"_s, true));
  const json early = measures({{"av_offset_ms", -250.0}, {"warnings", {"av_offset_ms"}}});
  EXPECT_EQ(row(early, u"Sound"_s), std::pair(u"early by 250 ms"_s, true));
  EXPECT_EQ(measure_summary(early), u"Sound against picture: early by 250 ms"_s);
}

TEST_F(MeasureWords, WhatCouldNotBeMeasuredIsNeverZero) {
  const json silent = measures({{"av_offset_ms", nullptr}, {"rms_dbfs", nullptr}, {"peak_dbfs", nullptr}, {"warnings", {"rms_dbfs"}}});
  EXPECT_EQ(row(silent, u"Sound"_s).first, u"no impact to tell it by"_s);
  EXPECT_EQ(row(silent, u"Loudness"_s), std::pair(u"silent"_s, true));
}

TEST_F(MeasureWords, SeveralMarksAreSaidTogether) {
  const json bad = measures({{"frozen_frames", 20}, {"flicker_levels", 4.25}, {"warnings", {"frozen_frames", "flicker_levels"}}});
  EXPECT_EQ(row(bad, u"Motion"_s), std::pair(u"stands still for 20 of 25 frames"_s, true));
  EXPECT_TRUE(measure_summary(bad).contains(u"flickers by 4."_s));
  EXPECT_TRUE(measure_summary(bad).contains(u" · "_s));
}

TEST_F(MeasureWords, ATakeWithoutMeasuresHasNoWords) {
  EXPECT_TRUE(measure_words(nullptr).isEmpty());
  EXPECT_TRUE(measure_summary(nullptr).isEmpty());
}

}  // namespace
}  // namespace fantascope::ui
