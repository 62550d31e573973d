#include "models/ltx2/pipeline_two_stages.h"

#include <string>

namespace fantascope::models::ltx2 {
namespace {

/// Each pixel the mean of four.
RgbImage halved(const RgbImage& image) {
  RgbImage small{image.width / 2, image.height / 2, {}};
  small.pixels.resize(static_cast<std::size_t>(small.width) * static_cast<std::size_t>(small.height) * 3);
  const std::size_t row = static_cast<std::size_t>(image.width) * 3;
  std::size_t out = 0;
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t at = static_cast<std::size_t>(2 * y) * row + static_cast<std::size_t>(2 * x) * 3 + c;
        const auto& p = image.pixels;
        small.pixels[out++] = static_cast<std::uint8_t>((p[at] + p[at + 3] + p[at + row] + p[at + row + 3] + 2) / 4);
      }
    }
  }
  return small;
}

Error refused(const char* field, const std::string& message, const std::string& found, const std::string& allowed,
              const std::string& hint) {
  return {ErrorCode::kInvalidArgument, message, field, found, allowed, hint};
}

}  // namespace

ModelSettings refine_settings(ModelSettings settings) {
  settings.scheduler.use_dynamic_shifting = false;
  settings.scheduler.shift = 1.0;
  settings.scheduler.shift_terminal.reset();
  settings.refines = true;
  return settings;
}

GenerationRequest first_stage(const GenerationRequest& request) {
  GenerationRequest small = request;
  small.two_stages = {};
  small.width /= 2;
  small.height /= 2;
  if (small.first_image) small.first_image = halved(*small.first_image);
  if (small.last_image) small.last_image = halved(*small.last_image);
  for (FrameCondition& item : small.conditions) {
    for (RgbImage& picture : item.pictures) picture = halved(picture);
  }
  return small;
}

GenerationRequest second_stage(const ModelSettings& settings, const GenerationRequest& request) {
  GenerationRequest large = request;
  large.two_stages = {};
  large.sigmas = request.two_stages.refine_sigmas.empty() ? settings.refine_sigmas : request.two_stages.refine_sigmas;
  large.num_inference_steps = static_cast<int>(large.sigmas.size());
  return large;
}

Result<void> check_two_stages(const ModelSettings& settings, const GenerationRequest& request) {
  if (!request.two_stages.on) return {};
  if (!settings.info.two_stages) {
    return Error{ErrorCode::kUnsupported,
                 "This model has no upsampler of latents, which a second stage needs",
                 "two_stages",
                 "on",
                 "off",
                 "Put a folder latent_upsampler into the model's folder, or leave it out."};
  }
  if (request.parent.latents)
    return refused("two_stages", "A clip that is made from another one is made in one stage", "on", "off", "Leave it out.");
  if (request.windows.num_frames > 0 && request.windows.num_frames < request.num_frames)
    return refused("two_stages", "A clip that is made in windows is made in one stage", "on", "off", "Make it shorter, or leave it out.");
  const int multiple = 2 * settings.info.size_multiple;
  for (const auto& [field, value] : {std::pair{"width", request.width}, std::pair{"height", request.height}}) {
    if (value > 0 && value % multiple == 0) continue;
    const int below = value / multiple * multiple;
    return refused(field, "The first of two stages is half as large", std::to_string(value), "a multiple of " + std::to_string(multiple),
                   "The nearest allowed: " + (below > 0 ? std::to_string(below) + " or " : "") + std::to_string(below + multiple) + ".");
  }
  for (const FrameCondition& item : request.conditions) {
    if (item.latents) return refused("conditions", "Latents cannot be given to two stages of different size", "latents", "pictures", "");
  }
  return {};
}

const Stage& stage_at(const std::vector<Stage>& stages, int step) {
  return stages.size() > 1 && step > stages[1].first_step ? stages[1] : stages[0];
}

}  // namespace fantascope::models::ltx2
