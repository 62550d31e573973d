#pragma once
/// Which surroundings a clip shows: the nearest of all rendered backdrops.
#include <vector>

#include "training/evaluate/internal/grid.h"

namespace fantascope::evaluate {

class BackdropIndex {
 public:
  BackdropIndex() = default;
  /// Renders every combination of place, time, weather and camera for this clip shape (8 frames, 24 rows of pixels or so).
  BackdropIndex(const world::ClipShape& shape, int num_threads);

  struct Match {
    world::Scene scene;  ///< place, time, weather, camera; second.present tells the wider view of narrow frames
    float error = 0;     ///< 0..1
  };
  Match find(const ClipView& clip) const;

 private:
  float distance(std::size_t entry, const GridClip& clip, float give_up) const;
  /// Whether the clip changes at all where this entry's move changes its backdrop.
  bool moves_like(std::size_t entry, const GridClip& clip) const;

  world::ClipShape shape_;  ///< of the small pictures
  std::vector<int> frames_;
  std::vector<world::Scene> scenes_;
  std::vector<std::uint8_t> pixels_;  ///< [scene][frame][row][column][3]
};

/// The chosen surroundings on the measuring grid.
GridClip backdrop_on_grid(const world::Scene& scene, const world::ClipShape& grid_shape, const std::vector<int>& frames);

}  // namespace fantascope::evaluate
