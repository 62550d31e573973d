#include "ui/screens/create/create_model.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>
#include <QRandomGenerator>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/projects.h"
#include "ui/bridge/undo_stack.h"
#include "ui/bridge/wording.h"
#include "ui/screens/create/prompt_builder.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr int kEstimateAfter_ms = 150;
constexpr char kFirstPrompt[] = "A red ball bounces across a checkered floor at sunset, slow pan left";

/// The multiple of `unit` nearest to `value`, within the limits.
int nearest(double value, int unit, int least, int most) {
  return std::clamp(static_cast<int>(std::lround(value / unit)) * unit, (least + unit - 1) / unit * unit, most / unit * unit);
}

double rate_of(const QString& fps) {
  const QStringList parts = fps.split(QLatin1Char('/'));
  const double rate = parts.size() == 2 ? parts[0].toDouble() / std::max(1.0, parts[1].toDouble()) : fps.toDouble();
  return rate > 0 ? rate : 24;
}

}  // namespace

CreateModel::CreateModel(StudioContext& context, QObject* parent)
    : QObject(parent), context_(context), job_list_(context), take_list_(context) {
  job_list_.setOnlyThese(true);
  estimate_timer_.setSingleShot(true);
  estimate_timer_.setInterval(kEstimateAfter_ms);
  connect(&estimate_timer_, &QTimer::timeout, this, &CreateModel::estimate);
  connect(&context_.navigator, &Navigator::routeChanged, this, &CreateModel::followRoute);
  connect(&context_.operations, &Operations::readyChanged, this, &CreateModel::loadModels);
  connect(&context_.projects, &Projects::currentChanged, this, &CreateModel::leaveShot);
  // What waits before this clip, and what was learnt from the last one, is part of the estimate.
  connect(&context_.jobs, &JobFeed::jobsReset, &estimate_timer_, qOverload<>(&QTimer::start));
  form_ = context_.preferences.value(u"form"_s).toMap();
  project_id_ = context_.projects.currentId();
  shot_id_ = context_.preferences.value(u"shot"_s).toString();
  shot_name_ = context_.preferences.value(u"shot_name"_s).toString();
  job_list_.setJobIds(context_.preferences.value(u"shot_jobs"_s).toStringList());
  if (context_.preferences.isFirstStart() && prompt().isEmpty()) {
    first_start_ = true;
    form_.insert(u"prompt"_s, QString::fromLatin1(kFirstPrompt));
    context_.preferences.setValue(u"form"_s, form_);
  }
  take_list_.setShotId(shot_id_.isEmpty() ? u"none"_s : shot_id_);
  time_ = tr("Loading the engine");
  if (context_.operations.ready()) loadModels();
  followRoute();
}

QVariantList CreateModel::parts() const { return prompt_parts(); }

void CreateModel::set(const char* field, const QVariant& value) {
  const QString name = QString::fromLatin1(field);
  if (form_.value(name) == value) return;
  form_.insert(name, value);
  context_.preferences.setValue(u"form"_s, form_);
  fresh_ = false;
  estimate_timer_.start();
  Q_EMIT formChanged();
  Q_EMIT estimateChanged();
}

void CreateModel::setAll(const QVariantMap& fields, const QString& undo_text) {
  const QVariantMap before = form_;
  QVariantMap after = form_;
  after.insert(fields);
  const auto put = [this](const QVariantMap& form) {
    form_ = form;
    context_.preferences.setValue(u"form"_s, form_);
    fresh_ = false;
    estimate_timer_.start();
    Q_EMIT formChanged();
    Q_EMIT modelsChanged();
    Q_EMIT estimateChanged();
  };
  context_.undo.push(
      undo_text, [put, after] { put(after); }, [put, before] { put(before); });
}

QVariantMap CreateModel::chosen() const {
  for (const QVariant& model : models_)
    if (model.toMap().value(u"name"_s) == modelName()) return model.toMap();
  return models_.isEmpty() ? QVariantMap() : models_.front().toMap();
}

