#include "training/world/internal/renderer.h"

#include <algorithm>

namespace fantascope::world {
namespace {

constexpr int kSide = 2;        // samples a pixel along each axis
constexpr float kFar = 400.0f;  // metres
constexpr float kPositive = 4096.0f;

/// 1 - exp(-x) without the library: within 0.03, smooth, 0 at 0.
FANTASCOPE_INLINE float haze(float x) { return 1.0f - 1.0f / (1.0f + x + 0.5f * x * x); }
FANTASCOPE_INLINE float fraction(float x) { return x - static_cast<float>(static_cast<int>(x)); }  // x >= 0
/// A square wave of period 2 as a box of this width sees it: -1..1.
FANTASCOPE_INLINE float square_wave(float x, float width) {
  const float p = 2.0f * fraction(0.5f * (x + 0.5f + kPositive)) - 0.5f;  // -0.5..1.5
  const float ramp = (0.5f - std::abs(p - 0.5f)) / width;
  return ramp > 1.0f ? 1.0f : (ramp < -1.0f ? -1.0f : ramp);
}
/// 1 on the lines at whole numbers, as a box of this width sees them.
FANTASCOPE_INLINE float grid_line(float x, float half, float width) {
  const float p = fraction(x + 0.5f + kPositive) - 0.5f;
  const float ramp = 1.0f - std::abs(p) / (half + width);
  return (ramp > 0.0f ? ramp : 0.0f) * (half / (half + 0.5f * width));
}

struct Floor {
  float x, y, dx, dy;    ///< the point of u = 0 and its change with u
  float wide_x, wide_y;  ///< a sample's footprint, metres
  float stripes;
};
FANTASCOPE_WIDE void checker_row(const Floor& f, const float* __restrict u, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i)
    out[i] = 0.5f + 0.5f * square_wave(f.x + f.dx * u[i], f.wide_x) * square_wave(f.y + f.dy * u[i], f.wide_y);
}
/// A faint grid of a metre on stripes of two metres.
FANTASCOPE_WIDE void grid_row(const Floor& f, const float* __restrict u, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i) {
    const float x = f.x + f.dx * u[i], y = f.y + f.dy * u[i];
    const float gx = grid_line(x, 0.045f, f.wide_x), gy = grid_line(y, 0.045f, f.wide_y);
    const float line = gx > gy ? gx : gy;
    out[i] = (0.65f + f.stripes * square_wave(0.5f * x, f.wide_x)) * (1.0f - 0.7f * line);
  }
}
FANTASCOPE_WIDE void light_row(float a, float b, float ambient, float sun, float keep, float far, const float* __restrict pattern,
                               const float* __restrict light, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i) {
    out[i] = (b + (a - b) * pattern[i]) * (ambient * (0.55f + 0.45f * light[i]) + sun * light[i]) * keep + far;
  }
}

struct Glow {
  float base, slope, square;  ///< dot(direction, disc) = base + u * slope; |direction|^2 = square + u^2
  float edge;                 ///< cosine of the disc's radius
  Vec3 glow, disc;
};
/// The glow falls off around the disc, and the edge of the disc is soft.
FANTASCOPE_WIDE void add_glow(const Glow& g, const float* __restrict u, int count, float* __restrict red, float* __restrict green,
                              float* __restrict blue) {
  const float soft = g.edge < 1.0f ? 8.0f / (1.0f - g.edge) : 0.0f;
  for (int i = 0; i < count; ++i) {
    const float cosine_to = (g.base + u[i] * g.slope) / std::sqrt(g.square + u[i] * u[i]);
    const float falloff = 1.0f / (1.0f + 14.0f * (1.0f - cosine_to)), strength = falloff * falloff;
    const float inside = clamp01((cosine_to - g.edge) * soft);
    const float r = red[i] + g.glow.x * strength, gr = green[i] + g.glow.y * strength, b = blue[i] + g.glow.z * strength;
    red[i] = r + (g.disc.x - r) * inside;
    green[i] = gr + (g.disc.y - gr) * inside;
    blue[i] = b + (g.disc.z - b) * inside;
  }
}

