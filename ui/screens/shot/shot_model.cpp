#include "ui/screens/shot/shot_model.h"

#include <QLocale>
#include <algorithm>
#include <optional>
#include <utility>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/wording.h"
#include "ui/screens/shot/measure_words.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

QString id_of(const QVariantMap& take) { return take.value(u"takeId"_s).toString(); }

/// "24" or "24000/1001"; 0 if neither.
double rate_of(const QVariantMap& take) {
  const QStringList parts = take.value(u"fps"_s).toString().split(QLatin1Char('/'));
  const double over = parts.size() > 1 ? parts[1].toDouble() : 1;
  return over > 0 ? parts[0].toDouble() / over : 0;
}

/// What something costs does not depend on the words.
constexpr char kAnyWords[] = "x";

/// As people type them: "6.5", "6,5". Empty: no number above 0.
std::optional<double> seconds_of(const QString& text) {
  bool good = false;
  const double seconds = text.trimmed().replace(QLatin1Char(','), QLatin1Char('.')).toDouble(&good);
  return good && seconds > 0 && seconds <= 3600 ? std::optional(seconds) : std::nullopt;
}

}  // namespace

ShotModel::ShotModel(StudioContext& context, QObject* parent)
    : QObject(parent),
      context_(context),
      take_list_(context),
      lineage_(context),
      grid_(context),
      price_(context),
      finish_price_(context),
      reproduce_price_(context) {
  connect(&context.navigator, &Navigator::routeChanged, this, &ShotModel::followRoute);
  connect(&take_list_, &TakeListModel::refreshed, this, &ShotModel::load);
  connect(&grid_, &SketchGrid::changed, this, &ShotModel::followFinished);
  connect(&range_, &ClipRange::changed, this, &ShotModel::retakeChanged);
  connect(this, &ShotModel::shownChanged, this, &ShotModel::retakeChanged);
  connect(this, &ShotModel::possibleChanged, this, &ShotModel::retakeChanged);
  context.operations.ask(Lane::kQuick, "view operations", json::object(), this, [this](Result<json> answer) {
    const auto reason = [&](const char* name) { return answer && answer->contains(name) ? QString() : tr("Not in this build yet."); };
    finish_reason_ = reason("finish");
    extend_reason_ = reason("extend");
    remix_reason_ = reason("remix");
    retake_reason_ = reason("retake");
    Q_EMIT possibleChanged();
    Q_EMIT shownChanged();
  });
  followRoute();
}

void ShotModel::followRoute() {
  if (context_.navigator.screen() != "shot"_L1) return;
  const QStringList ids = context_.navigator.query().value(u"takes"_s).toString().split(QLatin1Char(','), Qt::SkipEmptyParts);
  const QString shot = context_.navigator.subject();
  const QString view = context_.navigator.query().value(u"view"_s).toString();
  if (!view.isEmpty()) view_ = view;
  id_a_ = ids.value(0);
  id_b_ = ids.value(1);
  focus_b_ = !id_b_.isEmpty() && focus_b_;
  if (std::exchange(shot_, shot) != shot) range_.clear();
  take_list_.setShotId(shot);
  grid_.setShot(shot);
  load();
}

