#include "training/world/internal/renderer.h"

#include <algorithm>

namespace fantascope::world {
namespace {

constexpr int kSide = 2;          // samples a pixel along each axis
constexpr float kFar = 400.0f;    // metres
constexpr float kPositive = 4096.0f;

/// 1 - exp(-x) without the library: within 0.03, smooth, 0 at 0.
inline float haze(float x) { return 1.0f - 1.0f / (1.0f + x + 0.5f * x * x); }
inline float fraction(float x) { return x - static_cast<float>(static_cast<int>(x)); }  // x >= 0
/// A square wave of period 2 as a box of this width sees it: -1..1.
inline float square_wave(float x, float width) {
  const float p = 2.0f * fraction(0.5f * (x + 0.5f + kPositive)) - 0.5f;  // -0.5..1.5
  const float ramp = (0.5f - std::abs(p - 0.5f)) / width;
  return ramp > 1.0f ? 1.0f : (ramp < -1.0f ? -1.0f : ramp);
}
/// 1 on the lines at whole numbers, as a box of this width sees them.
inline float grid_line(float x, float half, float width) {
  const float p = fraction(x + 0.5f + kPositive) - 0.5f;
  const float reach = half + width;
  const float ramp = 1.0f - std::abs(p) / reach;
  return (ramp > 0.0f ? ramp : 0.0f) * (half + 0.5f * width < reach ? 1.0f : 1.0f) * (half / (half + 0.5f * width));
}

}  // namespace

Renderer::Renderer(const Simulation& simulation, int width, int height)
    : simulation_(simulation), look_(simulation.look()), width_(width), height_(height), columns_(width * kSide), rows_(height * kSide),
      pieces_(set_pieces(simulation)) {
  const auto samples = static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_);
  red_.resize(samples), green_.resize(samples), blue_.resize(samples), depth_.resize(samples), index_.resize(samples);
  pattern_.resize(static_cast<std::size_t>(columns_)), light_.resize(pattern_.size()), u_.resize(pattern_.size());
  fog_colour_ = mix(look_.sky_horizon, look_.sky_zenith, 0.2f);
  overlay_colour_ = simulation.scene().weather == Weather::kSnow ? Vec3{0.95f, 0.97f, 1.0f} : Vec3{0.62f, 0.70f, 0.82f};
  overlay_colour_ = overlay_colour_ * (0.22f + 0.78f * look_.exposure);
}

void Renderer::render(double t, std::uint8_t* rgb, std::uint8_t* mask) {
  View view{simulation_.camera_at(t), {}, {}, {}};
  const float sy = static_cast<float>(sine(view.camera.yaw)), cy = static_cast<float>(cosine(view.camera.yaw));
  const float sp = static_cast<float>(sine(view.camera.pitch)), cp = static_cast<float>(cosine(view.camera.pitch));
  view.forward = {sy * cp, cy * cp, sp};
  view.right = {cy, -sy, 0};
  view.up = {-sy * sp, -cy * sp, cp};
  for (int i = 0; i < columns_; ++i) u_[static_cast<std::size_t>(i)] = ((i + 0.5f) / columns_ * 2.0f - 1.0f) * view.camera.tan_x;

  solids_ = actors_at(simulation_, t);
  const std::size_t actors = solids_.size();
  solids_.insert(solids_.end(), pieces_.begin(), pieces_.end());
  std::fill(index_.begin(), index_.end(), std::int16_t{-1});
  // Only actors throw shadows, so the background may look at the first `actors` solids.
  std::vector<Primitive> all;
  all.swap(solids_);
  solids_.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(actors));
  paint_background(view);
  solids_.swap(all);
  Rect touched{columns_, 0, rows_, 0};
  for (std::size_t i = 0; i < solids_.size(); ++i) {
    const Rect rect = rect_of(view, solids_[i]);
    if (rect.left >= rect.right || rect.top >= rect.bottom) continue;
    trace(view, solids_[i], static_cast<int>(i));
    touched = {std::min(touched.left, rect.left), std::max(touched.right, rect.right), std::min(touched.top, rect.top),
               std::max(touched.bottom, rect.bottom)};
  }
  shade(view, touched);
  make_overlay(t);
  resolve(rgb, mask);
}

