#include "models/ltx2/video_vae.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "engine/base/bounded_json.h"
#include "models/ltx2/video_vae_fast.h"

namespace fantascope::models::ltx2 {
namespace {

std::string shown(at::IntArrayRef shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

Error wrong_shape(const char* what, at::IntArrayRef shape, const std::string& allowed) {
  return Error{ErrorCode::kInvalidArgument,
               std::string("the video VAE cannot take ") + what + " of this shape",
               what,
               shown(shape),
               allowed,
               "Choose another size or number of frames."};
}

at::Tensor per_channel(const at::Tensor& values_C, const at::Tensor& like) {
  return values_C.to(like.device(), like.scalar_type()).view({1, -1, 1, 1, 1});
}

}  // namespace

Result<VideoVae> VideoVae::load(const ModelPart& part, const LoadTarget& target) {
  FANTASCOPE_TRY(const auto config, VideoVaeConfig::from_json(part.config, part.subject));
  LoadedParameters parameters = part.parameters(target);
  VideoVae vae(config, ParameterScope(parameters, ""));
  FANTASCOPE_TRY_VOID(target.finish(parameters));
  return vae;
}

VideoVae::VideoVae(const VideoVaeConfig& config, ParameterScope scope)
    : config_(config), encoder_(scope.child("encoder"), config), decoder_(scope.child("decoder"), config) {
  latents_mean_ = scope.optional_tensor("latents_mean", {config.latent_channels});
  latents_std_ = scope.optional_tensor("latents_std", {config.latent_channels});
  if (!latents_mean_.defined()) latents_mean_ = at::zeros({config.latent_channels});
  if (!latents_std_.defined()) latents_std_ = at::ones({config.latent_channels});
}

at::ScalarType VideoVae::dtype() const { return decoder_.conv_in.weight().scalar_type(); }

Result<void> VideoVae::check_latents(at::IntArrayRef shape) const {
  const bool reflects = config_.decoder_spatial_padding_mode == "reflect" || config_.decoder_spatial_padding_mode == "circular";
  const std::int64_t smallest = reflects ? 2 : 1;
  if (shape.size() == 5 && shape[0] >= 1 && shape[1] == config_.latent_channels && shape[2] >= 1 && shape[3] >= smallest &&
      shape[4] >= smallest)
    return {};
  return wrong_shape("latents", shape,
                     "Bx" + std::to_string(config_.latent_channels) + "xFxHxW, F at least 1, H and W at least " + std::to_string(smallest));
}

Result<void> VideoVae::check_frames(at::IntArrayRef shape) const {
  const auto& s = config_.scale_factors;
  if (shape.size() == 5 && shape[0] >= 1 && shape[1] == config_.in_channels && shape[2] >= 1 && (shape[2] - 1) % s.time == 0 &&
      shape[3] >= s.height && shape[3] % s.height == 0 && shape[4] >= s.width && shape[4] % s.width == 0) {
    return {};
  }
  return wrong_shape("frames", shape,
                     "Bx" + std::to_string(config_.in_channels) + "xTxHxW, T = " + std::to_string(s.time) + "k+1, H a multiple of " +
                         std::to_string(s.height) + ", W of " + std::to_string(s.width));
}

at::Tensor VideoVae::decode(const at::Tensor& latents) const {
  return can_decode_fast() ? decode_fast(latents) : decode_reference(latents);
}

bool VideoVae::can_decode_fast() const { return !at::GradMode::is_enabled() && FastVideoDecoder::supports(decoder_); }

at::Tensor VideoVae::decode_fast(const at::Tensor& latents) const {
  if (!fast_decoder_ || !fast_decoder_->is_current(decoder_)) fast_decoder_ = std::make_shared<FastVideoDecoder>(decoder_);
  return fast_decoder_->decode(latents.to(dtype()));
}

at::Tensor VideoVae::decode_reference(const at::Tensor& latents, at::Tensor* mid_block_out) const {
  return decoder_.forward(latents.to(dtype()), mid_block_out);
}

at::Tensor VideoVae::encode_moments(const at::Tensor& frames) const { return encoder_.forward(frames.to(dtype())); }

at::Tensor VideoVae::normalise(const at::Tensor& raw) const {
  return (raw - per_channel(latents_mean_, raw)) * config_.scaling_factor / per_channel(latents_std_, raw);
}

at::Tensor VideoVae::denormalise(const at::Tensor& latents) const {
  return latents * per_channel(latents_std_, latents) / config_.scaling_factor + per_channel(latents_mean_, latents);
}

void VideoVae::set_latent_statistics(const at::Tensor& mean_C, const at::Tensor& std_C) {
  FANTASCOPE_CHECK(mean_C.dim() == 1 && mean_C.size(0) == config_.latent_channels && std_C.sizes() == mean_C.sizes());
  latents_mean_ = mean_C.detach();
  latents_std_ = std_C.detach();
}

}  // namespace fantascope::models::ltx2
