#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/files/sha256.h"
#include "app/media/clip_reader.h"
#include "app/media/export.h"
#include "app/media/image.h"
#include "app/media/mp4_writer.h"
#include "app/operations/internal/continuation.h"
#include "app/operations/internal/job_runner.h"
#include "app/provenance/credentials.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr int kPosterHeightMax = 480;
constexpr int kFilmstripCells = 16, kFilmstripHeight = 96;

}  // namespace

Result<void> JobRunner::render(JobRun& run) {
  if (const auto hash = run.work.sealed(kUnsignedClip)) {
    run.unsigned_sha256 = *hash;
    return {};
  }
  run.engine.on_fraction = [&run](double fraction) { run.clock.fraction(fraction); };
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kDecode));
  FANTASCOPE_TRY(const VideoFrames frames, pipeline_->decode_video(run.request, *run.latents, run.engine));
  leave(run, JobPhase::kDecode);
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kAudio));
  FANTASCOPE_TRY(const Waveform waveform, pipeline_->decode_audio(run.request, *run.latents, run.engine));
  if (!std::all_of(waveform.samples.begin(), waveform.samples.end(), [](float sample) { return std::isfinite(sample); })) {
    return Error{
        ErrorCode::kModelNaN, "the model produced NaN in the sound", run.order.recipe.model, "", "", "Try --dtype fp32 or another seed"};
  }
  leave(run, JobPhase::kAudio);
  run.engine.on_fraction = nullptr;
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kMux));
  FANTASCOPE_TRY_VOID(write_seams(frames, run.order.recipe, pipeline_->info().frames_multiple, run.work.path(kSeamsFile)));
  FANTASCOPE_TRY_VOID(write_clip_files(run, frames, waveform));
  leave(run, JobPhase::kMux);
  return {};
}

Result<void> JobRunner::write_clip_files(JobRun& run, const VideoFrames& frames, const Waveform& waveform) {
  std::error_code ignored;
  const std::string clip = run.work.path(kUnsignedClip);
  FANTASCOPE_TRY_VOID(write_mp4(clip, frames, waveform.num_samples > 0 ? &waveform : nullptr, {}, run.engine.stop));
  const RgbImage middle = frame_image(frames, frames.num_frames / 2);
  const double scale = std::min(1.0, static_cast<double>(kPosterHeightMax) / middle.height);
  FANTASCOPE_TRY_VOID(
      write_webp(run.work.path("poster.webp"), resize_image(middle, std::max(1, static_cast<int>(std::lround(middle.width * scale))),
                                                            std::max(1, static_cast<int>(std::lround(middle.height * scale))))));
  FANTASCOPE_TRY_VOID(
      write_jpeg(run.work.path("filmstrip.jpg"), make_filmstrip(frames, std::min(kFilmstripCells, frames.num_frames), kFilmstripHeight)));
  if (run.order.write_wav) FANTASCOPE_TRY_VOID(write_wav(run.work.path("audio.wav"), waveform));
  if (run.order.write_png) {
    fs::remove_all(run.work.path("frames"), ignored);
    FANTASCOPE_TRY_VOID(write_png_sequence(run.work.path("frames"), frames, run.engine.stop));
  }
  FANTASCOPE_TRY(run.unsigned_sha256, sha256_file(clip));
  return run.work.seal(kUnsignedClip, run.unsigned_sha256);  // last: it says that all of these are there
}

Result<void> JobRunner::sign(JobRun& run) {
  if (run.work.sealed(kClip)) return {};
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kSign));
  const Recipe& recipe = run.order.recipe;
  FANTASCOPE_TRY(const SigningKeys keys, open_signing_keys(studio_.home().keys()));
  ClipProvenance provenance;
  provenance.title = run.job.take_id.text() + ".mp4";
  provenance.app_name = "Fantascope";
  provenance.app_version = program_version();
  provenance.model_name = recipe.model;
  provenance.model_family = recipe.family;
  std::string lines;
  for (const auto& [name, hash] : recipe.weights) lines += hash + "  " + name + "\n";
  provenance.weights_sha256 = sha256_text(lines);
  provenance.model_version = provenance.weights_sha256.substr(0, 12);
  provenance.recipe_sha256 = run.recipe_sha256;
  provenance.seed = recipe.seed;
  provenance.take_id = run.job.take_id.text();
  if (studio_.settings().prompt_in_credentials) provenance.prompt = recipe.prompt;
  FANTASCOPE_TRY_VOID(sign_clip(keys, run.work.path(kUnsignedClip), run.work.path(kClip), provenance));
  leave(run, JobPhase::kSign);
  return {};
}

Result<void> JobRunner::verify(JobRun& run) {
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kVerify));
  const Recipe& recipe = run.order.recipe;
  const std::string clip = run.work.path(kClip);
  FANTASCOPE_TRY(const SigningKeys keys, open_signing_keys(studio_.home().keys()));
  FANTASCOPE_TRY(const Credentials credentials, read_credentials(clip, keys.root_certificate_pem));
  if (credentials.state != CredentialState::kTrusted) {
    return Error{ErrorCode::kMismatch,
                 "the clip's content credentials do not verify; it was not published",
                 clip,
                 credential_state_name(credentials.state),
                 "trusted",
                 ""};
  }
  FANTASCOPE_TRY(const ClipInfo info, probe_clip(clip));
  if (info.num_frames != recipe.frames || info.width != recipe.width || info.height != recipe.height || !(info.fps == recipe.fps)) {
    return Error{
        ErrorCode::kMismatch,
        "the clip is not what was asked for; it was not published",
        clip,
        PixelSize{info.width, info.height}.to_string() + ", " + std::to_string(info.num_frames) + " frames at " + info.fps.to_string(),
        PixelSize{recipe.width, recipe.height}.to_string() + ", " + std::to_string(recipe.frames) + " frames at " + recipe.fps.to_string(),
        ""};
  }
  FANTASCOPE_TRY(run.signed_sha256, sha256_file(clip));
  FANTASCOPE_TRY_VOID(run.work.seal(kClip, run.signed_sha256));
  leave(run, JobPhase::kVerify);
  return {};
}

}  // namespace fantascope