/// Without roll every sample of a row has the same height component, so a row is all sky or all ground at one depth.
void Renderer::paint_background(const View& view) {
  for (int row = 0; row < rows_; ++row) {
    const float v = (1.0f - (row + 0.5f) / rows_ * 2.0f) * view.camera.tan_y;
    const float dz = view.forward.z + v * view.up.z;
    if (dz > -view.camera.position.z / kFar) {
      paint_sky_row(view, row, v, dz);
    } else {
      paint_ground_row(view, row, v, dz);
    }
  }
}

void Renderer::paint_sky_row(const View& view, int row, float v, float dz) {
  const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_);
  const Vec3 straight = view.forward + view.up * v;
  const float elevation = dz / std::sqrt(straight.x * straight.x + straight.y * straight.y);
  const Vec3 sky = mix(look_.sky_horizon, look_.sky_zenith, smooth01(elevation * 1.7f));
  std::fill_n(&red_[first], columns_, sky.x), std::fill_n(&green_[first], columns_, sky.y), std::fill_n(&blue_[first], columns_, sky.z);
  std::fill_n(&depth_[first], columns_, 1e9f);
  if (look_.glow_colour.x == 0 && look_.disc_cosine >= 1) return;
  // cos of the angle to the disc; the glow falls off around it and the edge of the disc is soft.
  const Vec3 s = look_.disc_direction;
  const float base = dot(straight, s), slope = dot(view.right, s), square = dot(straight, straight);
  const float edge = look_.disc_cosine, soft = 8.0f / (1.0f - edge + 1e-6f);
  const bool disc = edge < 1;
  for (int i = 0; i < columns_; ++i) {
    const float u = u_[static_cast<std::size_t>(i)];
    const float cosine_to = (base + u * slope) / std::sqrt(square + u * u);
    const float glow = 1.0f / (1.0f + 14.0f * (1.0f - cosine_to));
    const float strength = glow * glow;
    const float inside = disc ? clamp01((cosine_to - edge) * soft) : 0.0f;
    const auto at = first + static_cast<std::size_t>(i);
    red_[at] += look_.glow_colour.x * strength;
    green_[at] += look_.glow_colour.y * strength;
    blue_[at] += look_.glow_colour.z * strength;
    red_[at] += (look_.disc_colour.x - red_[at]) * inside;
    green_[at] += (look_.disc_colour.y - green_[at]) * inside;
    blue_[at] += (look_.disc_colour.z - blue_[at]) * inside;
  }
}

void Renderer::paint_ground_row(const View& view, int row, float v, float dz) {
  const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_);
  const float t = -view.camera.position.z / dz;
  std::fill_n(&depth_[first], columns_, t);
  const Vec3 straight = view.forward + view.up * v;
  const float x0 = view.camera.position.x + t * straight.x, y0 = view.camera.position.y + t * straight.y;
  const float dx = t * view.right.x, dy = t * view.right.y;
  // A sample's footprint: across and along the line of sight.
  const float pixel = 2.0f * view.camera.tan_y / rows_;
  const float across = t * pixel * 1.5f, along = t * t * pixel * 1.5f / view.camera.position.z;
  const float wide_x = std::max(1e-4f, std::abs(view.right.x) * across + std::abs(view.right.y) * along);
  const float wide_y = std::max(1e-4f, std::abs(view.right.x) * along + std::abs(view.right.y) * across);
  const Place place = simulation_.scene().place;
  if (place == Place::kStudio) {
    for (int i = 0; i < columns_; ++i) {
      const float x = x0 + dx * u_[static_cast<std::size_t>(i)], y = y0 + dy * u_[static_cast<std::size_t>(i)];
      pattern_[static_cast<std::size_t>(i)] = 0.5f + 0.5f * square_wave(x, wide_x) * square_wave(y, wide_y);
    }
  } else {  // a faint grid of a metre, on stripes of two metres in the meadow
    const float stripes = place == Place::kMeadow ? 0.25f : 0.12f, half = 0.045f;
    for (int i = 0; i < columns_; ++i) {
      const float x = x0 + dx * u_[static_cast<std::size_t>(i)], y = y0 + dy * u_[static_cast<std::size_t>(i)];
      const float gx = grid_line(x, half, wide_x), gy = grid_line(y, half, wide_y);
      const float line = gx > gy ? gx : gy;
      pattern_[static_cast<std::size_t>(i)] = (0.65f + stripes * square_wave(0.5f * x, wide_x)) * (1.0f - 0.7f * line);
    }
  }
  std::fill(light_.begin(), light_.end(), 1.0f);
  shade_shadows(view, t, v, light_.data());
  const Vec3 sun = look_.sun_colour * look_.sun_direction.z, ambient = look_.ambient_up;
  const Vec3 a = look_.ground_a, b = look_.ground_b;
  // Towards the horizon the ground takes the sky's colour; in fog much sooner.
  const float away = haze(t * look_.fog_density) + (1.0f - haze(t * look_.fog_density)) * haze(t * 0.012f) * 0.8f;
  const Vec3 far = fog_colour_ * away;
  const float keep = 1.0f - away;
  for (int i = 0; i < columns_; ++i) {
    const auto at = first + static_cast<std::size_t>(i);
    const float p = pattern_[static_cast<std::size_t>(i)], l = light_[static_cast<std::size_t>(i)];
    const float shade = 0.55f + 0.45f * l;
    red_[at] = (b.x + (a.x - b.x) * p) * (ambient.x * shade + sun.x * l) * keep + far.x;
    green_[at] = (b.y + (a.y - b.y) * p) * (ambient.y * shade + sun.y * l) * keep + far.y;
    blue_[at] = (b.z + (a.z - b.z) * p) * (ambient.z * shade + sun.z * l) * keep + far.z;
  }
}

