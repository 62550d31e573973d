#include "app/operations/internal/licence_gate.h"

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "app/library/licence_store.h"
#include "app/library/model_store.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace {

/// One name for the folder, however it was reached.
std::string folder_of(const ModelEntry& model) {
  std::error_code error;
  const auto dir = std::filesystem::weakly_canonical(model.info.dir, error);
  return error ? model.info.dir : dir.string();
}

/// "2026-11-22T08:00:00Z"
std::string utc_text(std::int64_t time_ms) {
  const std::time_t seconds = time_ms / 1000;
  std::tm time{};
  ::gmtime_r(&seconds, &time);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &time);
  return text;
}

std::string name_of(const ModelLicence& licence) {
  switch (licence.state) {
    case LicenceState::kDiffers:
      return licence.name + " is named, but a licence file holds other text";
    case LicenceState::kUnreadable:
      return licence.problem->message;
    default:
      return licence.name.empty() ? "a licence without a name" : licence.name;
  }
}

}  // namespace

std::string LicenceStanding::note(const std::string& model) const {
  if (licence.state != LicenceState::kNotStated) return {};
  return "the files of " + model + " state no licence: whoever made it can say what is allowed";
}

nlohmann::json LicenceStanding::to_json() const {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text); };
  nlohmann::json json = {
      {"licence", licence.name},
      {"licence_state", licence_state_name(licence.state)},
      {"licence_file", licence.files.empty() ? nlohmann::json(nullptr) : nlohmann::json(shown_safely(licence.files.front()))},
      {"licence_link", text_or_null(licence.link)},
      {"licence_sha256", text_or_null(licence.sha256)},
      {"licence_needs_acceptance", needs_acceptance()},
      {"licence_accepted_at", accepted_ms ? nlohmann::json(utc_text(*accepted_ms)) : nlohmann::json(nullptr)}};
  if (licence.problem) json["licence_problem"] = licence.problem->to_string();
  return json;
}

Result<LicenceStanding> licence_of(Studio& studio, const ModelEntry& model) {
  LicenceStanding standing{read_licence(model.info.dir, model.info.licence), std::nullopt};
  if (standing.licence.state == LicenceState::kFree || standing.licence.problem) return standing;
  FANTASCOPE_TRY(Database* const database, studio.library_if_any());
  if (database == nullptr) return standing;
  FANTASCOPE_TRY(standing.accepted_ms, LicenceStore(*database).accepted_ms(folder_of(model), standing.licence.sha256));
  return standing;
}

std::optional<Error> LicenceStanding::refusal(const ModelEntry& model) const {
  if (!needs_acceptance()) return std::nullopt;
  const std::string name = model.origin == "given" ? model.info.dir : model.info.name;
  const std::string hint = licence.problem ? licence.problem->hint
                                           : "Read it with fantascope models licence " + name +
                                                 ", then accept it with fantascope models accept " + name + ", or in the window: Models";
  return Error{ErrorCode::kInvalidArgument,
               "the licence of the model " + model.info.name + " is not accepted yet",
               "model",
               name_of(licence),
               "a licence that was accepted",
               hint};
}

Result<LicenceStanding> require_licence(Studio& studio, const ModelEntry& model) {
  FANTASCOPE_TRY(LicenceStanding standing, licence_of(studio, model));
  if (auto refusal = standing.refusal(model)) return *std::move(refusal);
  return standing;
}

Result<void> require_order_model(Studio& studio, const JobOrder& order) {
  if (order.linked) {
    FANTASCOPE_TRY(Database* const database, studio.library());
    FANTASCOPE_TRY(const std::vector<std::string> links, ModelStore(*database).links());
    if (std::find(links.begin(), links.end(), order.model_dir) == links.end())
      return Error{ErrorCode::kNotFound,
                   "the model " + order.recipe.model + " was unlinked after this job was made",
                   "model",
                   order.model_dir,
                   "a linked model",
                   "Link its folder again with fantascope models add, or in the window: Models; then retry the job"};
  }
  FANTASCOPE_TRY(const ModelEntry model, describe_model(studio, order.model_dir, order.linked ? "linked" : "given"));
  FANTASCOPE_TRY_VOID(require_licence(studio, model));
  return {};
}

Result<LicenceStanding> accept_licence(Studio& studio, const ModelEntry& model, const std::string& licence_sha256) {
  FANTASCOPE_TRY(LicenceStanding standing, licence_of(studio, model));
  if (standing.licence.problem) return *standing.licence.problem;
  if (!licence_sha256.empty() && licence_sha256 != standing.licence.sha256)
    return Error{
        ErrorCode::kMismatch,         "the licence's text was changed since it was shown",          model.info.dir, standing.licence.sha256,
        licence_sha256.substr(0, 64), "Read it again: fantascope models licence " + model.info.name};
  if (!standing.needs_acceptance()) return standing;
  FANTASCOPE_TRY(Database* const database, studio.library());
  FANTASCOPE_TRY_VOID(LicenceStore(*database).accept(folder_of(model), standing.licence.sha256, standing.licence.name));
  return licence_of(studio, model);
}

}  // namespace fantascope
