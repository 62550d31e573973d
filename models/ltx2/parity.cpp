#include "models/ltx2/parity.h"

#include <c10/core/InferenceMode.h>

#include "engine/runtime/torch_errors.h"
#include "models/ltx2/parity_fixture.h"
#include "models/ltx2/parity_stages.h"

namespace fantascope::models::ltx2 {
namespace {

Result<void> run(const ParityFixture& fixture, at::ScalarType dtype, ParityReport& report) {
  FANTASCOPE_TRY(const PipelineParts parts, PipelineParts::load(fixture.model_dir(), dtype));
  FANTASCOPE_TRY(const ParityRequest request, parse_parity_request(fixture));
  DenoiseRecipe recipe = make_recipe(parts.settings, request.options, request.request);
  if (fixture.has("image.preprocessed")) recipe.clean_mask_BT = first_frame_mask(recipe.shape);
  FANTASCOPE_TRY_VOID(compare_text(fixture, parts.text, dtype, request, report));
  FANTASCOPE_TRY_VOID(compare_sampling(fixture, parts.transformer, recipe, report));
  FANTASCOPE_TRY_VOID(compare_codecs(fixture, parts, report));
  return compare_chain(fixture, parts, request, report);
}

}  // namespace

Result<void> run_parity(const std::string& fixture_dir, const LoadOptions& options, const std::function<void(const ParityRow&)>& on_row) {
  FANTASCOPE_TRY(const ParityFixture fixture, ParityFixture::open(fixture_dir));
  const at::ScalarType dtype = options.dtype == DType::kFloat32 ? at::kFloat : at::kBFloat16;
  ParityReport report(fixture, ParityTolerances::of(options.dtype), on_row);
  return catch_torch_errors([&]() -> Result<void> {
    const c10::InferenceMode inference;
    return run(fixture, dtype, report);
  });
}

}  // namespace fantascope::models::ltx2
