#include "ui/shell/shell.h"

#include <QTimer>
#include <algorithm>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/job_list_model.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/projects.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/undo_stack.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

constexpr int kMemoryEvery_ms = 2000;
constexpr char kPlaceKey[] = "place";

}  // namespace

Shell::Shell(StudioContext& context, QList<Screen> screens, bool system_is_dark, QObject* parent)
    : QObject(parent), context_(context), screens_(std::move(screens)), clips_(context.operations), system_is_dark_(system_is_dark) {
  std::ranges::sort(
      screens_, [](const Screen& a, const Screen& b) { return (a.position == 0 ? 99 : a.position) < (b.position == 0 ? 99 : b.position); });
  QStringList ids;
  for (const Screen& screen : screens_) ids << screen.id;
  context_.navigator.setScreens(ids);
  addCommands();
  addProjectCommands();
  connect(&context_.projects, &Projects::listChanged, this, &Shell::addProjectCommands);
  connect(&context_.navigator, &Navigator::routeChanged, this,
          [this] { context_.preferences.setValue(QLatin1StringView(kPlaceKey), context_.navigator.route()); });
  connect(&context_.preferences, &Preferences::changed, this, [this](const QString& key) {
    if (key == "theme"_L1 || key == "less_motion"_L1 || key == "single_keys"_L1) Q_EMIT looksChanged();
  });
  connect(&context_.jobs, &JobFeed::jobsReset, this, &Shell::jobLineChanged);
  connect(&context_.jobs, &JobFeed::jobChanged, this, &Shell::jobLineChanged);
  connect(&context_.jobs, &JobFeed::takesChanged, this, &Shell::refreshJobs);
  connect(&context_.operations, &Operations::readyChanged, this, &Shell::refreshJobs);
  connect(&context_.operations, &Operations::readyChanged, this, &Shell::jobLineChanged);
  connect(&context_.jobs, &JobFeed::jobEnded, this, [this](const QString& id, const QString& state, const QString&) {
    const auto job = context_.jobs.jobs().constFind(id);
    const QString name = job == context_.jobs.jobs().constEnd() ? QString() : short_name(text_field(job->job, "prompt"), 28);
    if (state == "failed"_L1 || state == "parked"_L1)
      context_.notices.say(tr("“%1” stopped.").arg(name), tr("Show"), [this] { context_.navigator.go(u"queue"_s); });
  });
  auto* memory = new QTimer(this);
  memory->setInterval(kMemoryEvery_ms);
  connect(memory, &QTimer::timeout, this, &Shell::readMemory);
  memory->start();
}

QObject* Shell::navigator() const { return &context_.navigator; }
QObject* Shell::undo() const { return &context_.undo; }
QObject* Shell::notices() const { return &context_.notices; }
QObject* Shell::preferences() const { return &context_.preferences; }
QObject* Shell::takes() const { return &context_.takes; }
QObject* Shell::projects() const { return &context_.projects; }
QObject* Shell::engine() const { return &context_.operations; }

void Shell::refreshJobs() {
  context_.operations.ask(Lane::kQuick, "queue list", nlohmann::json::object(), this, [this](Result<nlohmann::json> answer) {
    if (answer) context_.jobs.setJobs((*answer)["jobs"]);
  });
}

void Shell::readMemory() {
  context_.operations.ask(Lane::kQuick, "view memory", nlohmann::json::object(), this, [this](Result<nlohmann::json> answer) {
    if (!answer) return;
    const auto used = answer->value("used_bytes", std::uint64_t{0}), total = answer->value("total_bytes", std::uint64_t{0});
    memory_text_ = tr("%1 of %2").arg(bytes_text(used), bytes_text(total));
    memory_fraction_ = total > 0 ? static_cast<double>(used) / static_cast<double>(total) : 0;
    Q_EMIT memoryChanged();
  });
}

QVariantList Shell::rail() const {
  QVariantList rows;
  for (const Screen& screen : screens_)
    if (screen.position > 0)
      rows << QVariantMap{{u"id"_s, screen.id}, {u"title"_s, screen.title}, {u"icon"_s, screen.icon}, {u"position"_s, screen.position}};
  return rows;
}

QString Shell::viewOf(const QString& id) const {
  const auto found = std::ranges::find_if(screens_, [&id](const Screen& screen) { return screen.id == id; });
  return found == screens_.end() ? QString() : found->view;
}

QObject* Shell::modelOf(const QString& id) {
  QObject*& model = models_[id];
  const auto found = std::ranges::find_if(screens_, [&id](const Screen& screen) { return screen.id == id; });
  if (model == nullptr && found != screens_.end() && found->make_model) model = found->make_model(context_, this);
  return model;
}