/// light *= 0 where an actor hides the sun, and a soft dark patch below each (all the light there is in bad weather).
void Renderer::shade_shadows(const View& view, float t, float v, float* light) {
  const Vec3 straight = view.forward + view.up * v;
  const Vec3 origin = view.camera.position + straight * t;
  const Vec3 step = view.right * t;
  const Vec3 sun = look_.sun_direction;
  const float across = dot(step, step);
  const auto range = [&](Vec3 centre, float radius, int& left, int& right) {
    const Vec3 to{origin.x - centre.x, origin.y - centre.y, 0};
    const float b = (to.x * step.x + to.y * step.y) / across, c = (to.x * to.x + to.y * to.y - radius * radius) / across;
    const float h = b * b - c;
    if (h <= 0) return false;
    const float root = std::sqrt(h), scale = columns_ / (2.0f * view.camera.tan_x), middle = 0.5f * columns_;
    left = std::max(0, static_cast<int>(std::max(-1e6f, (-b - root) * scale + middle)) - 1);
    right = std::min(columns_, static_cast<int>(std::min(1e6f, (-b + root) * scale + middle)) + 2);
    return left < right;
  };
  for (const Primitive& p : solids_) {
    const Vec3 c = p.ball_centre;
    int left = 0, right = 0;
    const Vec3 below = c - sun * (c.z / sun.z);
    const Vec3 spot = {below.x, below.y, 0};
    if (range(spot, p.ball_radius / sun.z, left, right)) {
      for (int i = left; i < right; ++i) {
        if (light[i] <= 0.0f) continue;
        const Vec3 point = origin + step * u_[static_cast<std::size_t>(i)] + Vec3{0, 0, 1e-3f};
        if (intersect(p, point, sun) > 0) light[i] = 0.0f;
      }
    }
    const float lift = std::max(0.0f, c.z - p.ball_radius), reach = p.ball_radius * 1.25f;
    const float strength = 0.5f / (1.0f + 9.0f * lift * lift);
    if (p.solid != Solid::kCapsule && strength > 0.03f && range(c, reach, left, right)) {
      for (int i = left; i < right; ++i) {
        const Vec3 point = origin + step * u_[static_cast<std::size_t>(i)];
        const float x = point.x - c.x, y = point.y - c.y, q = 1.0f - (x * x + y * y) / (reach * reach);
        if (q > 0) light[i] *= 1.0f - strength * q * q;
      }
    }
  }
}

