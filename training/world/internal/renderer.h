#pragma once
/// The ray caster: two by two samples a pixel; the ground and the sky row by row, solids inside the rectangles that can hold them.
#include <cstdint>
#include <vector>

#include "training/world/internal/primitives.h"

namespace fantascope::world {

class Renderer {
 public:
  enum class What { kAll, kBackdrop };  ///< kBackdrop: neither actors nor rain or snow
  Renderer(const Simulation& simulation, int width, int height, What what = What::kAll);
  /// rgb: [height][width][3]; mask: [height][width].
  void render(double t, std::uint8_t* rgb, std::uint8_t* mask);

 private:
  struct View {  ///< the camera as vectors; a sample's direction is forward + u * right + v * up
    CameraPose camera;
    Vec3 forward, right, up;
  };
  struct Rect {
    int left, right, top, bottom;  ///< half open, in samples
  };

  void paint_background(const View& view);
  void paint_sky_row(const View& view, int row, float v, float dz);
  void paint_ground_row(const View& view, int row, float v, float dz);
  void shade_shadows(const View& view, float t, float v, float* light);
  void trace(const View& view, const Primitive& primitive, int index);
  void shade(const View& view, const Rect& rect);
  Vec3 shade_point(const Primitive& primitive, Vec3 point, Vec3 direction, float distance) const;
  Rect rect_of(const View& view, const Primitive& primitive) const;
  void make_overlay(double t);
  void resolve(std::uint8_t* rgb, std::uint8_t* mask) const;

  const Simulation& simulation_;
  const Look& look_;
  What what_;
  int width_, height_, columns_, rows_;  ///< pixels; samples
  std::vector<Primitive> pieces_, solids_;
  std::vector<float> red_, green_, blue_, depth_;
  std::vector<float> pattern_, light_, u_;
  std::vector<float> overlay_;       ///< share of rain or snow, a pixel each
  std::vector<std::int32_t> index_;  ///< of the solid at a sample, or -1
  Vec3 fog_colour_, overlay_colour_;
  float lamp_ = 0;  ///< a light beside the camera that only the actors see
};

}  // namespace fantascope::world