void ShotModel::load() {
  if (context_.navigator.screen() != "shot"_L1) return;
  if (id_a_.isEmpty() && take_list_.count() > 0) {
    // A shot opened without naming takes shows the two newest.
    const QString first = take_list_.get(0).value(u"takeId"_s).toString();
    if (first.isEmpty()) return;
    id_a_ = first;
    id_b_ = take_list_.count() > 1 ? take_list_.get(1).value(u"takeId"_s).toString() : QString();
    if (!id_b_.isEmpty()) std::swap(id_a_, id_b_);
    if (isGrid()) id_b_.clear();
  }
  const int generation = ++generation_;
  const auto fetch = [this, generation](const QString& id, bool is_b) {
    QVariantMap& slot = is_b ? take_b_ : take_a_;
    if (id.isEmpty()) {
      slot.clear();
      return;
    }
    context_.operations.ask(
        Lane::kQuick, "view take", {{"take_id", id.toStdString()}}, this, [this, generation, is_b](Result<json> answer) {
          if (generation != generation_) return;
          if (!answer) return context_.notices.showError(answer.error());
          QVariantMap take;
          for (const char* name : {"take_id", "clip", "prompt", "keep", "size", "model", "fps", "seed"})
            take.insert(QString::fromLatin1(name), to_variant((*answer)[name]));
          take.insert(u"takeId"_s, take.value(u"take_id"_s));
          take.insert(u"sketch"_s, answer->value("sketch_steps", 0));
          take.insert(u"stars"_s, (*answer)["stars"].get<int>());
          take.insert(u"frames"_s, (*answer)["frames"].get<int>());
          take.insert(u"length"_s, length_text((*answer)["duration_s"].get<double>()));
          const json measures = answer->value("measures", json());
          take.insert(u"measured"_s, measure_summary(measures));
          take.insert(u"measuredBad"_s, measures.is_object() && !measures.value("warnings", json::array()).empty());
          if (measures.is_null()) measure(id_of(take));
          const int row = take_list_.rowOf(id_of(take));
          take.insert(u"name"_s,
                      row >= 0 ? tr("take %1").arg(take_list_.count() - row) : short_name(take.value(u"prompt"_s).toString(), 24));
          (is_b ? take_b_ : take_a_) = take;
          range_.setClip(std::max(take_a_.value(u"frames"_s).toInt(), take_b_.value(u"frames"_s).toInt()), rate_of(take_a_));
          title_ = short_name(take_a_.value(u"prompt"_s).toString(), 48);
          Q_EMIT shownChanged();
          if (is_b == focusB()) readRecipe();
        });
  };
  fetch(id_a_, false);
  fetch(id_b_, true);
  Q_EMIT shownChanged();
}

void ShotModel::putRoute() {
  QVariantMap query = {{u"takes"_s, id_b_.isEmpty() ? id_a_ : id_a_ + QLatin1Char(',') + id_b_}, {u"view"_s, view_}};
  context_.navigator.replaceQuery(query);
}

void ShotModel::setView(const QString& view) {
  view_ = view;
  if (isGrid()) {
    if (focus_b_ && !id_b_.isEmpty()) id_a_ = id_b_;
    id_b_.clear();
    focus_b_ = false;
  } else if (view != "one"_L1 && id_b_.isEmpty()) {
    // The neighbour of the reference, so that there is something to compare.
    const int row = take_list_.rowOf(id_a_);
    id_b_ = take_list_.get(row > 0 ? row - 1 : row + 1).value(u"takeId"_s).toString();
    if (id_b_.isEmpty()) context_.notices.say(tr("This shot has one take; make another to compare."));
  }
  putRoute();
  Q_EMIT shownChanged();
}

void ShotModel::show(const QString& takeId) {
  if (view_ == "one"_L1 || isGrid() || takeId == id_a_ || id_a_.isEmpty()) {
    id_a_ = takeId;
    if (id_b_ == takeId) id_b_.clear();
    focus_b_ = false;
  } else {
    id_b_ = takeId;
    focus_b_ = true;
  }
  putRoute();
}

void ShotModel::makeReference(const QString& takeId) {
  if (takeId == id_b_) id_b_ = id_a_;
  id_a_ = takeId;
  focus_b_ = false;
  putRoute();
}

void ShotModel::focusTake(bool b) {
  if (b && take_b_.isEmpty()) return;
  focus_b_ = b;
  Q_EMIT shownChanged();
  readRecipe();
}

