#pragma once
/// Where everything is at any time of a clip: subject, second object, set pieces, camera, light.
#include <vector>

#include "training/world/internal/math.h"
#include "training/world/world.h"

namespace fantascope::world {

/// The subject at one time. Angles in radians.
struct Pose {
  float x = 0;        ///< metres right of the middle
  float lift = 0;     ///< metres of its lowest point above the ground
  float yaw = 0;      ///< about the vertical
  float roll = 0;     ///< about the line of sight, clockwise as the camera sees it
  float stride = 0;   ///< phase of the walk, radians; a foot strikes at each multiple of pi
  float walking = 0;  ///< 0 stands, 1 walks
  float crouch = 0;   ///< 0..1, before and after a jump
};

struct CameraPose {
  Vec3 position;
  float yaw = 0;               ///< 0 looks along +y; positive to the right
  float pitch = 0;             ///< positive up
  float tan_x = 0, tan_y = 0;  ///< tangents of half the fields of view
};

/// One flight between two contacts, or a wait on the ground (height 0).
struct Hop {
  double start = 0, length = 0;
  float height = 0;
  float strength = 0;  ///< of the contact at its end; 0 where there is none
};

/// Colours are linear light, 1 = white paper in full sun.
struct Look {
  Vec3 sky_zenith, sky_horizon, sun_colour, ambient_up, ambient_down;
  Vec3 sun_direction;   ///< towards the light that casts shadows
  Vec3 disc_direction;  ///< of the visible sun or moon
  Vec3 disc_colour, glow_colour;
  float disc_cosine = 1;  ///< of the disc's angular radius; 1: none
  float fog_density = 0;  ///< 1/m
  float exposure = 1;     ///< of streaks and flakes
  Vec3 ground_a, ground_b;
};

class Simulation {
 public:
  Simulation(const Scene& scene, const ClipShape& shape);

  Pose pose_at(double t) const;
  CameraPose camera_at(double t) const;
  const std::vector<Contact>& contacts() const { return contacts_; }
  const Scene& scene() const { return scene_; }
  const Look& look() const { return look_; }
  double duration() const { return duration_; }
  float scale() const { return scale_; }  ///< the subject's nominal height in metres
  float second_scale() const { return second_scale_; }
  Vec3 second_place() const { return second_place_; }
  float second_yaw() const { return second_yaw_; }
  float speed() const { return speed_; }  ///< horizontal, metres a second, signed
  float spin_rate() const { return spin_rate_; }
  float half_width() const { return half_width_; }  ///< metres from the middle to the frame's edge at the subject's distance
  double walk_phase_rate() const { return stride_rate_; }

 private:
  void place_objects(Rng& rng);
  void plan_action(Rng& rng);
  void plan_hops(Rng& rng);

  Scene scene_;
  double duration_ = 1;
  float tan_x_ = 0, tan_y_ = 0, half_width_ = 0;
  float scale_ = 1, second_scale_ = 1;
  Vec3 second_place_;
  float second_yaw_ = 0;
  float start_x_ = 0, speed_ = 0, yaw_ = 0, spin_rate_ = 0;
  double stride_rate_ = 0, stride_phase_ = 0;
  std::vector<Hop> hops_;
  std::vector<Contact> contacts_;
  Look look_;
};

Look look_of(const Scene& scene);
/// Half the width on the ground of a thing of this shape and nominal height.
float half_width_of(Shape shape, float scale);

}  // namespace fantascope::world
