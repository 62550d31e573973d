// What the clip would cost, whether it fits, and whether it is there already: asked for as one types.
#include "ui/screens/create/create_model.h"

#include <utility>

#include "ui/bridge/action_price.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

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
    if (const LicenceProblem licence = licence_problem(*answer); !licence.title.isEmpty())
      problem_ = {{u"title"_s, licence.title}, {u"cause"_s, licence.cause}, {u"route"_s, u"models"_s}};
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

void CreateModel::solveProblem() {
  if (const QString route = problem_.value(u"route"_s).toString(); !route.isEmpty()) context_.navigator.go(route);
}

void CreateModel::showEstimate(const json& answer) {
  fits_ = answer.value("fits", true);
  time_ = price_time(answer);
  space_ = price_space(answer);
  verdict_ = price_verdict(answer, context_.jobs);
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

}  // namespace fantascope::ui