void CreateModel::loadModels() {
  context_.operations.ask(Lane::kQuick, "models list", json::object(), this, [this](Result<json> answer) {
    if (!answer) {
      problem_ = {{u"title"_s, error_text(answer.error()).title}, {u"cause"_s, error_text(answer.error()).cause}};
      Q_EMIT estimateChanged();
      return;
    }
    models_ = to_variant((*answer)["models"]).toList();
    if (models_.isEmpty()) return;
    if (chosen().value(u"name"_s) != modelName() || frames() == 0) applyModelDefaults();
    Q_EMIT modelsChanged();
    Q_EMIT formChanged();
    estimate();
    if (first_start_ && shot_id_.isEmpty()) start(false);
  });
  context_.operations.ask(Lane::kQuick, "view operations", json::object(), this, [this](Result<json> answer) {
    const json fields = answer ? answer->value("queue add", json::array()) : json::array();
    sketch_reason_ = std::ranges::find(fields, "sketch") != fields.end() ? QString() : tr("Sketches are not in this build yet.");
    Q_EMIT modelsChanged();
  });
}

void CreateModel::applyModelDefaults() {
  const QVariantMap model = chosen(), defaults = model.value(u"defaults"_s).toMap();
  form_.insert(u"model"_s, model.value(u"name"_s));
  for (const QString& field : {u"size"_s, u"frames"_s, u"fps"_s, u"steps"_s, u"guidance"_s}) form_.insert(field, defaults.value(field));
}

void CreateModel::setModelName(const QString& name) {
  if (name == modelName()) return;
  form_.insert(u"model"_s, name);
  applyModelDefaults();
  context_.preferences.setValue(u"form"_s, form_);
  fresh_ = false;
  estimate_timer_.start();
  Q_EMIT modelsChanged();
  Q_EMIT formChanged();
  Q_EMIT estimateChanged();
}

void CreateModel::setSeed(const QString& seed) {
  QString digits;
  for (const QChar c : seed)
    if (c.isDigit()) digits += c;
  set("seed", digits.left(18));
}

void CreateModel::newSeed() {
  set("seed", QString::number(QRandomGenerator::global()->generate()));
  set("seed_locked", true);
}

QVariantList CreateModel::sizes() const {
  const QVariantMap model = chosen();
  const int unit = std::max(1, model.value(u"size_multiple"_s, 32).toInt());
  const int least = model.value(u"size_min"_s, unit).toInt(), most = model.value(u"size_max"_s, 4096).toInt();
  const QStringList usual = model.value(u"defaults"_s).toMap().value(u"size"_s, u"192x128"_s).toString().split(QLatin1Char('x'));
  const double area = usual.size() == 2 ? usual[0].toDouble() * usual[1].toDouble() : 192 * 128;
  QVariantList rows;
  QStringList seen;
  const auto add = [&](const QString& value, const QString& shape) {
    if (seen.contains(value)) return;
    seen << value;
    rows << QVariantMap{{u"value"_s, value},
                        {u"text"_s, QString(value).replace(QLatin1Char('x'), u'×') + (shape.isEmpty() ? QString() : u"  "_s + shape)}};
  };
  if (usual.size() == 2) add(usual.join(QLatin1Char('x')), tr("usual"));
  struct Shape {
    double ratio;
    QString name;
  };
  for (const double scale : {1.0, 1.8}) {
    for (const Shape& shape : {Shape{16.0 / 9, tr("wide")}, Shape{3.0 / 2, u"3:2"_s}, Shape{1.0, tr("square")}, Shape{2.0 / 3, u"2:3"_s},
                               Shape{9.0 / 16, tr("tall")}}) {
      const int width = nearest(std::sqrt(area * scale * shape.ratio), unit, least, most),
                height = nearest(std::sqrt(area * scale / shape.ratio), unit, least, most);
      add(u"%1x%2"_s.arg(width).arg(height), shape.name);
    }
  }
  if (!size().isEmpty()) add(size(), {});
  return rows;
}

QVariantList CreateModel::lengths() const {
  const QVariantMap model = chosen();
  const int unit = std::max(1, model.value(u"frames_multiple"_s, 8).toInt()), most = model.value(u"frames_max"_s, 257).toInt();
  const double rate = rate_of(fps());
  QVariantList rows;
  QList<int> seen;
  const auto add = [&](int count) {
    if (count < 1 || count > most || seen.contains(count)) return;
    seen << count;
    rows << QVariantMap{{u"value"_s, count}, {u"text"_s, length_text(count / rate) + u" · "_s + tr("%n frame(s)", nullptr, count)}};
  };
  for (const double seconds : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 8.0, 10.0})
    add(static_cast<int>(std::lround(seconds * rate / unit)) * unit + 1);
  add(model.value(u"defaults"_s).toMap().value(u"frames"_s).toInt());
  add(frames());
  std::ranges::sort(rows, {}, [](const QVariant& row) { return row.toMap().value(u"value"_s).toInt(); });
  return rows;
}