/// Two rows of samples become a row of sRGB-like bytes (the transfer curve is the square root), under the overlay.
FANTASCOPE_WIDE void average_row(const float* __restrict a, const float* __restrict b, const float* __restrict share, float tint, int count,
                                 std::uint8_t* __restrict out) {
  for (int x = 0; x < count; ++x) {
    float value = 0.25f * (a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]);
    value += (tint - value) * share[x];
    value = std::sqrt(clamp01(value));
    out[x] = static_cast<std::uint8_t>(static_cast<std::int32_t>(value * 255.0f + 0.5f));
  }
}

}  // namespace

Renderer::Renderer(const Simulation& simulation, int width, int height, What what)
    : simulation_(simulation),
      look_(simulation.look()),
      what_(what),
      width_(width),
      height_(height),
      columns_(width * kSide),
      rows_(height * kSide),
      pieces_(set_pieces(simulation)) {
  const auto samples = static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_);
  red_.resize(samples), green_.resize(samples), blue_.resize(samples), depth_.resize(samples), index_.resize(samples);
  pattern_.resize(static_cast<std::size_t>(columns_)), light_.resize(pattern_.size()), u_.resize(pattern_.size());
  fog_colour_ = mix(look_.sky_horizon, look_.sky_zenith, 0.2f);
  overlay_colour_ = simulation.scene().weather == Weather::kSnow ? Vec3{0.95f, 0.97f, 1.0f} : Vec3{0.62f, 0.70f, 0.82f};
  lamp_ = simulation.scene().time == TimeOfDay::kNight ? 0.9f : 0.45f;
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

  solids_ = what_ == What::kAll ? actors_at(simulation_, t) : std::vector<Primitive>{};
  const std::size_t actors = solids_.size();
  solids_.insert(solids_.end(), pieces_.begin(), pieces_.end());
  std::fill(index_.begin(), index_.end(), std::int32_t{-1});
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
  const Glow glow{base, slope, square, look_.disc_cosine, look_.glow_colour, look_.disc_colour};
  add_glow(glow, u_.data(), columns_, &red_[first], &green_[first], &blue_[first]);
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
  const Floor floor{x0, y0, dx, dy, wide_x, wide_y, place == Place::kMeadow ? 0.25f : 0.12f};
  if (place == Place::kStudio) {
    checker_row(floor, u_.data(), columns_, pattern_.data());
  } else {
    grid_row(floor, u_.data(), columns_, pattern_.data());
  }
  std::fill(light_.begin(), light_.end(), 1.0f);
  shade_shadows(view, t, v, light_.data());
  const Vec3 sun = look_.sun_colour * look_.sun_direction.z, ambient = look_.ambient_up;
  const Vec3 a = look_.ground_a, b = look_.ground_b;
  // Towards the horizon the ground takes the sky's colour; in fog much sooner.
  const float away = haze(t * look_.fog_density) + (1.0f - haze(t * look_.fog_density)) * haze(t * 0.012f) * 0.8f;
  const Vec3 far = fog_colour_ * away;
  const float keep = 1.0f - away;
  light_row(a.x, b.x, ambient.x, sun.x, keep, far.x, pattern_.data(), light_.data(), columns_, &red_[first]);
  light_row(a.y, b.y, ambient.y, sun.y, keep, far.y, pattern_.data(), light_.data(), columns_, &green_[first]);
  light_row(a.z, b.z, ambient.z, sun.z, keep, far.z, pattern_.data(), light_.data(), columns_, &blue_[first]);
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
      shadow_row(p, {origin + Vec3{0, 0, 1e-3f}, step, sun, {}, u_.data() + left, right - left}, light + left);
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

