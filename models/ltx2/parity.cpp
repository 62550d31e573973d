#include "models/ltx2/parity.h"

#include <c10/core/InferenceMode.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/base/bounded_json.h"
#include "engine/runtime/tensors/device.h"
#include "engine/runtime/torch_errors.h"
#include "models/ltx2/parity_fixture.h"
#include "models/ltx2/parity_stages.h"

namespace fantascope::models::ltx2 {
namespace {

Result<void> run(const ParityFixture& fixture, at::ScalarType dtype, ParityReport& report) {
  // An upsampler without a transformer is compared alone; a folder without an index holds an original checkpoint.
  if (std::filesystem::exists(fixture.model_dir() + "/model_index.json")) {
    FANTASCOPE_TRY(const nlohmann::json index, read_bounded_json(fixture.model_dir() + "/model_index.json"));
    if (index.contains("latent_upsampler") && !index.contains("transformer")) return compare_upsampling(fixture, dtype, report);
  }
  FANTASCOPE_TRY(const PipelineParts parts, PipelineParts::load(fixture.model_dir(), dtype, fixture.device()));
  FANTASCOPE_TRY(const ParityRequest request, parse_parity_request(fixture));
  const DenoiseRecipe recipe = parity_recipe(parts.settings, fixture, request, expected_given_tokens(fixture, request));
  FANTASCOPE_TRY_VOID(compare_text(fixture, parts.text, dtype, request, report));
  FANTASCOPE_TRY_VOID(compare_sampling(fixture, parts.transformer, recipe, report));
  FANTASCOPE_TRY_VOID(compare_codecs(fixture, parts, request, report));
  return compare_chain(fixture, parts, request, report);
}

}  // namespace

Result<void> run_parity(const std::string& fixture_dir, const LoadOptions& options, const std::function<void(const ParityRow&)>& on_row) {
  FANTASCOPE_TRY(const c10::Device device, find_device(options.device));
  FANTASCOPE_TRY(const ParityFixture fixture, ParityFixture::open(fixture_dir, device));
  const at::ScalarType dtype = scalar_type(options.dtype);
  ParityReport report(fixture, ParityTolerances::of(options.dtype), on_row);
  return catch_torch_errors([&]() -> Result<void> {
    const c10::InferenceMode inference;
    return run(fixture, dtype, report);
  });
}

}  // namespace fantascope::models::ltx2
