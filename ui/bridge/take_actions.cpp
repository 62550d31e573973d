#include "ui/bridge/take_actions.h"

#include <memory>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/undo_stack.h"

namespace fantascope::ui {
using nlohmann::json;
namespace {

json ids_of(const QStringList& takeIds) {
  auto ids = json::array();
  for (const QString& id : takeIds) ids.push_back(id.toStdString());
  return ids;
}

}  // namespace

void TakeActions::setContext(StudioContext& context) {
  context_ = &context;
  connect(&context.jobs, &JobFeed::takesChanged, this, &TakeActions::refreshTags);
  refreshTags();
}

void TakeActions::refreshTags() {
  context_->operations.ask(Lane::kQuick, "view tags", json::object(), this, [this](Result<json> answer) {
    if (!answer) return;
    const QStringList tags = to_variant((*answer)["tags"]).toStringList();
    if (tags == known_tags_) return;
    known_tags_ = tags;
    Q_EMIT knownTagsChanged();
  });
}

void TakeActions::write(const json& marks) {
  context_->operations.ask(Lane::kQuick, "mark takes", {{"marks", marks}}, this, [this](Result<json> answer) {
    if (!answer) context_->notices.showError(answer.error());
    Q_EMIT context_->jobs.takesChanged();
  });
}

void TakeActions::mark(const QString& text, const QStringList& takeIds, const json& change) {
  if (takeIds.isEmpty()) return;
  context_->operations.ask(Lane::kQuick, "view marks", {{"takes", ids_of(takeIds)}}, this, [this, text, change](Result<json> answer) {
    if (!answer) return context_->notices.showError(answer.error());
    json after = json::array(), before = (*answer)["marks"];
    for (const json& mark : before) {
      json next = {{"take_id", mark["take_id"]}};
      if (change.contains("keep")) next["keep"] = change["keep"];
      if (change.contains("stars")) next["stars"] = change["stars"];
      if (change.contains("add_tag") || change.contains("remove_tag")) {
        json tags = json::array();
        const std::string added = change.value("add_tag", ""), removed = change.value("remove_tag", "");
        for (const json& tag : mark["tags"])
          if (tag != added && tag != removed) tags.push_back(tag);
        if (!added.empty()) tags.push_back(added);
        next["tags"] = tags;
      }
      after.push_back(next);
    }
    context_->undo.push(
        text, [this, after] { write(after); }, [this, before] { write(before); });
    context_->notices.say(text, tr("Undo"), [this] { context_->undo.undo(); });
  });
}

void TakeActions::setKeep(const QStringList& takeIds, const QString& keep) {
  const int n = static_cast<int>(takeIds.size());
  const QString text = keep == QLatin1StringView("kept")      ? tr("Kept %n take(s)", nullptr, n)
                       : keep == QLatin1StringView("dropped") ? tr("Dropped %n take(s)", nullptr, n)
                                                              : tr("Made %n take(s) a draft again", nullptr, n);
  mark(text, takeIds, {{"keep", keep.toStdString()}});
}

void TakeActions::setStars(const QStringList& takeIds, int stars) {
  mark(stars > 0 ? tr("%n star(s)", nullptr, stars) : tr("Stars taken away"), takeIds, {{"stars", stars}});
}

void TakeActions::addTag(const QStringList& takeIds, const QString& tag) {
  const QString word = tag.simplified().toLower();
  if (!word.isEmpty()) mark(tr("Tagged “%1”").arg(word), takeIds, {{"add_tag", word.toStdString()}});
}

void TakeActions::removeTag(const QStringList& takeIds, const QString& tag) {
  mark(tr("Tag “%1” taken away").arg(tag), takeIds, {{"remove_tag", tag.toStdString()}});
}

void TakeActions::exportTakes(const QStringList& takeIds, const QString& folder) {
  if (takeIds.isEmpty()) return;
  json arguments = {{"takes", ids_of(takeIds)}};
  if (!folder.isEmpty()) arguments["folder"] = folder.toStdString();
  context_->operations.ask(Lane::kSlow, "export takes", arguments, this, [this](Result<json> answer) {
    if (!answer) return context_->notices.showError(answer.error());
    const QString folder = text_field(*answer, "folder");
    const int count = static_cast<int>((*answer)["files"].size());
    context_->notices.say(tr("Exported %n clip(s) to %1", nullptr, count).arg(folder), tr("Copy path"),
                          [this, folder] { Q_EMIT textToCopy(folder); });
    Q_EMIT exported(folder, count);
  });
}

void TakeActions::copyText(const QString& text, const QString& what) {
  Q_EMIT textToCopy(text);
  context_->notices.say(tr("Copied: %1").arg(what));
}

}  // namespace fantascope::ui
