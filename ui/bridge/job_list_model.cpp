#include "ui/bridge/job_list_model.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <array>

#include "ui/bridge/json_variant.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr int kTick_ms = 1000;
constexpr double kStalledFactor = 3, kStalledMin_s = 10;

/// Phases as the bar shows them, with shares to fall back on where nothing was measured.
struct Part {
  QLatin1StringView first, last;  // phase names
  const char* name;
  double share;
};
constexpr std::array kParts = {Part{"prepare"_L1, "encode_prompt"_L1, QT_TRANSLATE_NOOP("JobListModel", "Prompt"), 0.12},
                               Part{"denoise"_L1, "denoise"_L1, QT_TRANSLATE_NOOP("JobListModel", "Denoising"), 0.55},
                               Part{"decode"_L1, "decode"_L1, QT_TRANSLATE_NOOP("JobListModel", "Decoding"), 0.18},
                               Part{"audio"_L1, "audio"_L1, QT_TRANSLATE_NOOP("JobListModel", "Sound"), 0.05},
                               Part{"mux"_L1, "publish"_L1, QT_TRANSLATE_NOOP("JobListModel", "File"), 0.10}};
constexpr std::array kPhases = {"prepare"_L1, "encode_prompt"_L1, "denoise"_L1, "decode"_L1, "audio"_L1,
                                "mux"_L1,     "sign"_L1,          "verify"_L1,  "publish"_L1};

int part_of(const QString& phase) {
  const auto order = [](const auto& name) {
    return std::ranges::find_if(kPhases, [&name](QLatin1StringView p) { return name == p; }) - kPhases.begin();
  };
  for (std::size_t i = 0; i < kParts.size(); ++i)
    if (order(phase) <= order(kParts[i].last)) return static_cast<int>(i);
  return 0;
}

double part_fraction(const json& job) {
  const QString phase = text_field(job, "phase");
  const double steps = job.value("num_steps", 0);
  if (phase == "denoise"_L1 && steps > 0) return job.value("step", 0) / steps;
  return std::max(0.0, job.value("fraction", 0.0));
}

QString section_of(const QString& state) {
  if (state == "running"_L1 || state == "canceling"_L1) return u"running"_s;
  return state == "queued"_L1 ? u"next"_s : state;
}

int section_order(const QString& section) {
  static const QStringList kOrder = {u"running"_s, u"next"_s, u"paused"_s, u"parked"_s, u"failed"_s};
  return static_cast<int>(kOrder.indexOf(section));
}

bool is_stalled(const JobFeed::JobNews& news) {
  if (news.job.value("stalled", false)) return true;
  if (text_field(news.job, "phase") != "denoise"_L1 || news.step_median_s <= 0 || !news.since_step.isValid()) return false;
  return static_cast<double>(news.since_step.elapsed()) / 1000 > std::max(kStalledMin_s, kStalledFactor * news.step_median_s);
}

}  // namespace

QString job_line(const JobFeed::JobNews& news) {
  const json& job = news.job;
  const QString state = text_field(job, "state");
  const int step = job.value("step", 0), steps = job.value("num_steps", 0);
  if (state == "queued"_L1)
    return step > 0 && steps > 0 ? JobListModel::tr("Waiting, goes on at step %1 of %2").arg(step).arg(steps) : JobListModel::tr("Waiting");
  if (state == "paused"_L1) {
    const QString reason = text_field(job, "reason");
    const QString at = step > 0 ? JobListModel::tr("Paused at step %1 of %2").arg(step).arg(steps) : JobListModel::tr("Paused");
    return reason.isEmpty() ? at : at + u" · "_s + reason;
  }
  if (state == "failed"_L1) return JobListModel::tr("Stopped in: %1").arg(phase_text(text_field(job, "phase")));
  if (state == "parked"_L1) return JobListModel::tr("Stopped the program twice in: %1").arg(phase_text(text_field(job, "phase")));
  if (state == "canceling"_L1) return JobListModel::tr("Stopping within a step");
  if (is_stalled(news)) {
    const int silent = static_cast<int>(news.since_step.isValid() ? news.since_step.elapsed() / 1000 : 0);
    return JobListModel::tr("No step for %1 s (usually %2 s)").arg(silent).arg(QLocale().toString(news.step_median_s, 'f', 1));
  }
  QString line = phase_text(text_field(job, "phase"));
  if (text_field(job, "phase") == "denoise"_L1 && steps > 0) line += JobListModel::tr(", step %1 of %2").arg(step).arg(steps);
  if (const auto remaining = job.find("remaining_s"); remaining != job.end() && remaining->is_number()) {
    const double seconds = remaining->get<double>();
    line += u" · "_s + (job.value("remaining_is_partial", false) ? JobListModel::tr("at least %1 left").arg(rounded_time(seconds))
                                                                 : JobListModel::tr("%1 left").arg(about(seconds)));
  }
  if (job.value("pause_wanted", false)) line += u" · "_s + JobListModel::tr("pauses after this step");
  return line;
}

