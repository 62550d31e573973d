#pragma once
/// What a picture looks like as a frame of an H.264 video. Models are trained on frames out of videos; a picture without such traces given
/// as the first frame tends to make a clip that stands still.
#include "engine/base/clip.h"
#include "engine/base/result.h"

namespace fantascope {

/// One key frame of libx264, preset veryfast, 4:2:0, and back, after diffusers' apply_image_conditioning_crf.
/// `crf`: 1 (hardly a trace) to 51; 0 gives the picture as it is. An odd last row or column is cut off. The same bytes on every run of one
/// libx264.
Result<RgbImage> compress_image(const RgbImage& image, int crf);

}  // namespace fantascope
