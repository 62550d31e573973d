#include "training/world/internal/simulation.h"

#include <algorithm>

namespace fantascope::world {
namespace {

constexpr float kDistance = 5.0f, kAimHeight = 1.35f, kCameraHeight = 1.5f;
constexpr float kTanHalf = 0.364f;                                 // a vertical field of view of 40 degrees
constexpr float kMinHalfWidth = 1.7f, kMinHalfWidthOfTwo = 2.25f;  // metres that a narrow frame still shows to either side

}  // namespace

float half_width_of(Shape shape, float scale) {
  switch (shape) {
    case Shape::kBall:
      return 0.5f * scale;
    case Shape::kCube:
      return 0.52f * scale;
    case Shape::kCone:
      return 0.52f * scale;
    case Shape::kPillar:
      return 0.2f * scale;
    case Shape::kPerson:
      return 0.3f * scale;
  }
  return 0.5f * scale;
}

Simulation::Simulation(const Scene& scene, const ClipShape& shape) : scene_(scene) {
  Rng rng(scene.seed ^ 0x51abcdull);
  duration_ = shape.num_frames / shape.fps;
  const float aspect = static_cast<float>(shape.width) / static_cast<float>(shape.height);
  tan_y_ = std::max(kTanHalf, (scene.second.present ? kMinHalfWidthOfTwo : kMinHalfWidth) / kDistance / aspect);
  tan_x_ = tan_y_ * aspect;
  half_width_ = tan_x_ * kDistance;
  static constexpr float scales[] = {1.05f, 1.6f, 2.2f};
  scale_ = scales[static_cast<int>(scene.size)] * static_cast<float>(rng.uniform(0.96, 1.04));
  look_ = look_of(scene);
  place_objects(rng);
  plan_action(rng);
  plan_hops(rng);
  std::erase_if(contacts_, [this](const Contact& contact) { return contact.time_s < 0 || contact.time_s >= duration_; });
}

/// The pair is centred; a mover passes before the second object.
void Simulation::place_objects(Rng& rng) {
  second_yaw_ = static_cast<float>(rng.uniform(0.2, 0.7));
  yaw_ = static_cast<float>(rng.uniform(0.25, 0.65));
  const float jitter = static_cast<float>(rng.uniform(-0.12, 0.12));
  start_x_ = jitter;
  if (!scene_.second.present) return;
  second_scale_ = scene_.size == Size::kLarge ? 1.35f : 1.2f;
  const float wide = half_width_of(scene_.shape, scale_), other = half_width_of(scene_.second.shape, second_scale_);
  const float side = scene_.second.on_left ? -1.0f : 1.0f;
  const float gap = 0.35f + 0.15f * clamp01(half_width_ - 2.0f);
  start_x_ = -side * (other + 0.5f * gap) * 0.9f + jitter;
  second_place_ = {start_x_ + side * (wide + gap + other), 0.5f, 0.0f};
}

/// Crosses from where it starts to as far as the frame, the second object's side and the camera's move allow.
void Simulation::plan_action(Rng& rng) {
  const Action action = scene_.action;
  const bool left = action == Action::kRollsLeft || action == Action::kSlidesLeft || action == Action::kWalksLeft;
  const bool right = action == Action::kRollsRight || action == Action::kSlidesRight || action == Action::kWalksRight;
  const float wide = half_width_of(scene_.shape, scale_);
  if (left || right || action == Action::kBounces) {
    const bool bounces = action == Action::kBounces;
    const float sign = bounces ? (rng.chance(0.5) ? 1.0f : -1.0f) : (right ? 1.0f : -1.0f);
    const bool pans = scene_.camera == Camera::kPanLeft || scene_.camera == Camera::kPanRight;
    float reach = std::max(0.6f, half_width_ - 0.95f * wide - 0.1f);  // farthest middle that still looks whole
    const bool dollies = scene_.camera == Camera::kDollyIn || scene_.camera == Camera::kDollyOut;
    if (pans || dollies) reach *= 0.6f;
    if (bounces) reach *= 0.5f;
    float from = -sign * reach, to = sign * reach;
    if (scene_.second.present) {
      const float side = scene_.second.on_left ? -1.0f : 1.0f;
      const float other = half_width_of(scene_.second.shape, second_scale_);
      const float limit = std::max(0.7f, half_width_ - 1.1f * other);
      const bool towards = side * sign > 0;  // and past it, in front
      second_place_.y = towards ? wide + other + 0.25f : 0.6f;
      const float nearer = (kDistance + second_place_.y) / kDistance;  // the same place in the picture, at the subject's distance
      const float seen_at = towards ? std::min(limit, 1.5f) : limit;
      second_place_.x = side * seen_at * nearer;
      const float clear = seen_at - (wide + other / nearer + 0.1f);  // on the second object's side, beside it
      from = side * std::min(side * from, clear);
      if (sign * (to - from) < 0.8f) to = from + sign * 0.8f;
    }
    start_x_ = from;
    const float span = to - from, fastest = bounces ? 1.1f : 2.0f;
    speed_ = span / static_cast<float>(duration_);
    if (std::abs(speed_) > fastest) speed_ = sign * fastest;
    if (!scene_.second.present) start_x_ = -0.5f * speed_ * static_cast<float>(duration_);  // centred in time
  }
  if (action == Action::kSpins) spin_rate_ = static_cast<float>(rng.uniform(2.6, 3.4)) * (rng.chance(0.5) ? 1.0f : -1.0f);
  if (action == Action::kWalksLeft || action == Action::kWalksRight) {
    const double steps_a_second = std::clamp(std::abs(speed_) / (0.42 * scale_), 1.7, 2.6);
    stride_rate_ = kPi * steps_a_second;
    stride_phase_ = -kPi * rng.uniform(0.15, 0.85);
    for (int k = 0;; ++k) {
      const double t = (k * kPi - stride_phase_) / stride_rate_;
      if (t >= duration_) break;
      contacts_.push_back({t, k % 2 ? 0.5 : 0.45});
    }
  }
}

void Simulation::plan_hops(Rng& rng) {
  if (scene_.action == Action::kBounces) {
    const double length = rng.uniform(0.68, 0.84);
    const float room = 2 * kTanHalf * kDistance - 0.7f - scale_;
    const float height = std::clamp(room * 0.7f, 0.6f, 1.25f);
    double t = -length * rng.uniform(0.3, 0.8);  // so that the clip begins in the air
    for (int k = 0; t < duration_; ++k) {
      const float keep = std::max(0.6f, 1.0f - 0.09f * static_cast<float>(k));
      const double span = length * std::sqrt(keep);
      hops_.push_back({t, span, height * keep, 0.55f + 0.45f * keep});
      t += span;
    }
  } else if (scene_.action == Action::kFalls) {
    const bool looks_down = scene_.camera == Camera::kTiltUp;  // at first: what hangs high would not be seen
    const float height = looks_down ? std::clamp(1.9f - 0.55f * scale_, 0.8f, 1.4f)
                                    : std::clamp(2 * kTanHalf * kDistance - 0.6f - 0.8f * scale_, 1.2f, 2.3f);
    const double fall = 0.5 + 0.04 * height, wait = rng.uniform(0.05, 0.3);
    hops_.push_back({wait - fall, 2 * fall, height, 1.0f});
    double t = wait + fall, span = 0.42;
    float rebound = 0.22f;
    for (int k = 0; k < 2; ++k) {
      hops_.push_back({t, span, rebound, 0.4f - 0.22f * static_cast<float>(k)});
      t += span;
      span *= 0.5;
      rebound *= 0.25f;
    }
  } else if (scene_.action == Action::kJumps) {
    const double air = rng.uniform(0.46, 0.54), ground = rng.uniform(0.42, 0.5);
    for (double t = rng.uniform(0.2, 0.45); t < duration_; t += air + ground) hops_.push_back({t, air, 0.30f + 0.18f * scale_, 0.75f});
  }
  for (const Hop& hop : hops_) contacts_.push_back({hop.start + hop.length, hop.strength});
}

Pose Simulation::pose_at(double t) const {
  Pose pose;
  pose.x = start_x_ + speed_ * static_cast<float>(t);
  pose.yaw = yaw_ + spin_rate_ * static_cast<float>(t);
  if (scene_.action == Action::kRollsLeft || scene_.action == Action::kRollsRight) pose.roll = pose.x / (0.5f * scale_);
  if (stride_rate_ > 0) {
    pose.walking = 1;
    pose.stride = static_cast<float>(stride_phase_ + stride_rate_ * t);
  }
  for (const Hop& hop : hops_) {
    const double u = (t - hop.start) / hop.length;
    if (u >= 0 && u <= 1) pose.lift = static_cast<float>(4 * u * (1 - u)) * hop.height;
    if (scene_.action == Action::kFalls && &hop == &hops_.front() && u < 0.5) pose.lift = hop.height;  // hangs until it is let go
    if (scene_.action == Action::kJumps) {
      const double before = hop.start - t, after = t - hop.start - hop.length;
      if (before > 0 && before < 0.25) pose.crouch = std::max(pose.crouch, smooth01(1 - static_cast<float>(before / 0.25)));
      if (after > 0 && after < 0.2) pose.crouch = std::max(pose.crouch, smooth01(1 - static_cast<float>(after / 0.2)));
    }
  }
  if (scene_.action == Action::kBounces) pose.roll = 0.8f * pose.x;
  return pose;
}

/// A move takes the whole clip at a constant rate; short clips move less, so that no move is faster than a quick one of two seconds.
CameraPose Simulation::camera_at(double t) const {
  CameraPose camera{{0, -kDistance, kCameraHeight}, 0, 0, tan_x_, tan_y_};
  const float aim = (kAimHeight - kCameraHeight) / kDistance;
  camera.pitch = aim;
  const float share = std::min(1.0f, static_cast<float>(duration_) / 1.0f);
  const float u = duration_ > 0 ? (static_cast<float>(t / duration_) - 0.5f) * 2.0f * share : 0.0f;  // -1..1
  switch (scene_.camera) {
    case Camera::kStatic:
      break;
    case Camera::kPanLeft:
    case Camera::kPanRight: {
      const float sweep = std::clamp(0.55f * tan_x_, 0.16f, 0.3f);  // radians to either side
      camera.yaw = (scene_.camera == Camera::kPanRight ? 1.0f : -1.0f) * sweep * u;
      break;
    }
    case Camera::kTiltUp:
      camera.pitch = aim - 0.03f + 0.185f * u;
      break;
    case Camera::kTiltDown:
      camera.pitch = aim - 0.03f - 0.185f * u;
      break;
    case Camera::kDollyIn:
    case Camera::kDollyOut: {
      const float k = scene_.camera == Camera::kDollyIn ? u : -u;
      const float distance = 5.3f - 1.5f * k;
      camera.position.y = -distance;
      camera.position.z = 1.45f;
      camera.pitch = (1.2f - camera.position.z) / distance;
      break;
    }
    case Camera::kOrbitLeft:
    case Camera::kOrbitRight: {
      const float angle = (scene_.camera == Camera::kOrbitRight ? 0.5f : -0.5f) * u;  // 57 degrees in all
      camera.position.x = kDistance * static_cast<float>(sine(angle));
      camera.position.y = -kDistance * static_cast<float>(cosine(angle));
      camera.yaw = -angle;
      break;
    }
    case Camera::kCraneUp: {
      camera.position.z = 2.2f + 1.6f * u;
      camera.pitch = (1.0f - camera.position.z) / kDistance;
      break;
    }
  }
  return camera;
}

Look look_of(const Scene& scene) {
  Look look;
  const bool overcast = scene.weather != Weather::kClear;
  switch (scene.time) {
    case TimeOfDay::kDay:
      look = {{0.10f, 0.28f, 0.75f}, {0.62f, 0.78f, 0.95f}, {0.95f, 0.92f, 0.85f}, {0.36f, 0.40f, 0.46f}, {0.20f, 0.19f, 0.17f}};
      look.sun_direction = normalised({-0.55f, -0.55f, 0.9f});
      break;
    case TimeOfDay::kSunset:
      look = {{0.16f, 0.10f, 0.28f}, {1.0f, 0.42f, 0.12f}, {0.95f, 0.62f, 0.36f}, {0.30f, 0.24f, 0.28f}, {0.17f, 0.12f, 0.09f}};
      look.sun_direction = normalised({-0.85f, -0.25f, 0.5f});
      look.disc_direction = normalised({-0.26f, 1.0f, 0.13f});
      look.disc_colour = {1.0f, 0.85f, 0.45f};
      look.glow_colour = {0.5f, 0.22f, 0.05f};
      look.disc_cosine = 0.9976f;
      break;
    case TimeOfDay::kNight:
      look = {{0.004f, 0.008f, 0.035f}, {0.022f, 0.034f, 0.095f}, {0.28f, 0.32f, 0.40f}, {0.115f, 0.13f, 0.17f}, {0.045f, 0.048f, 0.06f}};
      look.sun_direction = normalised({0.55f, -0.45f, 0.8f});
      look.disc_direction = normalised({0.27f, 1.0f, 0.24f});
      look.disc_colour = {0.85f, 0.88f, 0.9f};
      look.glow_colour = {0.03f, 0.035f, 0.05f};
      look.disc_cosine = 0.9982f;
      break;
  }
  switch (scene.place) {
    case Place::kStudio:
      look.ground_a = {0.42f, 0.42f, 0.43f}, look.ground_b = {0.13f, 0.13f, 0.14f};
      break;
    case Place::kMeadow:
      look.ground_a = {0.16f, 0.27f, 0.045f}, look.ground_b = {0.09f, 0.17f, 0.03f};
      break;
    case Place::kDesert:
      look.ground_a = {0.58f, 0.44f, 0.25f}, look.ground_b = {0.44f, 0.32f, 0.17f};
      break;
  }
  const float brightness = scene.time == TimeOfDay::kDay ? 1.0f : (scene.time == TimeOfDay::kSunset ? 0.6f : 0.13f);
  look.exposure = brightness;
  if (overcast) {  // the light comes from everywhere; the time of day keeps its tint
    const Vec3 grey = scene.time == TimeOfDay::kSunset ? Vec3{0.56f, 0.37f, 0.36f} : Vec3{0.60f, 0.63f, 0.68f};
    const Vec3 cloud = grey * (scene.time == TimeOfDay::kNight ? 0.10f : (scene.time == TimeOfDay::kSunset ? 0.8f : 0.85f));
    look.sky_horizon = mix(look.sky_horizon, cloud, scene.time == TimeOfDay::kSunset ? 0.72f : 0.85f);
    look.sky_zenith = mix(look.sky_zenith, cloud * 0.75f, scene.time == TimeOfDay::kSunset ? 0.75f : 0.85f);
    look.ambient_up = look.ambient_up + look.sun_colour * 0.35f;
    look.ambient_down = look.ambient_down + look.sun_colour * 0.15f;
    look.sun_colour = look.sun_colour * 0.3f;
    look.disc_cosine = 1;
    look.glow_colour = look.glow_colour * 0.2f;
  }
  switch (scene.weather) {
    case Weather::kClear:
      break;
    case Weather::kRain:
      look.ground_a = look.ground_a * 0.55f, look.ground_b = look.ground_b * 0.5f;
      look.sky_zenith = look.sky_zenith * 0.6f, look.sky_horizon = look.sky_horizon * 0.65f;
      break;
    case Weather::kSnow:
      look.ground_a = mix(look.ground_a, {0.72f, 0.75f, 0.80f}, 0.85f), look.ground_b = mix(look.ground_b, {0.72f, 0.75f, 0.80f}, 0.75f);
      break;
    case Weather::kFog:
      look.fog_density = 0.08f;
      look.sky_zenith = mix(look.sky_zenith, look.sky_horizon, 0.9f);
      break;
  }
  return look;
}

}  // namespace fantascope::world
