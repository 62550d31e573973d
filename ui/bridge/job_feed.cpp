#include "ui/bridge/job_feed.h"

#include "ui/bridge/json_variant.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

constexpr int kFlush_ms = 100;
constexpr qint64 kAfterAll = qint64{1} << 40;

bool is_over(const QString& state) { return state == "done"_L1 || state == "canceled"_L1; }

}  // namespace

JobFeed::JobFeed(QObject* parent) : QObject(parent) {
  timer_.setSingleShot(true);
  timer_.setInterval(kFlush_ms);
  connect(&timer_, &QTimer::timeout, this, &JobFeed::flush);
}

void JobFeed::on_ready(const std::string& error) {
  QMetaObject::invokeMethod(
      this, [this, error] { Q_EMIT ready(QString::fromStdString(error)); }, Qt::QueuedConnection);
}

/// Called with the mutex held: one queued call a flush, however many news there are.
void JobFeed::wake() {
  if (std::exchange(waking_, true)) return;
  QMetaObject::invokeMethod(
      this,
      [this] {
        if (!timer_.isActive()) timer_.start();
      },
      Qt::QueuedConnection);
}

void JobFeed::on_job(nlohmann::json job) {
  const std::lock_guard lock(mutex_);
  const std::string id = job.value("job_id", "");
  nlohmann::json& boxed = new_jobs_[id];
  if (boxed.is_null()) arrived_.push_back(id);
  if (boxed.is_null())
    boxed = std::move(job);
  else
    boxed.update(job);  // progress must not push out a change of state that is still in the box
  wake();
}

void JobFeed::on_picture(const std::string& job_id, PicturePointer picture) {
  const std::lock_guard lock(mutex_);
  new_pictures_[job_id] = std::move(picture);
  wake();
}

void JobFeed::on_takes_changed() {
  const std::lock_guard lock(mutex_);
  takes_changed_ = true;
  wake();
}

void JobFeed::flush() {
  std::map<std::string, nlohmann::json> jobs;
  std::map<std::string, PicturePointer> pictures;
  std::vector<std::string> arrived;
  bool takes_changed = false;
  {
    const std::lock_guard lock(mutex_);
    jobs.swap(new_jobs_);
    pictures.swap(new_pictures_);
    arrived.swap(arrived_);
    takes_changed = std::exchange(takes_changed_, false);
    waking_ = false;
  }
  for (auto& [id, picture] : pictures) {
    const QString job_id = QString::fromStdString(id);
    if (const auto found = jobs_.find(job_id); found != jobs_.end()) {
      found->picture = std::move(picture);
      Q_EMIT jobChanged(job_id);
    }
  }
  for (const std::string& id : arrived) apply(std::move(jobs[id]));
  if (takes_changed) Q_EMIT takesChanged();
}

void JobFeed::apply(nlohmann::json job) {
  const QString id = text_field(job, "job_id");
  const auto found = jobs_.find(id);
  const nlohmann::json old = found != jobs_.end() ? found->job : nlohmann::json();
  const QString before = old.is_null() ? QString() : text_field(old, "state");
  if (!old.is_null()) {
    const bool is_row = job.contains("state");  // a whole row, not only progress
    for (const auto& [key, value] : old.items())
      if (!job.contains(key) && !(is_row && (key == "reason" || key == "error" || key == "remaining_s" || key == "fraction")))
        job[key] = value;
  }
  if (!job.contains("order")) job["order"] = kAfterAll + next_order_++;  // newly accepted: behind what the list knows
  const QString state = text_field(job, "state"), take = text_field(job, "take_id");
  if (state.isEmpty()) return;  // progress of a job that is not known yet; its row comes with the list
  if (is_over(state)) {
    if (old.is_null()) return;
    jobs_.erase(found);
    Q_EMIT jobsReset();
    Q_EMIT jobEnded(id, state, take);
    return;
  }
  JobNews& news = jobs_[id];
  const int step = job.value("step", 0);
  if (old.is_null() || old.value("step", 0) != step || text_field(old, "phase") != text_field(job, "phase") || before != state) {
    const int steps = old.is_null() ? 0 : step - old.value("step", 0);
    if (news.since_step.isValid() && steps > 0 && step > 1) {
      const double each_s = static_cast<double>(news.since_step.elapsed()) / 1000.0 / steps;
      news.step_median_s = news.step_median_s == 0 ? each_s : 0.7 * news.step_median_s + 0.3 * each_s;
    }
    news.since_step.start();
  }
  news.job = std::move(job);
  if (before != state)
    Q_EMIT jobsReset();
  else
    Q_EMIT jobChanged(id);
  if (!before.isEmpty() && before != state && (state == "failed"_L1 || state == "parked"_L1 || state == "paused"_L1))
    Q_EMIT jobEnded(id, state, take);
}

void JobFeed::setJobs(const nlohmann::json& rows) {
  QMap<QString, JobNews> next;
  int order = 0;
  for (const auto& row : rows) {
    const QString id = text_field(row, "job_id");
    if (is_over(text_field(row, "state"))) continue;
    JobNews news = jobs_.value(id);
    nlohmann::json merged = row;
    merged["order"] = order++;
    if (!news.job.is_null() && text_field(news.job, "state") == text_field(row, "state")) {
      for (const auto& [key, value] : news.job.items())
        if (!merged.contains(key)) merged[key] = value;
    }
    news.job = std::move(merged);
    next.insert(id, std::move(news));
  }
  jobs_ = std::move(next);
  Q_EMIT jobsReset();
}

QString JobFeed::runningJob() const {
  for (auto job = jobs_.begin(); job != jobs_.end(); ++job)
    if (const QString state = text_field(job->job, "state"); state == "running"_L1 || state == "canceling"_L1) return job.key();
  return {};
}

}  // namespace fantascope::ui
