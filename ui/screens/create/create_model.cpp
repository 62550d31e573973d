#include "ui/screens/create/create_model.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>
#include <QRandomGenerator>
#include <algorithm>
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
    putModels(to_variant((*answer)["models"]).toList());
    if (models_.isEmpty()) return;
    if (first_start_ && shot_id_.isEmpty()) start(false);
  });
  context_.operations.ask(Lane::kQuick, "view operations", json::object(), this, [this](Result<json> answer) {
    const json fields = answer ? answer->value("queue add", json::array()) : json::array();
    sketch_reason_ = std::ranges::find(fields, "sketch") != fields.end() ? QString() : tr("Sketches are not in this build yet.");
    Q_EMIT modelsChanged();
  });
}

void CreateModel::putModels(const QVariantList& models) {
  models_ = models;
  if (models_.isEmpty()) return;
  if (chosen().value(u"name"_s) != modelName() || frames() == 0) applyModelDefaults();
  Q_EMIT modelsChanged();
  Q_EMIT formChanged();
  estimate();
}

/// Models may have been linked, unlinked or accepted since.
void CreateModel::refreshModels() {
  if (models_.isEmpty()) return;
  context_.operations.ask(Lane::kQuick, "models list", json::object(), this, [this](Result<json> answer) {
    if (!answer || !answer->contains("models")) return;
    const QVariantList models = to_variant((*answer)["models"]).toList();
    if (!models.isEmpty() && models != models_) putModels(models);
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
  refreshModels();
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
