#include "ui/bridge/projects.h"

#include <algorithm>
#include <utility>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/undo_stack.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

void Projects::setContext(StudioContext& context) {
  context_ = &context;
  current_id_ = context.preferences.value(u"project"_s).toString();
  current_name_ = context.preferences.value(u"project_name"_s).toString();
  connect(&context.jobs, &JobFeed::takesChanged, this, &Projects::refresh, Qt::QueuedConnection);  // after the lists have asked
  connect(&context.operations, &Operations::readyChanged, this, &Projects::refresh);
}

void Projects::refresh() {
  if (asking_) {
    ask_again_ = true;
    return;
  }
  asking_ = true;
  context_->operations.ask(Lane::kQuick, "view projects", json::object(), this, [this](Result<json> answer) {
    asking_ = false;
    if (std::exchange(ask_again_, false)) return refresh();
    if (answer) take(*answer);
  });
}

void Projects::take(const json& answer) {
  QVariantList rows;
  for (const json& project : answer.value("projects", json::array())) {
    rows << QVariantMap{{u"id"_s, text_field(project, "project_id")},
                        {u"name"_s, text_field(project, "name")},
                        {u"shots"_s, project.value("num_shots", 0)},
                        {u"takes"_s, project.value("num_takes", 0)},
                        {u"created"_s, project.value("created_ms", qlonglong{0})}};
  }
  const int all = answer.value("num_takes", 0);
  if (rows != list_ || all != all_takes_) {
    list_ = rows;
    all_takes_ = all;
    Q_EMIT listChanged();
  }
  // Another program may have renamed or removed it.
  const QString name = nameOf(current_id_);
  if (!current_id_.isEmpty() && name != current_name_) open(name.isEmpty() ? QString() : current_id_, name);
}

QString Projects::nameOf(const QString& id) const {
  const auto found = std::ranges::find_if(list_, [&id](const QVariant& row) { return row.toMap().value(u"id"_s) == id; });
  return found == list_.end() ? QString() : found->toMap().value(u"name"_s).toString();
}

void Projects::open(const QString& id, const QString& name) {
  if (id == current_id_ && name == current_name_) return;
  current_id_ = id;
  current_name_ = name;
  context_->preferences.setValue(u"project"_s, id);
  context_->preferences.setValue(u"project_name"_s, name);
  Q_EMIT currentChanged();
}

void Projects::select(const QString& id) { open(id, nameOf(id)); }

void Projects::setProblem(const QString& text) {
  if (problem_ == text) return;
  problem_ = text;
  Q_EMIT problemChanged();
}

void Projects::wantName(const QString& id, const QStringList& takeIds) {
  setProblem({});
  Q_EMIT nameWanted(id, takeIds);
}

void Projects::change(const char* name, json arguments, Answered answered) {
  context_->operations.ask(Lane::kQuick, name, std::move(arguments), this, [this, answered](Result<json> answer) {
    if (!answer) return context_->notices.showError(answer.error());
    if (answered) answered(*answer);
    Q_EMIT context_->jobs.takesChanged();
  });
}

/// A name that is refused is no notice: it is said where it was typed.
void Projects::putNamed(json arguments, Answered answered) {
  context_->operations.ask(Lane::kQuick, "put project", std::move(arguments), this, [this, answered](Result<json> answer) {
    if (!answer) {
      const ErrorText error = error_text(answer.error());
      return setProblem(error.cause.isEmpty() ? error.title : error.title + u' ' + error.cause);
    }
    setProblem({});
    answered(*answer);
    Q_EMIT named();
    Q_EMIT context_->jobs.takesChanged();
  });
}

void Projects::create(const QString& name, const QStringList& takeIds) {
  putNamed({{"name", name.toStdString()}}, [this, takeIds](const json& project) {
    const QString id = text_field(project, "project_id"), made = text_field(project, "name");
    context_->undo.push(
        tr("new project “%1”").arg(made), [this, project] { change("put project", project); },
        [this, project] {
          change("remove project", {{"project_id", project["project_id"]}});
        });
    if (!takeIds.isEmpty()) {
      list_ << QVariantMap{{u"id"_s, id}, {u"name"_s, made}};  // so that it has its name before the list is read again
      return moveTakes(takeIds, id);
    }
    open(id, made);
    context_->notices.say(tr("Project “%1” is open. What you make goes into it.").arg(made));
  });
}

void Projects::rename(const QString& id, const QString& name) {
  const QString before = nameOf(id);
  if (id.isEmpty() || before == name) return Q_EMIT named();
  putNamed({{"project_id", id.toStdString()}, {"name", name.toStdString()}}, [this, before](const json& project) {
    json old = project;
    old["name"] = before.toStdString();
    context_->undo.push(
        tr("rename project “%1”").arg(before), [this, project] { change("put project", project); },
        [this, old] { change("put project", old); });
  });
}

void Projects::remove(const QString& id) {
  const auto found = std::ranges::find_if(list_, [&id](const QVariant& row) { return row.toMap().value(u"id"_s) == id; });
  if (found == list_.end()) return;
  const QVariantMap row = found->toMap();
  const QString name = row.value(u"name"_s).toString();
  json project = {{"project_id", id.toStdString()}, {"name", name.toStdString()}, {"created_ms", row.value(u"created"_s).toLongLong()}};
  const bool was_open = id == current_id_;
  change("remove project", {{"project_id", project["project_id"]}}, [this, project, name, id, was_open](const json& answer) {
    json whole = project;
    whole["shots"] = answer.value("shots", json::array());
    if (was_open) open({}, {});
    const QString text = tr("remove project “%1”").arg(name);
    context_->undo.push(
        text,
        [this, project] {
          change("remove project", {{"project_id", project["project_id"]}});
        },
        [this, whole, name, id, was_open] {
          change("put project", whole, [this, name, id, was_open](const json&) {
            if (was_open && current_id_.isEmpty()) open(id, name);
          });
        });
    context_->notices.say(tr("Project “%1” is removed. Its takes stay in the library.").arg(name), tr("Undo"),
                          [this] { context_->undo.undo(); });
  });
}

void Projects::moveTakes(const QStringList& takeIds, const QString& projectId) {
  if (takeIds.isEmpty()) return;
  json takes = json::array();
  for (const QString& id : takeIds) takes.push_back(id.toStdString());
  const json arguments = {{"takes", takes}, {"project_id", projectId.toStdString()}};
  const QString name = nameOf(projectId);
  change("move takes", arguments, [this, arguments, name](const json& answer) {
    const json before = {{"shots", answer.value("moved", json::array())}};
    const int n = answer.value("num_takes", 0);
    const QString text =
        name.isEmpty() ? tr("Took %n take(s) out of their project", nullptr, n) : tr("Moved %n take(s) to “%1”", nullptr, n).arg(name);
    context_->undo.push(
        text, [this, arguments] { change("move takes", arguments); }, [this, before] { change("move shots", before); });
    context_->notices.say(text, tr("Undo"), [this] { context_->undo.undo(); });
  });
}

}  // namespace fantascope::ui
