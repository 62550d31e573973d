#include "ui/screens/queue/queue_model.h"

#include <QDateTime>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/wording.h"

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

QVariantMap QueueModel::remedy(const QString& jobId) const {
  const auto found = context_.jobs.jobs().constFind(jobId);
  if (found == context_.jobs.jobs().constEnd()) return {};
  const json& job = found->job;
  const QString state = text_field(job, "state");
  const bool waits = state == "paused"_L1 && job.contains("waits_for"), parked = state == "parked"_L1;
  if (state != "failed"_L1 && !parked && !waits) return {};
  const json error = job.value("error", json::object());
  const QString code = text_field(error, "code"), phase = phase_text(text_field(job, "phase"));
  const auto action = [](const char* id, const QString& label) -> QVariant {
    return QVariantMap{{u"id"_s, QString::fromLatin1(id)}, {u"label"_s, label}};
  };
  const QVariant again = action("retry", tr("Try again")), smaller = action("smaller", tr("Make it smaller")),
                 models = action("models", tr("Open Models")), copy = action("copy", tr("Copy details"));
  const bool sampled = job.value("step", 0) > 0 && text_field(job, "phase") != "denoise"_L1;
  const auto say = [](const QString& text, const QVariantList& actions) { return QVariantMap{{u"text"_s, text}, {u"actions"_s, actions}}; };
  if (waits) {
    return say(tr("The folder %1 needs %2. It goes on by itself when there is room.")
                   .arg(text_field(job["waits_for"], "folder"), bytes_text(job["waits_for"].value("bytes", std::uint64_t{0}))),
               {action("space", tr("Show what uses space")), action("resume", tr("Go on"))});
  }
  if (parked)
    return say(tr("It ended the program twice in: %1. A smaller clip needs less memory there.").arg(phase), {smaller, again, copy});
  if (code == "out_of_memory"_L1) {
    return sampled ? say(tr("Sampling is safe on disk; only “%1” is repeated. Close other programs, then try again.").arg(phase),
                         {again, smaller})
                   : say(tr("It does not fit in memory at this size."), {smaller, again});
  }
  if (code == "model_nan"_L1) {
    if (text_field(job, "dtype") == "fp32"_L1)
      return say(tr("A file that it needs is damaged. Models checks every file of a model."), {models, again, copy});
    // What goes on from another take keeps that take's precision.
    const bool own = !job.contains("parent") && text_field(job, "kind") == "generate"_L1;
    return say(tr("The model gave values that are not numbers. Full precision usually helps; it is slower."),
               own ? QVariantList{action("fp32", tr("Again in full precision")), models, copy} : QVariantList{again, models, copy});
  }
  if (code == "not_found"_L1 || code == "bad_file"_L1)
    return say(code == "not_found"_L1
                   ? tr("Something it needs is not there any more, often the model's folder. Link it again, then try again.")
                   : tr("A file that it needs is damaged. Models checks every file of a model."),
               {models, again, copy});
  if (code == "io"_L1)
    return say(tr("The system refused to read or write. Settings shows the folders and the space in them."),
               {action("space", tr("Show the folders")), again, copy});
  if (code == "mismatch"_L1)
    return say(tr("Something changed since the job was queued. As a new job it is made with what is there now."),
               {action("duplicate", tr("Queue as a new job")), copy});
  return say(sampled ? tr("What was sampled is kept; trying again repeats only what is missing.") : QString(), {again, copy});
}

void QueueModel::applyRemedy(const QString& jobId, const QString& action) {
  const auto found = context_.jobs.jobs().constFind(jobId);
  if (found == context_.jobs.jobs().constEnd()) return;
  const json& job = found->job;
  if (action == "retry"_L1) return retry(jobId);
  if (action == "resume"_L1) return resume(jobId);
  if (action == "models"_L1 || action == "space"_L1) {
    context_.navigator.go(action == "models"_L1 ? u"models"_s : u"settings"_s);
  } else if (action == "smaller"_L1) {
    context_.navigator.go(Route{u"create"_s, {}, {{u"job"_s, jobId}, {u"size"_s, u"smaller"_s}}}.toString());
  } else if (action == "copy"_L1) {
    context_.takes.copyText(QString::fromStdString(job.dump(2)), tr("the job's details"));
  } else if (action == "duplicate"_L1) {
    duplicate(jobId);
    change("queue cancel", jobId);
  } else if (action == "fp32"_L1) {
    json request = {{"dtype", "fp32"}};
    for (const char* name : {"prompt", "model", "size", "frames", "fps", "seed", "steps", "guidance", "negative"})
      if (job.contains(name)) request[name] = job[name];
    ask("queue add", request, tr("Queued again in full precision."));
    change("queue cancel", jobId);
  }
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
