#pragma once
/// A window's backend as a table of answers, for view models without an engine. Answers come at once, on the asking thread; Operations
/// still brings them through the event loop. settle() runs it until nothing is left to do.
#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>
#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ui/bridge/backend.h"
#include "ui/bridge/job_feed.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/projects.h"
#include "ui/bridge/studio_context.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/undo_stack.h"

namespace fantascope::ui {

class FakeBackend final : public Backend {
 public:
  using Handler = std::function<Result<nlohmann::json>(const nlohmann::json& arguments)>;
  std::map<std::string, Handler> handlers;
  std::vector<std::pair<std::string, nlohmann::json>> asked;

  void ask(Lane, const std::string& name, nlohmann::json arguments, Answer answer) override {
    asked.emplace_back(name, arguments);
    const auto found = handlers.find(name);
    answer(found != handlers.end() ? found->second(arguments) : Error{ErrorCode::kNotFound, "no such question: " + name, "", "", "", ""});
  }
  void read_clip(const std::string& path, ClipAnswer answer) override { answer(Error{ErrorCode::kNotFound, "no clip", path, "", "", ""}); }
  int count(const std::string& name) const {
    return static_cast<int>(std::count_if(asked.begin(), asked.end(), [&name](const auto& question) { return question.first == name; }));
  }
};

/// Everything a view model may use, with a fake behind it.
struct FakeStudio {
  FakeStudio() {
    static int argc = 1;
    static char name[] = "test";
    static char* argv[] = {name, nullptr};
    // A test with a window has made its own.
    if (QCoreApplication::instance() == nullptr) static QCoreApplication app(argc, argv);
    for (const char* question : {"view tags", "queue list", "view takes", "view rows", "models list", "view operations"})
      backend.handlers[question] = [](const nlohmann::json&) { return nlohmann::json::object(); };
    backend.handlers["view takes"] = [](const nlohmann::json&) { return nlohmann::json{{"seqs", nlohmann::json::array()}}; };
    backend.handlers["view rows"] = [](const nlohmann::json&) { return nlohmann::json{{"rows", nlohmann::json::array()}}; };
    backend.handlers["view projects"] = [](const nlohmann::json&) {
      return nlohmann::json{{"projects", nlohmann::json::array()}, {"num_takes", 0}};
    };
    takes.setContext(context);
    projects.setContext(context);
  }
  void open() {
    operations.setBackend(&backend);
    settle();
  }
  /// Runs the event loop for so long (timers of view models are 60 to 150 ms).
  static void settle(int ms = 30) {
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
  }

  FakeBackend backend;
  Operations operations;
  JobFeed jobs;
  Preferences preferences{QString()};
  UndoStack undo;
  Notices notices;
  Navigator navigator;
  TakeActions takes;
  Projects projects;
  StudioContext context{operations, jobs, preferences, undo, notices, navigator, takes, projects, QStringLiteral("/home")};
};

}  // namespace fantascope::ui
