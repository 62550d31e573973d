#include "ui/bridge/wording.h"

#include <gtest/gtest.h>

#include <QLocale>

namespace fantascope::ui {

class Wording : public ::testing::Test {
 protected:
  void SetUp() override { QLocale::setDefault(QLocale::c()); }
};

TEST_F(Wording, RoundsTimesAsTheirSizeAllows) {
  EXPECT_EQ(about(3).toStdString(), "a few seconds");
  EXPECT_EQ(about(38).toStdString(), "about 40 s");
  EXPECT_EQ(about(42).toStdString(), "about 40 s");
  EXPECT_EQ(about(75).toStdString(), "about 1 min 30 s");
  EXPECT_EQ(about(239).toStdString(), "about 4 min");
  EXPECT_EQ(about(1000).toStdString(), "about 17 min");
  EXPECT_EQ(about(7300).toStdString(), "about 2 h 2 min");
}

TEST_F(Wording, NeverSaysZeroSecondsOrAWholeMinuteAsSixtySeconds) {
  EXPECT_EQ(rounded_time(0.01).toStdString(), "1 s");
  EXPECT_EQ(rounded_time(59.9).toStdString(), "60 s");
  EXPECT_EQ(rounded_time(60).toStdString(), "1 min");
}

TEST_F(Wording, BytesRoundUpSoThatNeedsAreNeverUnderstated) {
  EXPECT_EQ(bytes_text(1).toStdString(), "1 kB");
  EXPECT_EQ(bytes_text(17'000'001).toStdString(), "18 MB");
  EXPECT_EQ(bytes_text(2'100'000'000).toStdString(), "2.1 GB");
}

TEST_F(Wording, NamesEveryPhaseAndStateAndShowsUnknownOnesAsTheyAre) {
  for (const char* phase : {"prepare", "encode_prompt", "denoise", "decode", "audio", "mux", "sign", "verify", "publish"})
    EXPECT_NE(phase_text(QString::fromLatin1(phase)).toStdString(), phase);
  EXPECT_EQ(phase_text(QStringLiteral("brew")).toStdString(), "brew");
  EXPECT_EQ(state_text(QStringLiteral("parked")).toStdString(), "Parked");
}

TEST_F(Wording, CutsNamesBetweenWords) {
  EXPECT_EQ(short_name(QStringLiteral("a red ball bounces, slow pan left")).toStdString(), "A red ball bounces");
  const QString cut = short_name(QStringLiteral("one two three four five six seven eight nine ten eleven"), 20);
  EXPECT_LE(cut.size(), 21);
  EXPECT_TRUE(cut.endsWith(u'…'));
  EXPECT_EQ(short_name(QStringLiteral("  ")).toStdString(), "");
}

TEST_F(Wording, AnErrorSaysWhatWasFoundAndWhatIsPossible) {
  const ErrorText text =
      error_text({ErrorCode::kInvalidArgument, "the width is not possible", "size", "200", "192 or 224", "Take one of them"});
  EXPECT_EQ(text.title.toStdString(), "The width is not possible.");
  EXPECT_NE(text.cause.indexOf(QStringLiteral("200")), -1);
  EXPECT_NE(text.cause.indexOf(QStringLiteral("192 or 224")), -1);
  EXPECT_EQ(text.remedy.toStdString(), "Take one of them.");
}

}  // namespace fantascope::ui
