#include <ATen/TensorOperators.h>

#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"
#include "models/ltx2/latent_upsampler.h"
#include "models/ltx2/parity_stages.h"
#include "models/ltx2/pipeline_refine.h"

namespace fantascope::models::ltx2 {

Result<void> compare_upsampling(const ParityFixture& fixture, at::ScalarType dtype, ParityReport& report) {
  JsonFields fields(fixture.request(), fixture.dir() + "/request.json");
  UpsampleOptions options;
  options.adain_factor = fields.number("adain_factor", 0.0, -10, 10);
  options.tone_map_compression = fields.number("tone_map_compression_ratio", 0.0, 0, 1);
  const bool normalised = fields.flag("latents_normalized", false);
  FANTASCOPE_TRY_VOID(fields.finish());
  FANTASCOPE_TRY(const LatentUpsampler upsampler,
                 LatentUpsampler::load(fixture.model_dir() + "/latent_upsampler", {dtype, fixture.device()}));
  FANTASCOPE_TRY(const ModelPart picture, ModelPart::in_folder(fixture.model_dir() + "/vae"));
  FANTASCOPE_TRY(const VideoVae vae, VideoVae::load(picture, {dtype, fixture.device()}));
  const at::Tensor latents = fixture.find("upsample.in.latents");
  if (!latents.defined()) return Error{ErrorCode::kBadFile, "The fixture has no latents to enlarge", fixture.dir() + "/inputs.safetensors"};

  const double stage = report.tolerances().stage, chain = report.tolerances().end_to_end;
  const at::Tensor raw = (normalised ? vae.denormalise(latents) : latents).to(dtype);
  report.compare("stage ", "upsample.in.denormalised", raw, stage);
  if (const at::Tensor expected = fixture.find("upsample.in.denormalised"); expected.defined()) {
    report.compare("stage ", "upsample.model.out", upsampler.forward(expected.to(dtype)), stage);
  }
  if (const at::Tensor expected = fixture.find("vae.decode.in"); expected.defined())
    report.frames("stage ", vae.decode_reference(expected.to(dtype)));
  report.compare("end to end ", "upsample.model.out", upsampler.forward(raw), chain);
  const at::Tensor enlarged = upsample_latents(upsampler, raw, options);
  report.compare("end to end ", "vae.decode.in", enlarged, chain);
  report.frames("end to end ", vae.decode(enlarged.to(vae.dtype())));
  return {};
}

}  // namespace fantascope::models::ltx2