void ShotModel::walk(int by) {
  if (isGrid()) {
    const QString next = grid_.get(grid_.rowOf(id_a_) + by).value(u"takeId"_s).toString();
    if (!next.isEmpty()) show(next);
    return;
  }
  const int row = take_list_.rowOf(focusB() || view() != "one"_L1 ? (id_b_.isEmpty() ? id_a_ : id_b_) : id_a_);
  const int next = row + by;
  if (next < 0 || next >= take_list_.count()) return;
  const QString id = take_list_.get(next).value(u"takeId"_s).toString();
  if (id == id_a_ && view() != "one"_L1) return;
  show(id);
}

void ShotModel::readRecipe() {
  const QString id = id_of(focused());
  lineage_.setTake(id);
  if (id.isEmpty()) return;
  context_.operations.ask(Lane::kQuick, "view take", {{"take_id", id.toStdString()}}, this, [this, id](Result<json> answer) {
    if (!answer || id != id_of(focused())) return;
    const json& recipe = (*answer)["recipe"];
    json shown = recipe;
    if (shown.is_object()) {
      shown.erase("weights");
      shown.erase("configs");
      shown.erase("made");
    }
    recipe_text_ = QString::fromStdString(recipe.dump(2));
    const auto text = [&recipe](const char* name) { return text_field(recipe, name); };
    const auto fact = [](const QString& name, const QString& value) { return QVariantMap{{u"name"_s, name}, {u"value"_s, value}}; };
    facts_ = {fact(tr("Model"), text("model")),
              fact(tr("Seed"), QString::number(answer->value("seed", qulonglong{0}))),
              fact(tr("Size"), text_field(*answer, "size").replace(QLatin1Char('x'), u'×')),
              fact(tr("Length"), tr("%1 · %2 frames at %3 fps")
                                     .arg(length_text(answer->value("duration_s", 0.0)))
                                     .arg(answer->value("frames", 0))
                                     .arg(text_field(*answer, "fps"))),
              fact(tr("Steps"), QString::number(recipe.value("steps", 0))),
              fact(tr("File"), bytes_text(answer->value("size_bytes", std::uint64_t{0})))};
    if (const auto timings = answer->find("timings_s"); timings != answer->end() && timings->is_object() && timings->contains("total"))
      facts_ << fact(tr("Made in"), length_text((*timings)["total"].get<double>()));
    if (const auto warnings = answer->find("warnings"); warnings != answer->end() && warnings->is_array())
      for (const json& warning : *warnings) facts_ << fact(tr("Note"), QString::fromStdString(warning.get<std::string>()));
    measures_ = measure_words(answer->value("measures", json()));
    if (reproduced_ != id) reproduce_text_.clear();
    reproduce_price_.ask("reproduce", {{"take", id.toStdString()}});
    if (finishReason().isEmpty())
      finish_price_.ask("finish", {{"take", id.toStdString()}});
    else
      finish_price_.clear();
    Q_EMIT recipeChanged();
  });
}

void ShotModel::advance() {
  if (!context_.preferences.value(u"auto_advance"_s, true).toBool()) return;
  const QString now = id_of(focused());
  const int from = take_list_.rowOf(now);
  for (int row = from + 1; row < take_list_.count(); ++row) {
    const QVariantMap take = take_list_.get(row);
    const QString id = take.value(u"takeId"_s).toString();
    if (take.value(u"keep"_s) == "draft"_L1 && id != id_a_ && id != id_b_) return show(id);
  }
}

void ShotModel::keep() {
  context_.takes.keep({id_of(focused())});
  advance();
}

void ShotModel::drop() {
  context_.takes.drop({id_of(focused())});
  advance();
}

void ShotModel::undecide() { context_.takes.undecide({id_of(focused())}); }
void ShotModel::setStars(int stars) { context_.takes.setStars({id_of(focused())}, stars); }
void ShotModel::exportTake() { context_.takes.exportTakes({id_of(focused())}); }
void ShotModel::copyRecipe() { context_.takes.copyText(recipe_text_, tr("the recipe")); }

