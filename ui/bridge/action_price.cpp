#include "ui/bridge/action_price.h"

#include <QLocale>
#include <utility>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr int kAskAfter_ms = 150;

double number(const json& answer, const char* name) {
  const auto found = answer.find(name);
  return found != answer.end() && found->is_number() ? found->get<double>() : 0.0;
}

std::uint64_t bytes(const json& answer, const char* name) { return answer.value(name, std::uint64_t{0}); }

// How many jobs are made before a new one: those that run or wait, not those that are paused or need a person.
int jobs_before(const JobFeed& jobs) {
  int count = 0;
  for (const auto& open : jobs.jobs()) {
    const QString state = text_field(open.job, "state");
    count += state == "queued"_L1 || state == "running"_L1;
  }
  return count;
}

}  // namespace

LicenceProblem licence_problem(const json& answer) {
  if (!answer.value("licence_needs_acceptance", false)) return {};
  return {ActionPrice::tr("The licence of %1 is not accepted yet.").arg(text_field(answer, "model")),
          ActionPrice::tr("Nothing is made with a model before that. Models shows its terms.")};
}

QString short_price(const json& answer) {
  return answer.value("measured", false) ? u"~"_s + rounded_time(number(answer, "total_s")) : QString();
}

QString price_time(const json& answer) {
  if (!answer.value("measured", false)) return ActionPrice::tr("No runs like this here yet: the first one teaches the time.");
  const double total = number(answer, "total_s");
  const QString least = rounded_time(number(answer, "total_s_min")), most = rounded_time(number(answer, "total_s_max"));
  return total < 10 ? ActionPrice::tr("A few seconds (%1 to %2), measured here").arg(least, most)
                    : ActionPrice::tr("About %1 (%2 to %3), measured here").arg(rounded_time(total), least, most);
}

QString price_space(const json& answer) {
  return ActionPrice::tr("Memory %1 of %2 · disk %3")
      .arg(bytes_text(bytes(answer, "memory_bytes_min")), bytes_text(bytes(answer, "available_memory_bytes")),
           bytes_text(bytes(answer, "disk_bytes")));
}

QString price_verdict(const json& answer, const JobFeed& jobs) {
  const std::uint64_t needed = bytes(answer, "memory_bytes_min"), available = bytes(answer, "available_memory_bytes");
  if (!answer.value("fits", true)) {
    return needed > available ? ActionPrice::tr("Does not fit in memory: needs %1, %2 free.").arg(bytes_text(needed), bytes_text(available))
                              : ActionPrice::tr("Does not fit on the disk: needs %1 and what is kept free, %2 free.")
                                    .arg(bytes_text(bytes(answer, "disk_bytes")), bytes_text(bytes(answer, "free_bytes")));
  }
  if (text_field(answer, "action") == "reproduce"_L1) return ActionPrice::tr("Fits.");
  const int waiting = jobs_before(jobs);
  return waiting == 0 ? ActionPrice::tr("Fits. Starts at once.") : ActionPrice::tr("Fits. Starts after %n job(s).", nullptr, waiting);
}

ActionPrice::ActionPrice(StudioContext& context, QObject* parent) : QObject(parent), context_(context) {
  timer_.setSingleShot(true);
  timer_.setInterval(kAskAfter_ms);
  connect(&timer_, &QTimer::timeout, this, &ActionPrice::send);
}

void ActionPrice::ask(const char* operation, json arguments) {
  ++generation_;
  if (operation_ != operation || arguments_.value("take", "") != arguments.value("take", "")) forget();  // of something else
  operation_ = operation;
  arguments_ = std::move(arguments);
  arguments_["estimate"] = true;
  fresh_ = false;
  timer_.start();
  Q_EMIT changed();
}

void ActionPrice::refuse(const QString& problem) {
  ++generation_;
  timer_.stop();
  problem_ = problem;
  cause_.clear();
  fresh_ = true;
  Q_EMIT changed();
}

void ActionPrice::clear() {
  ++generation_;
  timer_.stop();
  operation_.clear();
  forget();
  Q_EMIT changed();
}

void ActionPrice::forget() {
  for (QString* text : {&time_, &short_time_, &extent_, &space_, &verdict_, &length_, &problem_, &cause_}) text->clear();
  fits_ = true;
  fresh_ = false;
}

void ActionPrice::send() {
  const int generation = generation_;
  context_.operations.ask(Lane::kEstimate, operation_, arguments_, this, [this, generation](Result<json> answer) {
    if (generation != generation_) return;
    fresh_ = true;
    const LicenceProblem licence = answer ? licence_problem(*answer) : LicenceProblem();
    const ErrorText error = answer ? ErrorText{licence.title, licence.cause} : error_text(answer.error());
    problem_ = error.title;
    cause_ = error.cause;
    if (problem_.isEmpty()) {
      show(*answer);
    } else {
      short_time_.clear();  // no price on a button that would be refused
    }
    Q_EMIT changed();
  });
}

void ActionPrice::show(const json& answer) {
  short_time_ = short_price(answer);
  time_ = price_time(answer);
  const json run = answer.value("run", json::object());
  const int steps = run.value("steps", 0), all = run.value("all_steps", 0), windows = run.value("windows", 1);
  const QString action = text_field(answer, "action");
  length_ = QLocale().toString(number(answer, "duration_s"), 'f', 2);
  extent_ = action == "finish"_L1  ? tr("%1 of %2 steps are left.").arg(steps).arg(all)
            : action == "remix"_L1 ? tr("Runs %1 of %2 steps.").arg(steps).arg(answer.value("steps", 0) * windows)
            : action == "extend"_L1
                ? tr("The clip becomes %1 long: %2 frames.").arg(length_text(number(answer, "duration_s"))).arg(answer.value("frames", 0))
                : QString();
  if (windows > 1) extent_ += (extent_.isEmpty() ? QString() : u" "_s) + tr("Made in %n stretch(es).", nullptr, windows);
  space_ = price_space(answer);
  fits_ = answer.value("fits", true);
  verdict_ = price_verdict(answer, context_.jobs);
}

QString ActionPrice::summary() const {
  QStringList lines;
  for (const QString& line : problem_.isEmpty() ? QStringList{time_, extent_, space_, verdict_} : QStringList{problem_, cause_})
    if (!line.isEmpty()) lines << line;
  return lines.join(u'\n');
}

}  // namespace fantascope::ui