QStringList CreateModel::rates() const {
  QStringList rates = {chosen().value(u"defaults"_s).toMap().value(u"fps"_s, u"24"_s).toString()};
  for (const QString& rate : {u"12"_s, u"16"_s, u"24000/1001"_s, u"24"_s, u"25"_s, u"30"_s, fps()})
    if (!rate.isEmpty() && !rates.contains(rate)) rates << rate;
  return rates;
}

json CreateModel::request() const {
  json arguments = {{"prompt", prompt().toStdString()}};
  const auto text = [&](const char* name, const QString& value) {
    if (!value.isEmpty()) arguments[name] = value.toStdString();
  };
  text("model", modelName());
  text("size", size());
  text("fps", fps());
  text("negative", negative().trimmed());
  text("image", firstImage());
  text("last_image", lastImage());
  if (frames() > 0) arguments["frames"] = frames();
  if (steps() > 0) arguments["steps"] = steps();
  if (guidance() > 0) arguments["guidance"] = guidance();
  if (seedLocked() && !seed().isEmpty()) arguments["seed"] = seed().toLongLong();
  if (takes() > 1) arguments["takes"] = takes();
  return arguments;
}

void CreateModel::estimate() {
  if (models_.isEmpty()) return;
  const int generation = ++generation_;
  json arguments = request();
  const bool no_prompt = prompt().trimmed().isEmpty();
  if (no_prompt) arguments["prompt"] = "x";  // what it costs does not depend on the words
  context_.operations.ask(Lane::kEstimate, "estimate", std::move(arguments), this, [this, generation](Result<json> answer) {
    if (generation != generation_) return;
    fresh_ = true;
    problem_.clear();
    if (!answer) {
      const ErrorText error = error_text(answer.error());
      problem_ = {
          {u"title"_s, error.title}, {u"cause"_s, error.cause}, {u"remedy"_s, error.remedy}, {u"snap"_s, !answer.error().allowed.empty()}};
      Q_EMIT estimateChanged();
      return;
    }
    showEstimate(*answer);
    findSameTake(generation);
  });
}

void CreateModel::findSameTake(int generation) {
  if (!seedLocked() || takes() > 1 || prompt().trimmed().isEmpty()) return;
  const json asked = request();
  context_.operations.ask(Lane::kEstimate, "view same take", asked, this, [this, asked, generation](Result<json> answer) {
    if (generation != generation_) return;
    same_take_.clear();
    same_request_ = asked;
    if (!answer || !answer->contains("take_id")) return Q_EMIT estimateChanged();
    const QString id = text_field(*answer, "take_id"), shot = text_field(*answer, "shot_id");
    const int row = take_list_.rowOf(id);
    same_take_ = row >= 0 ? tr("This take exists (take %1).").arg(take_list_.count() - row) : tr("This take exists in the library.");
    same_route_ = u"shot/%1?takes=%2&view=one"_s.arg(shot.isEmpty() ? u"none"_s : shot, id);
    Q_EMIT estimateChanged();
  });
}

QString CreateModel::sameTake() const { return same_request_ == request() ? same_take_ : QString(); }

void CreateModel::showSameTake() {
  if (!sameTake().isEmpty()) context_.navigator.go(same_route_);
}

void CreateModel::showEstimate(const json& answer) {
  fits_ = answer.value("fits", true);
  const auto number = [&answer](const char* name) {
    return answer.contains(name) && answer[name].is_number() ? answer[name].get<double>() : 0.0;
  };
  const double least = number("total_s_min"), most = number("total_s_max"), total = number("total_s");
  short_time_.clear();
  if (answer.value("measured", false)) {
    time_ = total < 10 ? tr("A few seconds (%1 to %2), measured here").arg(rounded_time(least), rounded_time(most))
                       : tr("About %1 (%2 to %3), measured here").arg(rounded_time(total), rounded_time(least), rounded_time(most));
    short_time_ = total < 10 ? QString() : rounded_time(total);
  } else {
    time_ = tr("No runs like this here yet: the first one teaches the time.");
  }
  space_ = tr("Memory %1 of %2 · disk %3")
               .arg(bytes_text(answer.value("memory_bytes_min", std::uint64_t{0})),
                    bytes_text(answer.value("available_memory_bytes", std::uint64_t{0})),
                    bytes_text(answer.value("disk_bytes", std::uint64_t{0})));
  verdict_ =
      fits_ ? (context_.jobs.jobs().isEmpty() ? tr("Fits. Starts at once.")
                                              : tr("Fits. Starts after %n job(s).", nullptr, static_cast<int>(context_.jobs.jobs().size())))
            : tr("Does not fit: %1")
                  .arg(answer.contains("notes") && !answer["notes"].empty()
                           ? QString::fromStdString(answer["notes"].back().get<std::string>())
                           : QString());
  Q_EMIT estimateChanged();
}

