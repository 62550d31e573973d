#include "models/ltx2/pipeline_live_picture.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <utility>

namespace fantascope::models::ltx2 {
namespace {

/// Half the size, and of each group of frames but two: what a live picture shows is small, and costs an eighth.
constexpr TinyVideoDecoder::Growth kSmall{.space = {true, true, false}, .time = {true, false, false}};
constexpr std::int64_t kTrialFrames = 2, kTrialSide = 4;

double seconds_between(LivePicture::Clock::time_point from, LivePicture::Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

std::int64_t cells(const at::Tensor& latents_BCFHW) { return latents_BCFHW.size(2) * latents_BCFHW.size(3) * latents_BCFHW.size(4); }

}  // namespace

PreviewMap LivePicture::map(FitWith decoder) {
  const std::lock_guard lock(mutex_);
  if (!map_) map_ = std::make_shared<const PreviewMap>(fit_preview_map(vae_, decoder));
  return *map_;
}

void LivePicture::set_map(PreviewMap map) {
  const std::lock_guard lock(mutex_);
  map_ = std::make_shared<const PreviewMap>(std::move(map));
}

at::Tensor LivePicture::decode_small(const at::Tensor& latents_BCFHW) {
  const auto begin = Clock::now();
  at::Tensor frames = tiny_->decode(latents_BCFHW, kSmall).to(at::kCPU);
  seconds_per_cell_ = seconds_between(begin, Clock::now()) / static_cast<double>(cells(latents_BCFHW));
  return frames;
}

bool LivePicture::is_turn_of_tiny(const at::Tensor& latents_BCFHW, Clock::time_point now) {
  if (tiny_ == nullptr) return false;
  if (!credited_) credited_ = now;
  if (seconds_per_cell_ == 0) {
    const auto trial = [&](int dimension, std::int64_t most) { return std::min(latents_BCFHW.size(dimension), most); };
    decode_small(latents_BCFHW.narrow(2, 0, trial(2, kTrialFrames)).narrow(3, 0, trial(3, kTrialSide)).narrow(4, 0, trial(4, kTrialSide)));
  }
  return seconds_between(*credited_, now) * kShareMax >= seconds_per_cell_ * static_cast<double>(cells(latents_BCFHW));
}

VideoFrames LivePicture::render(const at::Tensor& latents_BCFHW, Clock::time_point now) {
  {
    const std::lock_guard lock(mutex_);
    if (is_turn_of_tiny(latents_BCFHW, now)) {
      credited_ = now;
      return to_frames(decode_small(latents_BCFHW).permute({0, 2, 3, 1}));
    }
  }
  return render_preview(map(FitWith::kReferenceDecoder), vae_.scale_factors(), latents_BCFHW);
}

}  // namespace fantascope::models::ltx2