/// The projection of the solid's bounding cylinder.
Renderer::Rect Renderer::rect_of(const View& view, const Primitive& p) const {
  const float r = p.bound_radius, sy = view.right.y, cy = view.right.x;
  const Vec3 ahead{-sy * r, cy * r, 0};  // the view's horizontal direction
  float u0 = 1e9f, u1 = -1e9f, v0 = 1e9f, v1 = -1e9f;
  for (const float side : {-1.0f, 1.0f}) {
    for (const float height : {p.bound_low, p.bound_high}) {
      const Vec3 to = Vec3{p.ball_centre.x, p.ball_centre.y, height} + ahead * side - view.camera.position;
      const float x = dot(to, view.right), y = dot(to, view.up), z = dot(to, view.forward);
      if (z < 0.05f) return {0, columns_, 0, rows_};
      u0 = std::min(u0, (x - r) / z), u1 = std::max(u1, (x + r) / z);
      v0 = std::min(v0, y / z), v1 = std::max(v1, y / z);
    }
  }
  const auto column = [&](float u) { return std::clamp((u / view.camera.tan_x + 1.0f) * 0.5f * columns_, -1.0f, columns_ + 1.0f); };
  const auto row = [&](float v) { return std::clamp((1.0f - v / view.camera.tan_y) * 0.5f * rows_, -1.0f, rows_ + 1.0f); };
  return {std::max(0, static_cast<int>(column(u0)) - 1), std::min(columns_, static_cast<int>(column(u1)) + 2),
          std::max(0, static_cast<int>(row(v1)) - 1), std::min(rows_, static_cast<int>(row(v0)) + 2)};
}

void Renderer::trace(const View& view, const Primitive& primitive, int index) {
  const Rect rect = rect_of(view, primitive);
  for (int row = rect.top; row < rect.bottom; ++row) {
    const float v = (1.0f - (row + 0.5f) / rows_ * 2.0f) * view.camera.tan_y;
    const Vec3 straight = view.forward + view.up * v;
    const auto at = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(rect.left);
    trace_row(primitive, {view.camera.position, {}, straight, view.right, u_.data() + rect.left, rect.right - rect.left}, &depth_[at],
              &index_[at], index);
  }
}

/// A pixel whose four samples lie on one smooth plain solid is shaded once.
void Renderer::shade(const View& view, const Rect& rect) {
  const auto stride = static_cast<std::size_t>(columns_);
  const auto row_of = [&](int row) { return view.forward + view.up * ((1.0f - (row + 0.5f) / rows_ * 2.0f) * view.camera.tan_y); };
  const auto put = [&](std::size_t at, Vec3 colour) { red_[at] = colour.x, green_[at] = colour.y, blue_[at] = colour.z; };
  for (int row = rect.top & ~1; row < rect.bottom; row += kSide) {
    const Vec3 straight[kSide] = {row_of(row), row_of(row + 1)};
    const auto first = static_cast<std::size_t>(row) * stride;
    for (int i = rect.left & ~1; i < rect.right; i += kSide) {
      const auto at = first + static_cast<std::size_t>(i);
      const std::int32_t a = index_[at], b = index_[at + 1], c = index_[at + stride], d = index_[at + stride + 1];
      if ((a & b & c & d) == -1) continue;
      if (a == b && a == c && a == d && solids_[static_cast<std::size_t>(a)].is_smooth()) {
        const Vec3 direction = straight[0] + view.right * u_[static_cast<std::size_t>(i)];
        const Vec3 colour =
            shade_point(solids_[static_cast<std::size_t>(a)], view.camera.position + direction * depth_[at], direction, depth_[at]);
        for (const std::size_t to : {at, at + 1, at + stride, at + stride + 1}) put(to, colour);
        continue;
      }
      for (int k = 0; k < kSide * kSide; ++k) {
        const auto to = at + (k >= kSide ? stride : 0) + static_cast<std::size_t>(k % kSide);
        if (index_[to] < 0) continue;
        const Vec3 direction = straight[k / kSide] + view.right * u_[static_cast<std::size_t>(i + k % kSide)];
        put(to, shade_point(solids_[static_cast<std::size_t>(index_[to])], view.camera.position + direction * depth_[to], direction,
                            depth_[to]));
      }
    }
  }
}

Vec3 Renderer::shade_point(const Primitive& p, Vec3 point, Vec3 direction, float distance) const {
  const Vec3 n = normal_at(p, point);
  const float facing = -dot(n, direction) / std::sqrt(dot(direction, direction));  // 1 towards the camera, 0 on the outline
  const float sun = std::max(0.0f, dot(n, look_.sun_direction));
  const Vec3 ambient = mix(look_.ambient_down, look_.ambient_up, 0.5f + 0.5f * n.z);
  Vec3 light = ambient + look_.sun_colour * sun;
  if (p.object != 0)
    light = light + (look_.ambient_up + look_.sun_colour * 0.35f) * (lamp_ * std::max(0.0f, facing));  // a lamp beside the camera
  Vec3 colour = colour_at(p, point, n) * light;
  if (p.rim > 0) {
    const float edge = clamp01(1.0f - facing), rim = p.rim * edge * edge * edge;
    colour = colour + (look_.ambient_up + look_.sun_colour * 0.3f) * rim;
  }
  const float fog = haze(distance * look_.fog_density * (p.object == 0 ? 1.0f : 0.6f));  // actors keep their colour
  const float away = fog + (p.object == 0 ? (1.0f - fog) * haze(distance * 0.012f) * 0.8f : 0.0f);
  return mix(colour, fog_colour_, away);
}

