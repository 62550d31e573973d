#include <algorithm>

#include "training/world/internal/renderer.h"
#include "training/world/internal/sound.h"
#include "training/world/world.h"

namespace fantascope::world {

Clip render_clip(const Scene& scene, const ClipShape& shape) {
  const Simulation simulation(scene, shape);
  Clip clip;
  clip.shape = shape;
  const auto pixels = static_cast<std::size_t>(shape.width) * static_cast<std::size_t>(shape.height);
  clip.frames.resize(pixels * 3 * static_cast<std::size_t>(shape.num_frames));
  clip.object_mask.resize(pixels * static_cast<std::size_t>(shape.num_frames));
  Renderer renderer(simulation, shape.width, shape.height);
  for (int f = 0; f < shape.num_frames; ++f) {
    const auto at = static_cast<std::size_t>(f) * pixels;
    renderer.render((f + 0.5) / shape.fps, clip.frames.data() + 3 * at, clip.object_mask.data() + at);
  }
  clip.audio = synthesise(simulation, shape);
  clip.contacts = simulation.contacts();
  std::sort(clip.contacts.begin(), clip.contacts.end(), [](const Contact& a, const Contact& b) { return a.time_s < b.time_s; });
  return clip;
}

}  // namespace fantascope::world