JobListModel::JobListModel(StudioContext& context, QObject* parent) : QAbstractListModel(parent), context_(context) {
  connect(&context.jobs, &JobFeed::jobsReset, this, &JobListModel::rebuild);
  connect(&context.jobs, &JobFeed::jobChanged, this, &JobListModel::changed);
  tick_.setInterval(kTick_ms);
  connect(&tick_, &QTimer::timeout, this, [this] {
    if (const QString running = context_.jobs.runningJob(); !running.isEmpty()) changed(running);
  });
  tick_.start();
  rebuild();
}

int JobListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QHash<int, QByteArray> JobListModel::roleNames() const {
  return {{JobIdRole, "jobId"_ba},
          {NameRole, "name"_ba},
          {PromptRole, "prompt"_ba},
          {KindRole, "kind"_ba},
          {StateRole, "state"_ba},
          {StateTextRole, "stateText"_ba},
          {PhaseRole, "phase"_ba},
          {PartsRole, "parts"_ba},
          {PartRole, "part"_ba},
          {PartFractionRole, "partFraction"_ba},
          {LineRole, "line"_ba},
          {DetailRole, "detail"_ba},
          {PictureRole, "picture"_ba},
          {ErrorTitleRole, "errorTitle"_ba},
          {ErrorCauseRole, "errorCause"_ba},
          {StartsRole, "starts"_ba},
          {SectionRole, "section"_ba},
          {StalledRole, "stalled"_ba},
          {SpokenRole, "spoken"_ba}};
}

