#include <gtest/gtest.h>

#include <QEventLoop>
#include <QGuiApplication>
#include <QPainter>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QTimer>

#include "ui/components/sheet_cache.h"
#include "ui/components/sheet_view.h"
#include "ui/components/star_row.h"

namespace fantascope::ui {
namespace {

/// A sheet of 8 cells, 48x32 each, every one grey of its own.
QString make_sheet(const QTemporaryDir& folder, const QString& name) {
  QImage image(8 * 48, 32, QImage::Format_RGB32);
  for (int cell = 0; cell < 8; ++cell) {
    const int grey = 20 + 30 * cell;
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 48; ++x) image.setPixel(48 * cell + x, y, qRgb(grey, grey, grey));
  }
  const QString path = folder.filePath(name);
  EXPECT_TRUE(image.save(path, "JPEG", 95));
  return path;
}

void settle(int ms = 200) {
  QEventLoop loop;
  QTimer::singleShot(ms, &loop, &QEventLoop::quit);
  loop.exec();
}

class SheetTest : public ::testing::Test {
 protected:
  SheetTest() {
    static int argc = 1;
    static char name[] = "test";
    static char* argv[] = {name, nullptr};
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
    // Never destroyed: at exit Qt Quick's own statics are gone before it.
    static const auto* app = new QGuiApplication(argc, argv);
    (void)app;
  }
  QTemporaryDir folder_;
};

}  // namespace

TEST_F(SheetTest, TheFirstCellAloneOrAllOfThem) {
  const QString path = make_sheet(folder_, QStringLiteral("a.jpg"));
  const Sheet first = read_sheet(path, 1.5, SheetPart::kFirstCell);
  EXPECT_EQ(first.cells, 8);
  EXPECT_EQ(first.picture.size(), QSize(48, 32));
  EXPECT_NEAR(qRed(first.picture.pixel(24, 16)), 20, 3);
  const Sheet whole = read_sheet(path, 1.5, SheetPart::kWhole);
  EXPECT_EQ(whole.picture.size(), QSize(8 * 48, 32));
  EXPECT_NEAR(qRed(whole.picture.pixel(7 * 48 + 24, 16)), 230, 3);
}

// Qt's own painter once put a picture that came after its item had been shown into the window's corner.
TEST_F(SheetTest, APictureThatComesLaterLiesInItsItem) {
  QImage image(48, 32, QImage::Format_RGB32);
  image.fill(qRgb(200, 200, 200));
  const QString path = folder_.filePath(QStringLiteral("late.jpg"));
  ASSERT_TRUE(image.save(path, "JPEG", 95));
  QQuickWindow window;
  window.resize(200, 150);
  window.setColor(Qt::blue);
  SheetView view;
  view.setParentItem(window.contentItem());
  view.setPosition({100, 80});
  view.setSize({48, 32});
  window.show();
  settle();
  ASSERT_FALSE(view.hasPicture());
  EXPECT_EQ(window.grabWindow().pixel(124, 96), qRgb(0, 0, 0)) << "its ground";
  view.setSource(path);
  for (int i = 0; i < 50 && !view.hasPicture(); ++i) settle(100);
  ASSERT_TRUE(view.hasPicture());
  settle();
  const QImage seen = window.grabWindow();
  EXPECT_EQ(seen.pixel(24, 16), qRgb(0, 0, 255));
  EXPECT_NEAR(qRed(seen.pixel(124, 96)), 200, 4);
}

TEST_F(SheetTest, WhatIsNoPictureIsNone) {
  EXPECT_TRUE(read_sheet(folder_.filePath(QStringLiteral("none.jpg")), 1.5, SheetPart::kWhole).picture.isNull());
  const QString path = make_sheet(folder_, QStringLiteral("a.jpg"));
  EXPECT_TRUE(read_sheet(path, 0, SheetPart::kFirstCell).picture.isNull());
  EXPECT_TRUE(read_sheet(path, std::numeric_limits<double>::quiet_NaN(), SheetPart::kFirstCell).picture.isNull());
  QFile text(folder_.filePath(QStringLiteral("text.jpg")));
  ASSERT_TRUE(text.open(QIODevice::WriteOnly));
  text.write("not a picture");
  text.close();
  EXPECT_TRUE(read_sheet(text.fileName(), 1.5, SheetPart::kFirstCell).picture.isNull());
}

