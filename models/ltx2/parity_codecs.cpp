#include <ATen/TensorOperators.h>

#include "engine/diffusion/patchify.h"
#include "models/ltx2/parity_stages.h"

namespace fantascope::models::ltx2 {
namespace {

const std::string kStage = "stage ";

void compare_video(const ParityFixture& fixture, const PipelineParts& parts, const std::string& last_step, std::size_t num_conditions,
                   ParityReport& report) {
  const double tolerance = report.tolerances().stage;
  for (std::size_t i = 0; i < num_conditions; ++i) {
    const std::string name = "condition" + std::to_string(i);
    const at::Tensor pictures = fixture.find(name + ".preprocessed");
    if (pictures.defined())
      report.compare(kStage, name + ".encoded_moments", parts.video_vae.encode_moments(pictures.to(parts.dtype)), tolerance);
  }
  if (const at::Tensor image = fixture.find("image.preprocessed"); image.defined()) {
    report.compare(kStage, "image.encoded_moments", parts.video_vae.encode_moments(image.to(parts.dtype)), tolerance);
  }
  if (const at::Tensor latents = fixture.find(last_step + ".video.latents"); latents.defined()) {
    report.compare(kStage, "vae.decode.in", raw_video_latents(parts.video_vae, latents, parts.dtype), tolerance);
  }
  if (const at::Tensor raw = fixture.find("vae.decode.in"); raw.defined()) {
    at::Tensor mid_block;
    const at::Tensor frames = parts.video_vae.decode_reference(raw.to(parts.dtype), &mid_block);
    report.compare(kStage, "vae.decode.mid_block", mid_block, tolerance);
    report.compare(kStage, "vae.decode.out", frames, tolerance);
    report.frames(kStage, frames);
  }
}

void compare_audio(const ParityFixture& fixture, const PipelineParts& parts, const std::string& last_step, ParityReport& report) {
  const double tolerance = report.tolerances().stage;
  if (const at::Tensor latents = fixture.find(last_step + ".audio.latents"); latents.defined()) {
    report.compare(kStage, "audio.decode.in", raw_audio_latents(parts.audio_vae, latents, parts.dtype), tolerance);
  }
  if (const at::Tensor raw = fixture.find("audio.decode.in"); raw.defined()) {
    report.compare(kStage, "audio.mel", parts.audio_vae.decode(raw.to(parts.dtype)), tolerance);
  }
  if (const at::Tensor mel = fixture.find("audio.mel"); mel.defined()) {
    VocoderTrace trace;
    const at::Tensor waveform = parts.vocoder->forward(mel.to(parts.dtype), &trace);
    report.compare(kStage, "audio.waveform_16k", trace.first_waveform, tolerance);
    report.compare(kStage, "audio.bwe_mel", trace.mel, tolerance);
    report.compare(kStage, "audio.bwe_residual", trace.residual, tolerance);
    report.compare(kStage, "audio.waveform", waveform, report.tolerances().waveform);
  }
}

}  // namespace

Result<void> compare_codecs(const ParityFixture& fixture, const PipelineParts& parts, const ParityRequest& request, ParityReport& report) {
  int last = 0;
  while (fixture.has("step" + std::to_string(last + 1) + ".video.latents")) ++last;
  const std::string last_step = "step" + std::to_string(last);
  compare_video(fixture, parts, last_step, request.conditions.size(), report);
  compare_audio(fixture, parts, last_step, report);
  return {};
}

}  // namespace fantascope::models::ltx2
