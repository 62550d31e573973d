/// The window's program: Qt first, a window at once; the engine is loaded behind it. Also the hooks that the window's tests use, all by
/// environment: FANTASCOPE_QML (views from a folder, without building), FANTASCOPE_WINDOW_TEST (see window_checks.h).
#include <dlfcn.h>

#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QIcon>
#include <QPalette>
#include <QQmlApplicationEngine>
#include <QQuickStyle>
#include <QQuickWindow>
#include <QTranslator>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "app/main/desktop_engine.h"
#include "app/main/window_checks.h"
#include "app/settings/home.h"
#include "ui/bridge/job_feed.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/undo_stack.h"
#include "ui/components/frame_view.h"
#include "ui/components/playback_clock.h"
#include "ui/components/waveform_view.h"
#include "ui/screens/registry/registry.h"
#include "ui/shell/shell.h"

namespace fantascope {
namespace {
using namespace Qt::Literals::StringLiterals;

void load_fonts() {
  for (const QFileInfo& font : QDir(u":/fonts"_s).entryInfoList()) QFontDatabase::addApplicationFont(font.filePath());
  QFont usual(u"Inter"_s);
  usual.setPixelSize(13);
  QGuiApplication::setFont(usual);
}

/// Texts by a class's own name: lupdate writes them without the namespace, Qt asks for them with it.
class Translator final : public QTranslator {
 public:
  using QTranslator::QTranslator;
  QString translate(const char* context, const char* source, const char* comment, int n) const override {
    const char* last = std::strrchr(context, ':');
    return QTranslator::translate(last != nullptr ? last + 1 : context, source, comment, n);
  }
};

void load_language(const ui::Preferences& preferences, QGuiApplication& app) {
  QString language = preferences.value(u"language"_s, u"system"_s).toString();
  if (const QByteArray forced = qgetenv("FANTASCOPE_LANGUAGE"); !forced.isEmpty()) language = QString::fromLatin1(forced);
  if (language == "system"_L1) language = QLocale::system().name();
  // The C locale speaks English too: its texts have plurals.
  const QLocale locale(language);
  QLocale::setDefault(locale.language() == QLocale::C ? QLocale(QLocale::English) : locale);
  auto* translator = new Translator(&app);
  if (translator->load(QLocale(), u"fantascope"_s, u"_"_s, u":/translations"_s)) app.installTranslator(translator);
}

void register_types() {
  constexpr char kUri[] = "Fantascope.Components";
  qmlRegisterType<ui::FrameView>(kUri, 1, 0, "FrameView");
  qmlRegisterType<ui::WaveformView>(kUri, 1, 0, "WaveformView");
  qmlRegisterType<ui::PlaybackClock>(kUri, 1, 0, "PlaybackClock");
  qmlRegisterAnonymousType<ui::ClipHandle>(kUri, 1);
}

/// Loads the engine's library and gives it to the window. The thread ends when it is there; the backend has threads of its own.
class EngineLoader {
 public:
  EngineLoader(ui::JobFeed& feed, ui::Operations& operations) : feed_(feed), operations_(operations) {}
  ~EngineLoader() {
    if (thread_.joinable()) thread_.join();
    operations_.setBackend(nullptr, u"closing"_s);
  }
  void start(const std::string& program_file) {
    thread_ = std::thread([this, program_file] {
      std::string error;
      const std::string path =
          QFileInfo(QString::fromStdString(program_file)).absolutePath().toStdString() + "/libfantascope_desktop_engine.so";
      void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
      const auto open = library != nullptr ? reinterpret_cast<FantascopeOpenEngine>(::dlsym(library, "fantascope_open_engine")) : nullptr;
      if (open == nullptr)
        error = ::dlerror();
      else
        backend_.reset(open({program_file}, feed_, error));
      QMetaObject::invokeMethod(
          &operations_, [this, error] { operations_.setBackend(backend_.get(), QString::fromStdString(error)); }, Qt::QueuedConnection);
    });
  }

 private:
  ui::JobFeed& feed_;
  ui::Operations& operations_;
  std::unique_ptr<ui::Backend> backend_;
  std::thread thread_;
};

int run(QGuiApplication& app) {
  const auto home = find_home([](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  });
  if (!home) {
    std::fprintf(stderr, "%s\n", home.error().to_string().c_str());
    return 1;
  }
  ui::Preferences preferences(QString::fromStdString(home->dir) + u"/window.json"_s);
  load_language(preferences, app);
  load_fonts();
  register_types();

  ui::Operations operations;
  ui::JobFeed jobs;
  ui::UndoStack undo;
  ui::Notices notices;
  ui::Navigator navigator;
  ui::TakeActions takes;
  ui::StudioContext context{operations, jobs, preferences, undo, notices, navigator, takes, QString::fromStdString(home->dir)};
  takes.setContext(context);
  QObject::connect(&takes, &ui::TakeActions::textToCopy, &app, [](const QString& text) { QGuiApplication::clipboard()->setText(text); });
  const bool dark = QGuiApplication::palette().window().color().lightness() < 128 || qEnvironmentVariableIsEmpty("FANTASCOPE_LIGHT");
  ui::Shell shell(context, ui::builtin_screens(), dark);
  EngineLoader loader(jobs, operations);

  QQmlApplicationEngine engine;
  QString views = u"qrc:/qt/qml"_s;
  if (const QByteArray folder = qgetenv("FANTASCOPE_QML"); !folder.isEmpty()) views = QString::fromLocal8Bit(folder);
  engine.addImportPath(views);
  UrlsFromFolder urls(views);
  engine.addUrlInterceptor(&urls);
  engine.setInitialProperties({{u"studio"_s, QVariant::fromValue<QObject*>(&shell)}});
  engine.load(QUrl(u"qrc:/qt/qml/Fantascope/Shell/Main.qml"_s));
  if (engine.rootObjects().isEmpty()) return 1;
  auto* window = qobject_cast<QQuickWindow*>(engine.rootObjects().constFirst());
  const std::string program_file = QCoreApplication::applicationFilePath().toStdString();
  QObject::connect(
      window, &QQuickWindow::frameSwapped, &operations, [&loader, program_file] { loader.start(program_file); },
      static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
  WindowChecks checks(*window, shell, operations);
  return QGuiApplication::exec();
}

}  // namespace
}  // namespace fantascope

int main(int argc, char** argv) {
  QQuickStyle::setStyle(QStringLiteral("Basic"));
  QGuiApplication app(argc, argv);
  QGuiApplication::setApplicationName(QStringLiteral("fantascope-studio"));
  QGuiApplication::setApplicationDisplayName(QStringLiteral("Fantascope"));
  return fantascope::run(app);
}