TEST_F(SheetTest, ReadOnceAndShared) {
  const QString path = make_sheet(folder_, QStringLiteral("a.jpg"));
  SheetCache cache;
  QObject first, second;
  int arrived = 0;
  EXPECT_EQ(cache.get(path, 1.5, SheetPart::kFirstCell, &first, [&](const Sheet& sheet) { arrived += sheet.cells; }), nullptr);
  EXPECT_EQ(cache.get(path, 1.5, SheetPart::kFirstCell, &second, [&](const Sheet& sheet) { arrived += sheet.cells; }), nullptr);
  settle();
  EXPECT_EQ(arrived, 16);
  EXPECT_EQ(cache.numRead(), 1);
  const Sheet* again = cache.get(path, 1.5, SheetPart::kFirstCell, &first, [](const Sheet&) { FAIL() << "it was there"; });
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->cells, 8);
  EXPECT_EQ(cache.numRead(), 1);
}

TEST_F(SheetTest, AnOwnerGetsOnlyWhatItAskedForLast) {
  const QString a = make_sheet(folder_, QStringLiteral("a.jpg")), b = make_sheet(folder_, QStringLiteral("b.jpg"));
  SheetCache cache;
  QObject card;
  bool came = false;
  (void)cache.get(a, 1.5, SheetPart::kFirstCell, &card, [](const Sheet&) { FAIL() << "the card shows another take by now"; });
  (void)cache.get(b, 1.5, SheetPart::kFirstCell, &card, [&](const Sheet&) { came = true; });
  {
    QObject gone;
    (void)cache.get(a, 1.5, SheetPart::kWhole, &gone, [](const Sheet&) { FAIL() << "nobody is there any more"; });
  }
  settle();
  EXPECT_TRUE(came);
}

TEST_F(SheetTest, QuestionsNobodyWaitsForAreDropped) {
  QStringList paths;
  for (int i = 0; i < 60; ++i) paths << make_sheet(folder_, QStringLiteral("%1.jpg").arg(i));
  SheetCache cache;
  QObject card;
  int arrived = 0;
  for (const QString& path : paths)
    (void)cache.get(path, 1.5, SheetPart::kFirstCell, &card, [&](const Sheet&) { ++arrived; });  // one flies past
  settle(400);
  EXPECT_LT(cache.numRead(), 60);
  EXPECT_EQ(arrived, 1);
}

TEST(SheetView, FitsOrFills) {
  EXPECT_EQ(SheetView::placed({300, 200}, 1.5, false), QRectF(0, 0, 300, 200));
  EXPECT_EQ(SheetView::placed({300, 200}, 1.0, false), QRectF(50, 0, 200, 200));
  EXPECT_EQ(SheetView::placed({300, 200}, 3.0, false), QRectF(0, 50, 300, 100));
  EXPECT_EQ(SheetView::placed({300, 200}, 3.0, true), QRectF(0, 0, 300, 200));
  EXPECT_EQ(SheetView::part({300, 200}, QRectF(96, 0, 48, 32), false), QRectF(96, 0, 48, 32));
  EXPECT_EQ(SheetView::part({200, 200}, QRectF(96, 0, 48, 32), true), QRectF(104, 0, 32, 32));
}

TEST(StarRow, WhichStarIsUnderThePointer) {
  const StarRow stars;  // 12 pixels each, 2 between
  EXPECT_EQ(stars.starAt(-3), 1);
  EXPECT_EQ(stars.starAt(11), 1);
  EXPECT_EQ(stars.starAt(14), 2);
  EXPECT_EQ(stars.starAt(60), 5);
  EXPECT_EQ(stars.starAt(500), 5);
}

}  // namespace fantascope::ui
