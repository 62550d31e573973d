#include "ui/screens/queue/queue_model.h"

#include <QDateTime>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

QueueModel::QueueModel(StudioContext& context, QObject* parent) : QObject(parent), context_(context), jobs_(context) {
  connect(&context.jobs, &JobFeed::jobEnded, this, &QueueModel::refresh);
  connect(&context.jobs, &JobFeed::takesChanged, this, &QueueModel::refresh);
  refresh();
}

void QueueModel::refresh() {
  context_.operations.ask(Lane::kQuick, "queue list", {{"all", true}}, this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    if (answer->contains("rule")) rule_ = to_variant((*answer)["rule"]).toMap();
    const qint64 midnight = QDateTime(QDate::currentDate(), QTime(0, 0)).toMSecsSinceEpoch();
    int done = 0, failed = 0, canceled = 0, over = 0;
    for (const json& job : (*answer)["jobs"]) {
      const QString state = text_field(job, "state");
      if (state == "done"_L1 || state == "canceled"_L1) ++over;
      if (job.value("changed_ms", qint64{0}) < midnight) continue;
      done += state == "done"_L1;
      failed += state == "failed"_L1 || state == "parked"_L1;
      canceled += state == "canceled"_L1;
    }
    today_ = tr("Today: %1 done · %2 failed · %3 canceled").arg(done).arg(failed).arg(canceled);
    can_clear_ = over > 0;
    Q_EMIT ruleChanged();
    Q_EMIT todayChanged();
  });
}

bool QueueModel::overnight() const { return rule_.contains(u"from"_s) && !rule_.value(u"from"_s).toString().isEmpty(); }

QString QueueModel::ruleText() const {
  if (held()) return tr("Held: nothing starts until you let it go on, also after a restart.");
  if (overnight())
    return tr("Jobs start between %1 and %2 only.").arg(rule_.value(u"from"_s).toString(), rule_.value(u"until"_s).toString());
  return {};
}

void QueueModel::ask(const char* operation, json arguments, const QString& said) {
  context_.operations.ask(Lane::kQuick, operation, std::move(arguments), this, [this, said](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    if (!said.isEmpty()) context_.notices.say(said);
    if (answer->contains("job_id") && answer->contains("state")) context_.jobs.on_job(*answer);
    if (answer->contains("jobs")) context_.jobs.setJobs((*answer)["jobs"]);
    if (answer->contains("rule")) Q_EMIT context_.jobs.takesChanged();
    refresh();
  });
}

void QueueModel::change(const char* operation, const QString& jobId) {
  if (!jobId.isEmpty()) ask(operation, {{"job", jobId.toStdString()}});
}

void QueueModel::cancel(const QString& jobId) {
  change("queue cancel", jobId);
  context_.notices.say(tr("The job is canceled."), tr("Queue again"), [this, jobId] { duplicate(jobId); });
}

void QueueModel::toggleHold() { ask(held() ? "queue resume" : "queue pause", {{"all", true}}); }

void QueueModel::setOvernight(bool on) {
  if (on)
    ask("queue rule", {{"from", "22:00"}, {"until", "07:00"}});
  else
    ask("queue rule", {{"always", true}});
}

void QueueModel::move(const QString& jobId, int by) {
  QStringList waiting;
  for (int row = 0; row < jobs_.count(); ++row)
    if (jobs_.data(jobs_.index(row), JobListModel::SectionRole).toString() == "next"_L1) waiting << jobs_.idAt(row);
  const auto at = waiting.indexOf(jobId);
  if (at < 0) return;
  json arguments = {{"job", jobId.toStdString()}};
  if (by == -2)
    arguments["top"] = true;
  else if (const auto to = at + by; to < 0 || to >= waiting.size())
    return;
  else
    arguments[by < 0 ? "before" : "after"] = waiting[to].toStdString();
  ask("queue move", arguments);
}

void QueueModel::addBatch(const QString& file) {
  context_.operations.ask(Lane::kSlow, "queue batch", {{"file", file.toStdString()}}, this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    context_.notices.say(tr("%n job(s) added", nullptr, static_cast<int>((*answer)["jobs"].size())));
    Q_EMIT context_.jobs.takesChanged();
  });
}

void QueueModel::clearFinished() {
  ask("queue clear", json::object(), tr("The list of finished jobs is empty again; their takes are in the library."));
}

}  // namespace fantascope::ui