QString CreateModel::generateText() const { return takes() > 1 ? tr("Generate ×%1").arg(takes()) : tr("Generate"); }

void CreateModel::snap() {
  json arguments = request();
  if (prompt().trimmed().isEmpty()) arguments["prompt"] = "x";
  arguments["snap"] = true;
  context_.operations.ask(Lane::kEstimate, "estimate", std::move(arguments), this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    setAll({{u"size"_s, text_field(*answer, "size")}, {u"frames"_s, (*answer)["frames"].get<int>()}}, tr("nearest allowed values"));
  });
}

void CreateModel::addPhrase(const QString& phrase) {
  const QString after = with_phrase(prompt(), phrase);
  if (after != prompt()) setAll({{u"prompt"_s, after}}, tr("add “%1”").arg(phrase));
}

void CreateModel::start(bool sketch) {
  if (sketch && !sketch_reason_.isEmpty()) return context_.notices.say(sketch_reason_);
  if (starting_ || prompt().trimmed().isEmpty()) {
    if (!starting_) Q_EMIT promptWanted();
    return;
  }
  json arguments = request();
  if (sketch) {
    arguments["sketch"] = true;
    arguments["takes"] = sketches();
  }
  starting_ = true;
  if (!shot_id_.isEmpty()) return addJobs(std::move(arguments));
  const QString name = short_name(prompt());
  context_.operations.ask(Lane::kQuick, "put shot",
                          {{"name", name.toStdString()},
                           {"prompt", prompt().toStdString()},
                           {"form", to_json(form_)},
                           {"project_id", context_.projects.currentId().toStdString()}},
                          this, [this, arguments, name](Result<json> answer) {
                            if (!answer) {
                              starting_ = false;
                              return context_.notices.showError(answer.error());
                            }
                            shot_id_ = text_field(*answer, "shot_id");
                            shot_name_ = name;
                            context_.preferences.setValue(u"shot"_s, shot_id_);
                            context_.preferences.setValue(u"shot_name"_s, shot_name_);
                            take_list_.setShotId(shot_id_);
                            Q_EMIT shotChanged();
                            addJobs(arguments);
                          });
}

void CreateModel::addJobs(json arguments) {
  context_.operations.ask(Lane::kQuick, "queue add", std::move(arguments), this, [this](Result<json> answer) {
    starting_ = false;
    if (!answer) return context_.notices.showError(answer.error());
    attach((*answer)["jobs"]);
    estimate_timer_.start();
  });
}

void CreateModel::attach(const json& jobs) {
  QStringList ids = job_list_.jobIds();
  json attached = json::array();
  for (const json& job : jobs) {
    ids << text_field(job, "job_id");
    attached.push_back(job["job_id"]);
    context_.jobs.on_job(job);
  }
  if (!seedLocked() && !jobs.empty() && jobs[0].contains("seed")) {
    form_.insert(u"seed"_s, QString::number(jobs[0]["seed"].get<qulonglong>()));
    Q_EMIT formChanged();
  }
  while (ids.size() > 200) ids.removeFirst();
  job_list_.setJobIds(ids);
  context_.preferences.setValue(u"shot_jobs"_s, ids);
  context_.operations.ask(Lane::kQuick, "attach jobs", {{"shot_id", shot_id_.toStdString()}, {"jobs", attached}}, this,
                          [this](Result<json> answer) {
                            if (!answer) return context_.notices.showError(answer.error());
                            take_list_.refresh();
                          });
}

/// What is made next is a shot of its own, of the project that is open now; the form stays as it is.
void CreateModel::leaveShot() {
  const QString id = context_.projects.currentId();
  if (std::exchange(project_id_, id) == id) return;  // it got another name
  forgetShot();
  Q_EMIT shotChanged();
}

void CreateModel::forgetShot() {
  shot_id_.clear();
  shot_name_.clear();
  job_list_.setJobIds({});
  take_list_.setShotId(u"none"_s);
  context_.preferences.setValue(u"shot"_s, QString());
  context_.preferences.setValue(u"shot_jobs"_s, QStringList());
}

void CreateModel::newShot() {
  first_start_ = false;
  forgetShot();
  setAll({{u"prompt"_s, QString()}, {u"image"_s, QString()}, {u"last_image"_s, QString()}}, tr("new shot"));
  Q_EMIT shotChanged();
  Q_EMIT promptWanted();
}