Renderer::Rect Renderer::rect_of(const View& view, const Primitive& p) const {
  const Vec3 to = p.ball_centre - view.camera.position;
  const float x = dot(to, view.right), y = dot(to, view.up), z = dot(to, view.forward), r = p.ball_radius;
  if (z + r < 0.05f) return {0, 0, 0, 0};
  if (z - r < 0.05f) return {0, columns_, 0, rows_};
  const auto low = [&](float a) { return (a - r) / (a - r < 0 ? z - r : z + r); };
  const auto high = [&](float a) { return (a + r) / (a + r > 0 ? z - r : z + r); };
  const auto column = [&](float u) { return std::clamp((u / view.camera.tan_x + 1.0f) * 0.5f * columns_, -1.0f, columns_ + 1.0f); };
  const auto row = [&](float v) { return std::clamp((1.0f - v / view.camera.tan_y) * 0.5f * rows_, -1.0f, rows_ + 1.0f); };
  return {std::max(0, static_cast<int>(column(low(x))) - 1), std::min(columns_, static_cast<int>(column(high(x))) + 2),
          std::max(0, static_cast<int>(row(high(y))) - 1), std::min(rows_, static_cast<int>(row(low(y))) + 2)};
}

void Renderer::trace(const View& view, const Primitive& primitive, int index) {
  const Rect rect = rect_of(view, primitive);
  for (int row = rect.top; row < rect.bottom; ++row) {
    const float v = (1.0f - (row + 0.5f) / rows_ * 2.0f) * view.camera.tan_y;
    const Vec3 straight = view.forward + view.up * v;
    const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_);
    for (int i = rect.left; i < rect.right; ++i) {
      const float t = intersect(primitive, view.camera.position, straight + view.right * u_[static_cast<std::size_t>(i)]);
      const auto at = first + static_cast<std::size_t>(i);
      if (t > 0 && t < depth_[at]) depth_[at] = t, index_[at] = static_cast<std::int16_t>(index);
    }
  }
}

void Renderer::shade(const View& view, const Rect& rect) {
  for (int row = rect.top; row < rect.bottom; ++row) {
    const float v = (1.0f - (row + 0.5f) / rows_ * 2.0f) * view.camera.tan_y;
    const Vec3 straight = view.forward + view.up * v;
    const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_);
    for (int i = rect.left; i < rect.right; ++i) {
      const auto at = first + static_cast<std::size_t>(i);
      if (index_[at] < 0) continue;
      const Vec3 direction = straight + view.right * u_[static_cast<std::size_t>(i)];
      const Vec3 colour = shade_point(solids_[static_cast<std::size_t>(index_[at])], view.camera.position + direction * depth_[at],
                                      direction, depth_[at]);
      red_[at] = colour.x, green_[at] = colour.y, blue_[at] = colour.z;
    }
  }
}

Vec3 Renderer::shade_point(const Primitive& p, Vec3 point, Vec3 direction, float distance) const {
  const Vec3 n = normal_at(p, point);
  const float facing = -dot(n, direction) / std::sqrt(dot(direction, direction));  // 1 towards the camera, 0 on the outline
  const float sun = std::max(0.0f, dot(n, look_.sun_direction));
  const Vec3 ambient = mix(look_.ambient_down, look_.ambient_up, 0.5f + 0.5f * n.z);
  Vec3 light = ambient + look_.sun_colour * sun;
  if (p.object != 0) light = light + (look_.ambient_up + look_.sun_colour * 0.35f) * (0.45f * std::max(0.0f, facing));  // a lamp beside the camera
  Vec3 colour = colour_at(p, point, n) * light;
  if (p.rim > 0) {
    const float edge = clamp01(1.0f - facing), rim = p.rim * edge * edge * edge;
    colour = colour + (look_.ambient_up + look_.sun_colour * 0.3f) * rim;
  }
  const float away = haze(distance * look_.fog_density) + (p.object == 0 ? (1.0f - haze(distance * look_.fog_density)) * haze(distance * 0.012f) * 0.8f : 0.0f);
  return mix(colour, fog_colour_, away);
}