QVariant JobListModel::data(const QModelIndex& index, int role) const {
  const auto found = context_.jobs.jobs().constFind(idAt(index.row()));
  if (found == context_.jobs.jobs().constEnd()) return {};
  const json& job = found->job;
  const QString state = text_field(job, "state");
  switch (role) {
    case JobIdRole:
      return found.key();
    case NameRole:
      return short_name(text_field(job, "prompt"));
    case PromptRole:
      return text_field(job, "prompt");
    case KindRole:
      return text_field(job, "kind") == "reproduce"_L1 ? tr("check") : tr("take");
    case StateRole:
      return state;
    case StateTextRole:
      return state_text(state);
    case PhaseRole:
      return text_field(job, "phase");
    case PartsRole: {
      QVariantList parts;
      for (const Part& part : kParts) parts << QVariantMap{{u"name"_s, tr(part.name)}, {u"share"_s, part.share}};
      return parts;
    }
    case PartRole:
      return state == "queued"_L1 && job.value("step", 0) == 0 ? -1 : part_of(text_field(job, "phase"));
    case PartFractionRole:
      return part_fraction(job);
    case LineRole:
      return job_line(*found);
    case DetailRole: {
      QStringList parts;
      if (found->step_median_s > 0)
        parts << tr("%1 s a step").arg(QLocale().toString(found->step_median_s, 'f', found->step_median_s < 1 ? 2 : 1));
      if (const QString size = text_field(job, "size"); !size.isEmpty()) parts << QString(size).replace(u'x', u'×');
      if (const double length = job.value("duration_s", 0.0); length > 0) parts << length_text(length);
      if (job.contains("seed")) parts << tr("seed %1").arg(job["seed"].get<qulonglong>());
      if (const auto memory = job.value("peak_memory_bytes", std::uint64_t{0}); memory > 0)
        parts << tr("%1 of memory").arg(bytes_text(memory));
      return parts.join(u" · "_s);
    }
    case PictureRole:
      return QVariant::fromValue(found->picture);
    case ErrorTitleRole:
      return error_text({ErrorCode::kInternal, job.contains("error") && job["error"].is_object() ? job["error"].value("message", "") : "",
                         "", "", "", ""})
          .title;
    case ErrorCauseRole:
      return text_field(job, "reason");
    case StartsRole: {
      const int row = index.row();
      const bool first = row == 0 || data(this->index(row - 1), SectionRole).toString() != u"next"_s;
      return state != "queued"_L1 ? QString() : first ? tr("next") : tr("then");
    }
    case SectionRole:
      return section_of(state);
    case StalledRole:
      return is_stalled(*found);
    case SpokenRole:
      return u"%1, %2"_s.arg(short_name(text_field(job, "prompt")),
                             state == "running"_L1 ? phase_text(text_field(job, "phase")) : state_text(state));
    default:
      return {};
  }
}

void JobListModel::setJobIds(const QStringList& ids) {
  wanted_ = QSet<QString>(ids.begin(), ids.end());
  Q_EMIT filterChanged();
  rebuild();
}

void JobListModel::setOnlyThese(bool only) {
  if (only_these_ == only) return;
  only_these_ = only;
  Q_EMIT filterChanged();
  rebuild();
}

void JobListModel::changed(const QString& id) {
  const auto row = static_cast<int>(ids_.indexOf(id));
  if (row >= 0) Q_EMIT dataChanged(index(row), index(row));
}

void JobListModel::rebuild() {
  struct Key {
    int section;
    qint64 order;
    QString id;
    auto operator<=>(const Key&) const = default;
  };
  std::vector<Key> keys;
  const auto& jobs = context_.jobs.jobs();
  for (auto job = jobs.begin(); job != jobs.end(); ++job) {
    if (only_these_ && !wanted_.contains(job.key())) continue;
    keys.push_back({section_order(section_of(text_field(job->job, "state"))), job->job.value("order", qint64{1} << 40), job.key()});
  }
  std::ranges::sort(keys,
                    [](const Key& a, const Key& b) { return std::tie(a.section, a.order, a.id) < std::tie(b.section, b.order, b.id); });
  QStringList next;
  for (const Key& key : keys) next << key.id;
  if (next == ids_) {
    if (!ids_.isEmpty()) Q_EMIT dataChanged(index(0), index(count() - 1));
    return;
  }
  beginResetModel();
  ids_ = next;
  endResetModel();
  Q_EMIT countChanged();
}

QString JobListModel::summary(const JobFeed& feed) {
  int waiting = 0, held = 0;
  const JobFeed::JobNews* running = nullptr;
  for (const JobFeed::JobNews& news : feed.jobs()) {
    const QString section = section_of(text_field(news.job, "state"));
    if (section == "running"_L1)
      running = &news;
    else if (section == "next"_L1)
      ++waiting;
    else
      ++held;
  }
  QStringList parts;
  if (running != nullptr) parts << tr("“%1”: %2").arg(short_name(text_field(running->job, "prompt"), 28), job_line(*running));
  if (waiting > 0) parts << (running != nullptr ? tr("then %n more", nullptr, waiting) : tr("%n job(s) waiting", nullptr, waiting));
  if (held > 0) parts << tr("%n need(s) you", nullptr, held);
  return parts.isEmpty() ? tr("Nothing runs") : parts.join(u" · "_s);
}

}  // namespace fantascope::ui
