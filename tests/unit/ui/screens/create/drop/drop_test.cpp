// Files dragged onto Create's places for pictures: the real Reference.qml in a window, drag events as the platform sends them.
#include <gtest/gtest.h>

#include <QDragEnterEvent>
#include <QDragLeaveEvent>
#include <QDropEvent>
#include <QGuiApplication>
#include <QImage>
#include <QMimeData>
#include <QQmlComponent>
#include <QQmlContext>
#include <QQmlEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <memory>

#include "tests/support/fake_backend.h"
#include "ui/screens/create/create_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr char kView[] = R"(
import QtQuick
import Fantascope.Create
Item {
    width: 400; height: 60
    property var asked
    Reference { objectName: "first"; width: 196; model: asked; label: "First frame"; file: asked.firstImage; onChosen: file => asked.firstImage = file }
    Reference { objectName: "last"; x: 200; width: 196; model: asked; label: "Last frame"; file: asked.lastImage; onChosen: file => asked.lastImage = file }
}
)";

QGuiApplication& application() {
  static int argc = 1;
  static char name[] = "test";
  static char* argv[] = {name, nullptr};
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
  // Never destroyed: at exit Qt Quick's own statics are gone before it.
  static auto* app = new QGuiApplication(argc, argv);
  return *app;
}

class DropTest : public ::testing::Test {
 protected:
  void SetUp() override {
    studio_ = std::make_unique<FakeStudio>();
    studio_->backend.handlers["models list"] = [](const json&) {
      return json{
          {"models",
           {{{"name", "m"}, {"defaults", {{"size", "192x128"}, {"frames", 25}, {"fps", "16"}, {"steps", 12}, {"guidance", 3.0}}}}}}};
    };
    studio_->open();
    model_ = std::make_unique<CreateModel>(studio_->context);
    FakeStudio::settle();
    engine_.addImportPath(QStringLiteral(FANTASCOPE_QML_DIR));
    QQmlComponent view(&engine_);
    view.setData(kView, QUrl(u"file:///view.qml"_s));
    QObject* made = view.createWithInitialProperties({{u"asked"_s, QVariant::fromValue<QObject*>(model_.get())}});
    ASSERT_NE(made, nullptr) << view.errorString().toStdString();
    root_.reset(qobject_cast<QQuickItem*>(made));
    window_.resize(400, 60);
    root_->setParentItem(window_.contentItem());
    window_.show();
    FakeStudio::settle(50);
  }
  void TearDown() override { root_.reset(); }
  /// A picture, or whatever the name says, with a name that needs care in a URL.
  QString file(const QString& name) {
    const QString path = folder_.filePath(name);
    if (name.endsWith(u".txt"_s)) {
      QFile text(path);
      EXPECT_TRUE(text.open(QIODevice::WriteOnly) && text.write("not a picture") > 0);
    } else {
      QImage image(24, 16, QImage::Format_RGB32);
      image.fill(Qt::red);
      EXPECT_TRUE(image.save(path));
    }
    return path;
  }
  QQuickItem* place(const char* name) { return root_->findChild<QQuickItem*>(QString::fromLatin1(name)); }
  static QPointF middle(const QQuickItem& item) { return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)); }
  /// Whether the place takes what is carried over it; `said` becomes what it says meanwhile.
  bool hover(QQuickItem& item, const QMimeData& mime, QStringList& said) {
    const QPoint at = middle(item).toPoint();
    QDragEnterEvent enter(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window_, &enter);
    QDragMoveEvent move(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window_, &move);
    FakeStudio::settle(10);
    collect(item, said);
    return move.isAccepted();
  }
  void drop(QQuickItem& item, const QMimeData& mime) {
    QDropEvent event(middle(item), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window_, &event);
    FakeStudio::settle(10);
  }
  static void collect(QQuickItem& item, QStringList& words) {
    if (!item.isVisible()) return;
    if (item.inherits("QQuickText")) words << item.property("text").toString();
    for (QQuickItem* child : item.childItems()) collect(*child, words);
  }

  QGuiApplication& app_ = application();  // before all that needs one
  QTemporaryDir folder_;
  std::unique_ptr<FakeStudio> studio_;
  std::unique_ptr<CreateModel> model_;
  QQmlEngine engine_;
  QQuickWindow window_;
  std::unique_ptr<QQuickItem> root_;
};

TEST_F(DropTest, APictureIsTakenWhereItIsDroppedAndShownThere) {
  const QString path = file(u"50% of #1 ä.png"_s);
  QMimeData mime;
  mime.setUrls({QUrl::fromLocalFile(path)});
  QStringList said;
  ASSERT_NE(place("first"), nullptr);
  EXPECT_TRUE(hover(*place("first"), mime, said));
  EXPECT_TRUE(said.contains(u"Use it here"_s)) << said.join(u'|').toStdString();
  drop(*place("first"), mime);
  EXPECT_EQ(model_->firstImage(), path);
  EXPECT_EQ(model_->lastImage(), QString());
  FakeStudio::settle(300);
  const QObject* picture = place("first")->findChild<QObject*>(u"shown picture"_s);
  ASSERT_NE(picture, nullptr);
  EXPECT_EQ(picture->property("status").toInt(), 1) << "ready: a picture with such a name is read";
  QStringList words;
  collect(*place("first"), words);
  EXPECT_TRUE(words.contains(u"50% of #1 ä.png"_s)) << words.join(u'|').toStdString();
  hover(*place("last"), mime, said);
  drop(*place("last"), mime);
  EXPECT_EQ(model_->lastImage(), path);
}

TEST_F(DropTest, ATextFileIsRefusedInWordsAndChangesNothing) {
  QMimeData mime;
  mime.setUrls({QUrl::fromLocalFile(file(u"notes.txt"_s))});
  QStringList said;
  hover(*place("first"), mime, said);
  EXPECT_TRUE(said.contains(u"m cannot use a reference of this kind: PNG, JPEG or WebP pictures only"_s)) << said.join(u'|').toStdString();
  drop(*place("first"), mime);
  EXPECT_EQ(model_->firstImage(), QString());
  said.clear();
  collect(*place("first"), said);
  EXPECT_TRUE(said.contains(u"m cannot use a reference of this kind: PNG, JPEG or WebP pictures only"_s))
      << "it can still be read after the drop";
}

TEST_F(DropTest, WhatIsNoFileOfThisComputerIsNotTaken) {
  QMimeData words;
  words.setText(u"a red ball"_s);
  QStringList said;
  EXPECT_FALSE(hover(*place("first"), words, said));
  drop(*place("first"), words);
  EXPECT_EQ(model_->firstImage(), QString());
  QMimeData page;
  page.setUrls({QUrl(u"https://example.org/picture.png"_s)});
  said.clear();
  hover(*place("first"), page, said);
  drop(*place("first"), page);
  EXPECT_EQ(model_->firstImage(), QString()) << "nothing is fetched";
}

TEST_F(DropTest, ADragThatLeavesTakesItsWordsAlong) {
  QMimeData mime;
  mime.setUrls({QUrl::fromLocalFile(file(u"a.png"_s))});
  QStringList said;
  hover(*place("last"), mime, said);
  QDragLeaveEvent leave;
  QCoreApplication::sendEvent(&window_, &leave);
  FakeStudio::settle(10);
  QStringList words;
  collect(*place("last"), words);
  EXPECT_FALSE(words.contains(u"Use it here"_s));
  EXPECT_EQ(model_->lastImage(), QString());
}

}  // namespace
}  // namespace fantascope::ui