void ShotModel::reproduce() {
  const QString id = id_of(focused());
  if (id.isEmpty() || reproducing_) return;
  reproducing_ = true;
  reproduced_ = id;
  reproduce_text_ = tr("Making it again to compare every byte …");
  Q_EMIT recipeChanged();
  context_.operations.ask(Lane::kSlow, "reproduce", {{"take", id.toStdString()}}, this, [this](Result<json> answer) {
    reproducing_ = false;
    reproduce_text_ = !answer ? error_text(answer.error()).title
                      : answer->value("ok", answer->value("equal", false))
                          ? tr("Made again: the same bytes before signing.")
                          : tr("Made again: not the same bytes. See the recipe for what differs.");
    Q_EMIT recipeChanged();
  });
}

void ShotModel::queueAction(const char* operation, const QString& takeId, json arguments, const QString& said) {
  const QString shot = context_.navigator.subject();
  arguments["take"] = takeId.toStdString();
  context_.operations.ask(Lane::kQuick, operation, std::move(arguments), this, [this, said, shot](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    context_.notices.say(said, tr("Show"), [this] { context_.navigator.go(u"queue"_s); });
    json ids = json::array();
    for (const json& job : answer->value("jobs", json::array())) {
      ids.push_back(job["job_id"]);
      context_.jobs.on_job(job);
    }
    if (shot.size() == 16 && !ids.empty())
      context_.operations.ask(Lane::kQuick, "attach jobs", {{"shot_id", shot.toStdString()}, {"jobs", ids}}, this,
                              [](const Result<json>&) {});
    Q_EMIT context_.jobs.takesChanged();
  });
}

void ShotModel::finish() {
  if (!finishReason().isEmpty()) return context_.notices.say(finishReason());
  finishTake(id_of(focused()));
}

void ShotModel::finishTake(const QString& takeId) {
  queueAction("queue finish", takeId, json::object(), tr("The sketch is being finished."));
}

/// What was finished from the sketch in focus takes its place, as it does in the grid.
void ShotModel::followFinished() {
  if (!isGrid() || context_.navigator.screen() != "shot"_L1) return;
  if (const QString shown = grid_.shownFor(id_a_); shown != id_a_) show(shown);
}

void ShotModel::openRelative(int row) {
  const QVariantMap relative = lineage_.get(row);
  const QString id = relative.value(u"takeId"_s).toString(), shot = relative.value(u"shotId"_s).toString();
  if (id.isEmpty() || relative.value(u"gone"_s).toBool()) return;
  if (take_list_.rowOf(id) >= 0) return show(id);
  context_.navigator.go(u"shot/%1?takes=%2&view=one"_s.arg(shot.isEmpty() ? u"none"_s : shot, id));
}

void ShotModel::useFrame(int frame) {
  const QString id = id_of(focused());
  if (id.isEmpty()) return;
  const json arguments = {{"take", id.toStdString()},
                          {"frame", std::clamp(frame + 1, 1, std::max(1, focused().value(u"frames"_s).toInt()))}};
  context_.operations.ask(
      Lane::kSlow, "library frame", arguments, this, [this, prompt = focused().value(u"prompt"_s)](Result<json> answer) {
        if (!answer) return context_.notices.showError(answer.error());
        Route route{u"create"_s, {}, {{u"image"_s, text_field(*answer, "path")}, {u"prompt"_s, prompt}, {u"clip"_s, u"new"_s}}};
        context_.navigator.go(route.toString());
        context_.notices.say(tr("Frame %1 is the first frame of a new clip.").arg(answer->value("frame", 0)));
      });
}

/// Takes of before measures were kept, and those whose program ended right after publishing, are measured when they are first looked at.
void ShotModel::measure(const QString& takeId) {
  if (takeId.isEmpty() || measure_asked_.contains(takeId)) return;
  measure_asked_.insert(takeId);
  context_.operations.ask(Lane::kSlow, "library measure", {{"take", takeId.toStdString()}}, this, [this](const Result<json>& answer) {
    if (answer) load();
  });
}

