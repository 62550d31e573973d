#pragma once
/// How well two stretches of a clip are joined: what changes between the two frames at the seam, against what changes between frames
/// around it anyway. Levels are of 8 bits.
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/base/clip.h"

namespace fantascope {

struct Seam {
  int frame = 0;                       ///< the first one after the seam
  double colour_difference = 0;        ///< of the frames' mean colours, largest channel, in levels
  double usual_colour_difference = 0;  ///< median over the frames around
  double motion = 0;                   ///< mean absolute difference of pixels, in levels
  double usual_motion = 0;
  double motion_jump() const;  ///< motion / usual motion, which counts at least a quarter of a level

  nlohmann::json to_json() const;
};

/// Seams before the frames `first_frames`; those outside the clip are left out.
std::vector<Seam> measure_seams(const VideoFrames& frames, const std::vector<int>& first_frames);

}  // namespace fantascope
