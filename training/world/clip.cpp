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

std::vector<std::uint8_t> render_backdrop(const Scene& scene, const ClipShape& shape, const std::vector<int>& frames) {
  const Simulation simulation(scene, shape);
  const auto pixels = static_cast<std::size_t>(shape.width) * static_cast<std::size_t>(shape.height);
  std::vector<std::uint8_t> out(pixels * 3 * frames.size()), mask(pixels);
  Renderer renderer(simulation, shape.width, shape.height, Renderer::What::kBackdrop);
  for (std::size_t k = 0; k < frames.size(); ++k) renderer.render((frames[k] + 0.5) / shape.fps, out.data() + 3 * k * pixels, mask.data());
  return out;
}

PlanePoint point_seen_at(const Scene& scene, const ClipShape& shape, int frame, float u, float v) {
  const CameraPose camera = Simulation(scene, shape).camera_at((frame + 0.5) / shape.fps);
  const float sy = static_cast<float>(sine(camera.yaw)), cy = static_cast<float>(cosine(camera.yaw));
  const float sp = static_cast<float>(sine(camera.pitch)), cp = static_cast<float>(cosine(camera.pitch));
  const float a = (2 * u - 1) * camera.tan_x, b = (1 - 2 * v) * camera.tan_y;
  const Vec3 direction = Vec3{sy * cp, cy * cp, sp} + Vec3{cy, -sy, 0} * a + Vec3{-sy * sp, -cy * sp, cp} * b;
  const float t = -camera.position.y / std::max(0.05f, direction.y);
  return {camera.position.x + t * direction.x, camera.position.z + t * direction.z};
}

}  // namespace fantascope::world
