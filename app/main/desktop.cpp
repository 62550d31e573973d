/// The window's program: Qt first, a window at once; the engine is loaded behind it. Also the hooks that the window's tests use, all by
/// environment: FANTASCOPE_QML (views from a folder, without building), FANTASCOPE_WINDOW_TEST (see window_checks.h).
#include <dlfcn.h>

#include <QBuffer>
#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QIcon>
#include <QImageReader>
#include <QPalette>
#include <QQmlApplicationEngine>
#include <QQuickStyle>
#include <QQuickWindow>
#include <QThreadPool>
#include <QTimer>
#include <QTranslator>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <latch>
#include <memory>
#include <thread>

#include "app/main/desktop_engine.h"
#include "app/main/desktop_shelf.h"
#include "app/main/window_checks.h"
#include "app/settings/home.h"
#include "ui/bridge/job_feed.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/projects.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/undo_stack.h"
#include "ui/components/frame_view.h"
#include "ui/components/playback_clock.h"
#include "ui/components/sheet_view.h"
#include "ui/components/star_row.h"
#include "ui/components/waveform_view.h"
#include "ui/screens/registry/registry.h"
#include "ui/shell/shell.h"

namespace fantascope {
namespace {
using namespace Qt::Literals::StringLiterals;

constexpr int kViewsPatience_ms = 5000;
constexpr int kPoolThreadsMax = 4;

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
  qmlRegisterType<ui::SheetView>(kUri, 1, 0, "SheetView");
  qmlRegisterType<ui::StarRow>(kUri, 1, 0, "StarRow");
  qmlRegisterType<ui::WaveformView>(kUri, 1, 0, "WaveformView");
  qmlRegisterType<ui::PlaybackClock>(kUri, 1, 0, "PlaybackClock");
  qmlRegisterAnonymousType<ui::ClipHandle>(kUri, 1);
}

/// Where no graphics device can draw, OpenGL is worked out by the processor for the whole window at every frame. Qt's own painter draws
/// only what changed and takes a quarter of the time. QT_QUICK_BACKEND in the environment decides otherwise ("rhi": OpenGL or Vulkan).
void choose_renderer() {
  if (qEnvironmentVariableIsSet("QT_QUICK_BACKEND")) return;
  const bool device = !QDir(u"/dev/dri"_s).entryList({u"renderD*"_s}, QDir::System | QDir::Files).isEmpty() ||
                      QFileInfo::exists(u"/dev/nvidiactl"_s) || QFileInfo::exists(u"/dev/dxg"_s);
  if (!device || qEnvironmentVariableIntValue("LIBGL_ALWAYS_SOFTWARE") > 0) QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
}

/// Starting a thread waits for the same lock as loading a library (see EngineLoader): those that the GUI thread would start later, to paint
/// large areas, to write preferences, to read pictures, are there from the beginning.
void start_threads_early() {
  QThreadPool& pool = *QThreadPool::globalInstance();
  pool.setMaxThreadCount(std::clamp(QThread::idealThreadCount(), 1, kPoolThreadsMax));
  pool.setExpiryTimeout(-1);
  const auto all = std::make_shared<std::latch>(pool.maxThreadCount());
  for (int i = 0; i < pool.maxThreadCount(); ++i) pool.start([all] { all->arrive_and_wait(); });
  ui::SheetCache::shared();
}

/// A function of a library beside the program; a null pointer and the reason if there is none.
template <typename Function>
Function load_function(const std::string& program_file, const char* library, const char* name, std::string& error) {
  const std::string path = QFileInfo(QString::fromStdString(program_file)).absolutePath().toStdString() + "/" + library;
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  const auto function = handle != nullptr ? reinterpret_cast<Function>(::dlsym(handle, name)) : nullptr;
  if (function == nullptr) error = ::dlerror();
  return function;
}

/// Loads the two halves of what answers the window and gives them to it: first the library's lists, which are there at once, then, when the
/// window has loaded what it needs itself, the engine. While the system's loader is at work on LibTorch (a second where cores are busy) it
/// holds a lock, and the GUI thread would wait for it whenever it starts a thread, and at its first use of a plugin or of a library's
/// thread-local variable.
class EngineLoader {
 public:
  EngineLoader(ui::JobFeed& feed, ui::Operations& operations) : feed_(feed), operations_(operations) {}
  ~EngineLoader() {
    for (std::thread* thread : {&engine_thread_, &shelf_thread_})  // the engine's waits for the other
      if (thread->joinable()) thread->join();
    operations_.setBackend(nullptr, u"closing"_s);
  }
  void startShelf(const std::string& program_file, const std::string& home_dir) {
    if (engine_thread_.joinable()) return;  // too late to be early
    shelf_thread_ = std::thread([this, program_file, home_dir] {
      load_image_plugins();
      std::string error;
      const auto open = load_function<FantascopeOpenShelf>(program_file, "libfantascope_desktop_shelf.so", "fantascope_open_shelf", error);
      if (open == nullptr) return;  // then everything waits for the engine, which says what is wrong with the installation
      shelf_.reset(open(home_dir));
      if (shelf_ == nullptr) return;
      QMetaObject::invokeMethod(
          &operations_,
          [this] {
            operations_.setEarlyBackend(shelf_.get(), {std::begin(kShelfQuestions), std::end(kShelfQuestions)});
          },
          Qt::QueuedConnection);
    });
  }
  /// Only the first call counts.
  void startEngine(const std::string& program_file) {
    if (engine_thread_.joinable()) return;
    engine_thread_ = std::thread([this, program_file] {
      if (shelf_thread_.joinable()) shelf_thread_.join();
      std::string error;
      if (const auto open =
              load_function<FantascopeOpenEngine>(program_file, "libfantascope_desktop_engine.so", "fantascope_open_engine", error))
        backend_.reset(open({program_file}, feed_, error));
      QMetaObject::invokeMethod(
          &operations_, [this, error] { operations_.setBackend(backend_.get(), QString::fromStdString(error)); }, Qt::QueuedConnection);
    });
  }

 private:
  static void load_image_plugins() {
    for (const char* format : {"jpeg", "svg", "webp"}) {
      QBuffer nothing;
      nothing.open(QIODevice::ReadOnly);
      (void)QImageReader(&nothing, format).canRead();
    }
  }

  ui::JobFeed& feed_;
  ui::Operations& operations_;
  std::unique_ptr<ui::Backend> shelf_, backend_;
  std::thread shelf_thread_, engine_thread_;
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
  choose_renderer();
  start_threads_early();
  register_types();

  ui::Operations operations;
  ui::JobFeed jobs;
  ui::UndoStack undo;
  ui::Notices notices;
  ui::Navigator navigator;
  ui::TakeActions takes;
  ui::Projects projects;
  ui::StudioContext context{operations, jobs, preferences, undo, notices, navigator, takes, projects, QString::fromStdString(home->dir)};
  takes.setContext(context);
  projects.setContext(context);
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
      window, &QQuickWindow::frameSwapped, &operations,
      [&loader, program_file, home_dir = home->dir] { loader.startShelf(program_file, home_dir); },
      static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
  QObject::connect(
      &shell, &ui::Shell::viewsLoaded, &operations, [&loader, program_file] { loader.startEngine(program_file); }, Qt::QueuedConnection);
  // A view that cannot be shown must not keep the queue from working.
  QTimer::singleShot(kViewsPatience_ms, &operations, [&loader, program_file] { loader.startEngine(program_file); });
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
