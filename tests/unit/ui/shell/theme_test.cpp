/// The theme's tokens as they stand in Theme.qml: contrast by WCAG 2.1 against the worst surface of each theme, and no token whose name Qt
/// would take for a signal handler.
#include <gtest/gtest.h>

#include <QColor>
#include <QFile>
#include <QMap>
#include <QRegularExpression>
#include <cmath>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

struct Token {
  QColor dark, light;
};

QMap<QString, Token> tokens() {
  QFile file(QStringLiteral(FANTASCOPE_SOURCE_DIR "/ui/components/Theme.qml"));
  EXPECT_TRUE(file.open(QIODevice::ReadOnly));
  static const QRegularExpression kLine(u"property color (\\w+): dark \\? \"(#[0-9a-f]{6})\" : \"(#[0-9a-f]{6})\""_s);
  QMap<QString, Token> found;
  for (auto match = kLine.globalMatch(QString::fromUtf8(file.readAll())); match.hasNext();) {
    const auto row = match.next();
    found.insert(row.captured(1), {QColor(row.captured(2)), QColor(row.captured(3))});
  }
  return found;
}

double luminance(const QColor& color) {
  const auto part = [](double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
  return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace

TEST(Theme, TextIsReadableOnEverySurface) {
  const auto all = tokens();
  for (const QString& ink : {u"text"_s, u"text2"_s, u"text3"_s, u"accent"_s, u"info"_s, u"ok"_s, u"warn"_s, u"danger"_s}) {
    ASSERT_TRUE(all.contains(ink)) << ink.toStdString();
    for (const QString& ground : {u"window"_s, u"panel"_s, u"raised"_s, u"field"_s}) {
      ASSERT_TRUE(all.contains(ground));
      EXPECT_GE(contrast(all[ink].dark, all[ground].dark), 4.5) << ink.toStdString() << " on " << ground.toStdString() << ", dark";
      EXPECT_GE(contrast(all[ink].light, all[ground].light), 4.5) << ink.toStdString() << " on " << ground.toStdString() << ", light";
    }
  }
}

TEST(Theme, BordersOfControlsAndFocusAreSeen) {
  const auto all = tokens();
  for (const QString& line : {u"lineStrong"_s, u"focus"_s}) {
    EXPECT_GE(contrast(all[line].dark, all[u"raised"_s].dark), 3.0) << line.toStdString();
    EXPECT_GE(contrast(all[line].light, all[u"window"_s].light), 3.0) << line.toStdString();
  }
  EXPECT_GE(contrast(all[u"accentText"_s].dark, all[u"accent"_s].dark), 4.5);
  EXPECT_GE(contrast(all[u"accentText"_s].light, all[u"accent"_s].light), 4.5);
}

TEST(Theme, NoTokenLooksLikeASignalHandler) {
  const auto all = tokens();
  EXPECT_GE(all.size(), 17);
  for (const QString& name : all.keys())
    EXPECT_FALSE(name.size() > 2 && name.startsWith(u"on"_s) && name[2].isUpper()) << name.toStdString();
}

}  // namespace fantascope::ui