void Shell::addCommands() {
  const QString window = tr("Window");
  for (const Screen& screen : std::as_const(screens_)) {
    if (screen.position > 0)
      commands_.add({u"go "_s + screen.id, tr("Go to %1").arg(screen.title), window, u"Ctrl+%1"_s.arg(screen.position), {}, false});
  }
  commands_.add({u"palette"_s, tr("Find a command"), window, u"Ctrl+K"_s, {}, false});
  commands_.add({u"keys"_s, tr("Show all keys"), window, u"F1"_s, {}, false});
  commands_.add({u"undo"_s, tr("Undo"), window, u"Ctrl+Z"_s, {}, false});
  commands_.add({u"redo"_s, tr("Redo"), window, u"Ctrl+Shift+Z"_s, {}, false});
  commands_.add({u"history"_s, tr("Show what can be undone"), window, u"Ctrl+Alt+Z"_s, {}, false});
  commands_.add({u"back"_s, tr("Back"), window, u"Alt+Left"_s, {}, false});
  commands_.add({u"forward"_s, tr("Forward"), window, u"Alt+Right"_s, {}, false});
  commands_.add({u"theme dark"_s, tr("Dark window"), window, {}, {}, false});
  commands_.add({u"theme light"_s, tr("Light window"), window, {}, {}, false});
  commands_.add({u"theme system"_s, tr("Dark or light as the system"), window, {}, {}, false});
  commands_.add({u"project menu"_s, tr("Switch to another project"), window, u"Ctrl+Shift+P"_s, {}, false});
  commands_.add({u"project new"_s, tr("New project"), window, {}, {}, false});
  commands_.add({u"project rename"_s, tr("Rename this project"), window, {}, {}, false});
  commands_.add({u"project remove"_s, tr("Remove this project; its takes stay"), window, {}, {}, false});
  commands_.add({u"quit"_s, tr("Close the window; jobs go on at the next start"), window, u"Ctrl+Q"_s, {}, false});
  for (const Screen& screen : std::as_const(screens_))
    for (const Command& command : screen.commands)
      commands_.add(
          {screen.id + QLatin1Char('.') + command.id, command.title, screen.title, command.keys, screen.id, command.single_letter});
}

/// One for each project, and one for all of them.
void Shell::addProjectCommands() {
  const QString window = tr("Window");
  QList<ShellCommand> commands = {{u"project to "_s, tr("All projects"), window, {}, {}, false}};
  QStringList names = {QString()};
  for (const QVariant& row : context_.projects.list()) {
    const QVariantMap project = row.toMap();
    commands << ShellCommand{u"project to "_s + project.value(u"id"_s).toString(),
                             tr("Project “%1”").arg(project.value(u"name"_s).toString()),
                             window,
                             {},
                             {},
                             false};
    names << commands.back().id + commands.back().title;
  }
  if (names == project_commands_) return;  // only counts have changed
  project_commands_ = names;
  commands_.replaceGroup(u"project to "_s, commands);
}

bool Shell::runProject(const QString& id) {
  Projects& projects = context_.projects;
  if (id.startsWith("project to "_L1)) return projects.select(id.mid(11)), true;
  if (id == "project menu"_L1) return Q_EMIT projects.menuWanted(), true;
  if (id == "project new"_L1) return projects.wantName({}), true;
  if (projects.currentId().isEmpty()) return context_.notices.say(tr("No project is open: all of them are shown.")), true;
  if (id == "project rename"_L1) return projects.wantName(projects.currentId()), true;
  if (id == "project remove"_L1) return projects.remove(projects.currentId()), true;
  return false;
}

bool Shell::run(const QString& id) {
  commands_.used(id);
  if (id.startsWith("go "_L1)) return context_.navigator.go(id.mid(3));
  if (id.startsWith("project "_L1)) return runProject(id);
  if (id.startsWith("theme "_L1)) return context_.preferences.setValue(u"theme"_s, id.mid(6)), true;
  if (id == "palette"_L1) return Q_EMIT paletteWanted(), true;
  if (id == "keys"_L1) return Q_EMIT keyTableWanted(), true;
  if (id == "history"_L1) return Q_EMIT historyWanted(), true;
  if (id == "quit"_L1) return Q_EMIT quitWanted(), true;
  if (id == "back"_L1) return context_.navigator.back();
  if (id == "forward"_L1) return context_.navigator.forward();
  if (id == "undo"_L1) {
    const QString text = context_.undo.undoText();
    if (context_.undo.undo()) context_.notices.say(tr("Undone: %1").arg(text), tr("Redo"), [this] { context_.undo.redo(); });
    return true;
  }
  if (id == "redo"_L1) return context_.undo.redo(), true;
  const qsizetype dot = id.indexOf(QLatin1Char('.'));
  const auto screen = std::ranges::find_if(screens_, [&](const Screen& s) { return s.id == id.left(dot); });
  if (dot < 0 || screen == screens_.end()) return false;
  const auto command = std::ranges::find_if(screen->commands, [&](const Command& c) { return c.id == id.mid(dot + 1); });
  if (command == screen->commands.end()) return false;
  if (context_.navigator.screen() != screen->id) {
    if (screen->position == 0) return false;
    context_.navigator.go(screen->id);
  }
  return QMetaObject::invokeMethod(modelOf(screen->id), command->invoke);
}

void Shell::restorePlace() {
  const QString place = context_.preferences.value(QLatin1StringView(kPlaceKey)).toString();
  if (place.isEmpty() || !context_.navigator.go(place)) context_.navigator.go(screens_.isEmpty() ? QString() : screens_.front().id);
}

QString Shell::jobLine() const {
  if (!context_.operations.loadError().isEmpty()) return tr("The engine could not be loaded: %1").arg(context_.operations.loadError());
  if (!context_.operations.ready()) return tr("Loading the engine");
  return JobListModel::summary(context_.jobs);
}

int Shell::openJobs() const { return static_cast<int>(context_.jobs.jobs().size()); }
QString Shell::runningJob() const { return context_.jobs.runningJob(); }

bool Shell::dark() const {
  const QString theme = context_.preferences.value(u"theme"_s, u"system"_s).toString();
  return theme == "dark"_L1 || (theme != "light"_L1 && system_is_dark_);
}
bool Shell::lessMotion() const { return context_.preferences.value(u"less_motion"_s, false).toBool(); }
bool Shell::singleKeys() const { return context_.preferences.value(u"single_keys"_s, true).toBool(); }

}  // namespace fantascope::ui
