#pragma once
/// The picture of a clip while it is being made: by a linear map, which costs next to nothing, and, where the model's folder has a small
/// decoder (`tiny_vae/`), by that one as often as its share of the time allows. Any thread.
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include "models/ltx2/pipeline_preview.h"
#include "models/ltx2/tiny_video_decoder.h"

namespace fantascope::models::ltx2 {

class LivePicture {
 public:
  using Clock = std::chrono::steady_clock;
  /// Of the time that passes, what the small decoder may take.
  static constexpr double kShareMax = 0.01;

  /// Both are borrowed; `tiny` may be null.
  LivePicture(const VideoVae& vae, const TinyVideoDecoder* tiny) : vae_(vae), tiny_(tiny) {}

  /// The linear map, fitted at the first call, which takes seconds for a large decoder.
  PreviewMap map(FitWith decoder);
  void set_map(PreviewMap map);
  /// Normalised latents [1,C,F,H,W] float32 -> frames in [0,1]. Without gradients. `now`: of a clock that does not go back.
  VideoFrames render(const at::Tensor& latents_BCFHW, Clock::time_point now = Clock::now());

 private:
  /// Whether the small decoder's turn has come for so many latent cells.
  bool is_turn_of_tiny(const at::Tensor& latents_BCFHW, Clock::time_point now);
  /// Measures what it costs.
  at::Tensor decode_small(const at::Tensor& latents_BCFHW);

  const VideoVae& vae_;
  const TinyVideoDecoder* tiny_;
  std::mutex mutex_;
  std::shared_ptr<const PreviewMap> map_;
  double seconds_per_cell_ = 0;                // 0: not known yet
  std::optional<Clock::time_point> credited_;  // when the small decoder began to save up for its next picture
};

}  // namespace fantascope::models::ltx2
