#pragma once
/// Whether a model may be used: its licence needs no acceptance, or was accepted for its folder and this very text.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "app/operations/internal/job_order.h"
#include "app/operations/internal/model_catalog.h"
#include "app/operations/licence.h"

namespace fantascope {

struct LicenceStanding {
  ModelLicence licence;
  std::optional<std::int64_t> accepted_ms;
  /// Where nothing is stated there is nothing to show and to accept; note() says so.
  bool needs_acceptance() const {
    return licence.state != LicenceState::kFree && licence.state != LicenceState::kNotStated && !accepted_ms;
  }
  /// Why `model`, whose standing this is, may not be used yet; empty: it may. Names the model, its licence and what to do.
  std::optional<Error> refusal(const ModelEntry& model) const;
  /// What a person who uses the model should be told though nothing is asked; empty: nothing.
  std::string note(const std::string& model) const;
  nlohmann::json to_json() const;
};

/// Only reads; works without a library.
Result<LicenceStanding> licence_of(Studio& studio, const ModelEntry& model);
/// The same, or its refusal. Every way to make something with a model asks here first.
Result<LicenceStanding> require_licence(Studio& studio, const ModelEntry& model);
/// The same for a job that waits, in whose order the model is a folder; also refused if that was a linked one and is not linked any more.
Result<void> require_order_model(Studio& studio, const JobOrder& order);
/// Remembers that a person accepted what the folder holds now. `licence_sha256`, if not empty, is the text that was shown: another one by
/// now is refused.
Result<LicenceStanding> accept_licence(Studio& studio, const ModelEntry& model, const std::string& licence_sha256);

}  // namespace fantascope