void CreateModel::takeRequest(const QString& takeId) {
  context_.operations.ask(Lane::kQuick, "view take", {{"take_id", takeId.toStdString()}}, this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    const json& take = *answer;
    setAll({{u"prompt"_s, text_field(take, "prompt")},
            {u"model"_s, text_field(take, "model")},
            {u"size"_s, text_field(take, "size")},
            {u"frames"_s, take["frames"].get<int>()},
            {u"fps"_s, text_field(take, "fps")},
            {u"seed"_s, QString::number(take["seed"].get<qlonglong>())},
            {u"seed_locked"_s, true},
            {u"steps"_s, take["recipe"].value("steps", steps())}},
           tr("the request of a take"));
  });
}

void CreateModel::changeJob(const char* operation, const QString& jobId) {
  context_.operations.ask(Lane::kQuick, operation, {{"job", jobId.toStdString()}}, this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    if (answer->contains("job_id")) context_.jobs.on_job(*answer);
  });
}

void CreateModel::finish(const QString& takeId) {
  context_.operations.ask(Lane::kQuick, "queue finish", {{"take", takeId.toStdString()}}, this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    attach((*answer)["jobs"]);
  });
}

QString CreateModel::smallerSize(const QString& size) const {
  const QStringList sides = size.split(QLatin1Char('x'));
  const QVariantMap model = chosen();
  const int unit = std::max(1, model.value(u"size_multiple"_s, 32).toInt()), least = model.value(u"size_min"_s, unit).toInt();
  const int most = model.value(u"size_max"_s, 4096).toInt();
  if (sides.size() != 2) return size;
  const auto side = [&](const QString& text) { return nearest(text.toInt() / std::sqrt(2.0), unit, least, most); };
  return u"%1x%2"_s.arg(side(sides[0])).arg(side(sides[1]));
}

void CreateModel::jobRequest(const QString& jobId, bool smaller) {
  const auto found = context_.jobs.jobs().constFind(jobId);
  if (found == context_.jobs.jobs().constEnd()) return context_.notices.say(tr("This job is no longer in the queue."));
  const json& job = found->job;
  const QString size = text_field(job, "size");
  QVariantMap fields = {{u"prompt"_s, text_field(job, "prompt")},
                        {u"model"_s, text_field(job, "model")},
                        {u"size"_s, smaller ? smallerSize(size) : size},
                        {u"frames"_s, job.value("frames", frames())},
                        {u"fps"_s, text_field(job, "fps")},
                        {u"seed"_s, QString::number(job.value("seed", qulonglong{0}))},
                        {u"seed_locked"_s, true},
                        {u"negative"_s, text_field(job, "negative")},
                        {u"steps"_s, job.value("steps", steps())},
                        {u"guidance"_s, job.value("guidance", guidance())}};
  setAll(fields, tr("the request of a job"));
}

void CreateModel::openGrid() {
  if (!shot_id_.isEmpty()) context_.navigator.go(u"shot/%1?view=grid"_s.arg(shot_id_));
}

void CreateModel::openShot() {
  if (!shot_id_.isEmpty()) context_.navigator.go(u"shot/"_s + shot_id_);
}

QString CreateModel::refusal(const QString& file) const {
  static const QStringList kPictures = {u"png"_s, u"jpg"_s, u"jpeg"_s, u"webp"_s};
  const QString kind = QFileInfo(file).suffix().toLower();
  return kPictures.contains(kind) ? QString()
                                  : tr("%1 cannot use a reference of this kind: PNG, JPEG or WebP pictures only").arg(modelName());
}

void CreateModel::followRoute() {
  if (context_.navigator.screen() != "create"_L1) return;
  const QVariantMap query = context_.navigator.query();
  if (const QString take = query.value(u"take"_s).toString(); !take.isEmpty()) takeRequest(take);
  if (const QString job = query.value(u"job"_s).toString(); !job.isEmpty()) jobRequest(job, query.value(u"size"_s) == "smaller"_L1);
  const QString image = query.value(u"image"_s).toString();
  // "clip=new" once: coming back here later must not empty the shot again.
  if (query.value(u"clip"_s) == "new"_L1) {
    newShot();
    setAll({{u"prompt"_s, query.value(u"prompt"_s)}, {u"image"_s, image}}, tr("a frame as the start"));
    context_.navigator.replaceQuery({});
  } else if (!image.isEmpty()) {
    setFirstImage(image);
  }
}

}  // namespace fantascope::ui