/// A few large soft streaks or flakes, in the picture's plane, that repeat with a period and drift with the camera's yaw.
void Renderer::make_overlay(double t) {
  const Weather weather = simulation_.scene().weather;
  overlay_.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), 0.0f);
  if (what_ == What::kBackdrop || (weather != Weather::kRain && weather != Weather::kSnow)) return;
  const bool rain = weather == Weather::kRain;
  const float size = static_cast<float>(std::min(width_, height_));
  const float half_x = rain ? 0.017f * size : 0.034f * size, half_y = rain ? 0.13f * size : 0.048f * size;
  const float speed = rain ? 1.5f : 0.38f, slant = rain ? 0.12f : 0.0f, strength = rain ? 0.36f : 0.85f;
  const int count = static_cast<int>((rain ? 8 : 9) * std::max(0.7f, static_cast<float>(width_) / static_cast<float>(height_)));
  Rng rng(simulation_.scene().seed ^ 0x5eafa11ull);
  for (int k = 0; k < count; ++k) {
    const double phase = rng.uniform(), pace = rng.uniform(0.85, 1.15), sway = rng.uniform(0, 2 * kPi);
    double column = (k + rng.uniform(0.1, 0.9)) / count;
    double fall = phase + t * speed * pace / 1.3;
    column += 0.37 * std::floor(fall);
    fall -= std::floor(fall);
    column -= std::floor(column);
    const float cy = static_cast<float>(fall * 1.3 - 0.15) * static_cast<float>(height_);
    const float cx =
        static_cast<float>(column) * static_cast<float>(width_) + (rain ? 0.0f : 0.03f * size * static_cast<float>(sine(sway + 2.2 * t)));
    const int top = std::max(0, static_cast<int>(cy - half_y) - 1), bottom = std::min(height_, static_cast<int>(cy + half_y) + 2);
    for (int y = top; y < bottom; ++y) {
      const float dy = (static_cast<float>(y) + 0.5f - cy) / half_y;
      const float middle = cx - slant * (static_cast<float>(y) + 0.5f - cy);
      const int left = std::max(0, static_cast<int>(middle - 2 * half_x) - 1),
                right = std::min(width_, static_cast<int>(middle + 2 * half_x) + 2);
      for (int x = left; x < right; ++x) {
        const float dx = (static_cast<float>(x) + 0.5f - middle) / (1.4f * half_x);
        const float q = 1.0f - dx * dx - dy * dy;
        if (q <= 0) continue;
        float& share = overlay_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)];
        share = std::max(share, strength * std::min(1.0f, 1.3f * q));
      }
    }
  }
}

void Renderer::resolve(std::uint8_t* rgb, std::uint8_t* mask) const {
  const float* planes[3] = {red_.data(), green_.data(), blue_.data()};
  const float tints[3] = {overlay_colour_.x, overlay_colour_.y, overlay_colour_.z};
  const auto stride = static_cast<std::size_t>(columns_);
  std::vector<std::uint8_t> line(static_cast<std::size_t>(width_));
  for (int y = 0; y < height_; ++y) {
    const auto top = static_cast<std::size_t>(y) * kSide * stride, out = static_cast<std::size_t>(y) * static_cast<std::size_t>(width_);
    for (int c = 0; c < 3; ++c) {
      const float* a = planes[c] + top;
      average_row(a, a + stride, &overlay_[out], tints[c], width_, line.data());
      std::uint8_t* pixel = rgb + 3 * out + c;
      for (int x = 0; x < width_; ++x) pixel[3 * x] = line[static_cast<std::size_t>(x)];
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
