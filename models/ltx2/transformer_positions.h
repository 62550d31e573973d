#pragma once
/// Where each token sits in time and space, and the rotary tables made of it: once per clip, as a function of its shape and frame rate.
/// A token covers [start,end) on every axis and stands in the middle. Time is in seconds, height and width in pixels. The causal VAE
/// makes the first latent frame from one video frame, so it covers [0, 1/fps) and all later ones are moved back accordingly.
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/nn/rope.h"
#include "models/ltx2/config.h"

namespace fantascope::models::ltx2 {

/// Latent grid of a clip: frames, rows and columns of the video, frames of the audio.
struct ClipShape {
  std::int64_t frames = 1, height = 1, width = 1;
  std::int64_t audio_frames = 1;
  double fps = 24;
  std::int64_t num_video_tokens() const { return frames * height * width; }
};

struct RopeTables {
  RopeTable video, audio, cross_video, cross_audio;
  /// Made on the CPU, in float64 where the config says so, and copied.
  RopeTables to(at::Device device) const;
};

/// Start and end of every token on the three axes, [1,3,T,2] float32; tokens row-major over (frames, height, width).
at::Tensor video_coords(const TransformerConfig& config, const ClipShape& shape);
/// The same for frames that are tokens of their own: they begin at video frame `first_frame`; a single picture lasts one video frame.
at::Tensor keyframe_coords(const TransformerConfig& config, const ClipShape& shape, std::int64_t num_latent_frames, double first_frame,
                           bool single_picture);
/// The same for audio, [1,1,L,2] float32, seconds.
at::Tensor audio_coords(const TransformerConfig& config, std::int64_t audio_frames);

/// Tables from coordinates as above, batch 1 or B.
RopeTables make_rope_tables(const TransformerConfig& config, const at::Tensor& video_coords, const at::Tensor& audio_coords);
RopeTables make_rope_tables(const TransformerConfig& config, const ClipShape& shape);

}  // namespace fantascope::models::ltx2