void ShotModel::extend(const QString& prompt, const QString& length) {
  json arguments = {{"prompt", prompt.toStdString()}};
  if (const auto seconds = seconds_of(length)) arguments["seconds"] = *seconds;
  queueAction("queue extend", id_of(focused()), std::move(arguments), tr("The take is being extended."));
}

void ShotModel::priceExtend(const QString& length) {
  json arguments = {{"take", id_of(focused()).toStdString()}, {"prompt", kAnyWords}, {"snap", true}};
  if (const auto seconds = seconds_of(length)) {
    arguments["seconds"] = *seconds;
  } else if (!length.trimmed().isEmpty()) {
    return price_.refuse(tr("This is not a length in seconds."));
  }
  price_.ask("extend", std::move(arguments));
}

void ShotModel::priceRemix(double strength) {
  price_.ask("remix", {{"take", id_of(focused()).toStdString()}, {"prompt", kAnyWords}, {"strength", strength}});
}

void ShotModel::priceRetake(bool keepSound) {
  json arguments = retakeArguments();
  arguments["keep_sound"] = keepSound;
  price_.ask("retake", std::move(arguments));
}

void ShotModel::remix(const QString& prompt, double strength) {
  queueAction("queue remix", id_of(focused()), {{"prompt", prompt.toStdString()}, {"strength", strength}}, tr("A remix is being made."));
}

QString ShotModel::retakeReason() const {
  if (!retake_reason_.isEmpty()) return retake_reason_;
  if (focused().value(u"sketch"_s).toInt() > 0) return tr("A sketch is finished before a part of it is retaken.");
  return range_.isSet() ? QString() : tr("Mark the part to retake first: I where it begins, O where it ends.");
}

json ShotModel::retakeArguments() const {
  return {{"take", id_of(focused()).toStdString()}, {"from", range_.fromSeconds()}, {"to", range_.toSeconds()}};
}

void ShotModel::wantRetake() {
  if (!retakeReason().isEmpty()) return context_.notices.say(retakeReason());
  Q_EMIT wordsWanted(u"retake"_s);
}

void ShotModel::askRetake() {
  retake_text_.clear();
  retake_problem_.clear();
  Q_EMIT retakeChanged();
  const json asked = retakeArguments();
  context_.operations.ask(Lane::kQuick, "view retake", asked, this, [this, asked](Result<json> answer) {
    if (asked != retakeArguments()) return;
    if (answer) {
      const QLocale locale;
      retake_text_ = tr("Frames %1 to %2 (%3 to %4 s) are made anew. Everything else stays as it is.")
                         .arg(answer->value("first_frame", 0))
                         .arg(answer->value("last_frame", 0))
                         .arg(locale.toString(answer->value("from", 0.0), 'f', 2), locale.toString(answer->value("to", 0.0), 'f', 2));
      if (answer->value("widened", false))
        retake_text_ += QLatin1Char(' ') + tr("The model makes frames in groups; this is the range in whole groups.");
    } else {
      const ErrorText error = error_text(answer.error());
      retake_problem_ = error.title;
    }
    Q_EMIT retakeChanged();
  });
}

void ShotModel::retake(const QString& prompt, bool keepSound) {
  json arguments = retakeArguments();
  const QString id = QString::fromStdString(arguments["take"].get<std::string>());
  arguments["prompt"] = prompt.toStdString();
  arguments["keep_sound"] = keepSound;
  queueAction("queue retake", id, std::move(arguments), tr("The range is being retaken."));
}

void ShotModel::editRequest() { context_.navigator.go(u"create?take="_s + id_of(focused())); }

void ShotModel::leave() {
  if (!context_.navigator.back()) context_.navigator.go(u"library"_s);
}

}  // namespace fantascope::ui