/// A few large soft streaks or flakes, in the picture's plane, that repeat with a period and drift with the camera's yaw.
void Renderer::make_overlay(double t) {
  const Weather weather = simulation_.scene().weather;
  overlay_.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), 0.0f);
  if (weather != Weather::kRain && weather != Weather::kSnow) return;
  const bool rain = weather == Weather::kRain;
  const float size = static_cast<float>(std::min(width_, height_));
  const float half_x = rain ? 0.012f * size : 0.026f * size, half_y = rain ? 0.10f * size : 0.026f * size;
  const float speed = rain ? 1.5f : 0.38f, slant = rain ? 0.12f : 0.0f, strength = rain ? 0.42f : 0.85f;
  const int count = static_cast<int>((rain ? 14 : 20) * std::max(0.7f, static_cast<float>(width_) / static_cast<float>(height_)));
  Rng rng(simulation_.scene().seed ^ 0x5eafa11ull);
  for (int k = 0; k < count; ++k) {
    const double phase = rng.uniform(), pace = rng.uniform(0.85, 1.15), sway = rng.uniform(0, 2 * kPi);
    double column = (k + rng.uniform(0.1, 0.9)) / count;
    double fall = phase + t * speed * pace / 1.3;
    column += 0.37 * std::floor(fall);
    fall -= std::floor(fall);
    column -= std::floor(column);
    const float cy = static_cast<float>(fall * 1.3 - 0.15) * static_cast<float>(height_);
    const float cx = static_cast<float>(column) * static_cast<float>(width_) +
                     (rain ? 0.0f : 0.03f * size * static_cast<float>(sine(sway + 2.2 * t)));
    const int top = std::max(0, static_cast<int>(cy - half_y) - 1), bottom = std::min(height_, static_cast<int>(cy + half_y) + 2);
    for (int y = top; y < bottom; ++y) {
      const float dy = (static_cast<float>(y) + 0.5f - cy) / half_y;
      const float middle = cx - slant * (static_cast<float>(y) + 0.5f - cy);
      const int left = std::max(0, static_cast<int>(middle - 2 * half_x) - 1), right = std::min(width_, static_cast<int>(middle + 2 * half_x) + 2);
      for (int x = left; x < right; ++x) {
        const float dx = (static_cast<float>(x) + 0.5f - middle) / (1.4f * half_x);
        const float q = 1.0f - dx * dx - dy * dy;
        if (q <= 0) continue;
        float& share = overlay_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)];
        share = std::max(share, strength * std::min(1.0f, 1.6f * q));
      }
    }
  }
}

void Renderer::resolve(std::uint8_t* rgb, std::uint8_t* mask) const {
  const float* planes[3] = {red_.data(), green_.data(), blue_.data()};
  const float tints[3] = {overlay_colour_.x, overlay_colour_.y, overlay_colour_.z};
  const auto stride = static_cast<std::size_t>(columns_);
  for (int y = 0; y < height_; ++y) {
    const auto top = static_cast<std::size_t>(y) * kSide * stride, out = static_cast<std::size_t>(y) * static_cast<std::size_t>(width_);
    for (int c = 0; c < 3; ++c) {
      const float* a = planes[c] + top;
      const float* b = a + stride;
      for (int x = 0; x < width_; ++x) {
        float value = 0.25f * (a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]);
        const float share = overlay_[out + static_cast<std::size_t>(x)];
        value += (tints[c] - value) * share;
        value = std::sqrt(value < 0.0f ? 0.0f : (value > 1.0f ? 1.0f : value));
        rgb[3 * (out + static_cast<std::size_t>(x)) + static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(value * 255.0f + 0.5f);
      }
    }
    for (int x = 0; x < width_; ++x) {  // the object of most of a pixel's samples; of two objects the nearer number
      int counts[3] = {};
      for (const std::size_t at : {top + 2 * static_cast<std::size_t>(x), top + 2 * static_cast<std::size_t>(x) + 1,
                                   top + stride + 2 * static_cast<std::size_t>(x), top + stride + 2 * static_cast<std::size_t>(x) + 1}) {
        ++counts[index_[at] < 0 ? 0 : solids_[static_cast<std::size_t>(index_[at])].object];
      }
      mask[out + static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(counts[1] >= 2 ? 1 : (counts[2] >= 2 ? 2 : 0));
    }
  }
}

}  // namespace fantascope::world
