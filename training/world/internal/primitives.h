#pragma once
/// The solids of the world as the ray caster sees them. Formulas: the usual analytic intersections (sphere, slab, quadrics).
#include <vector>

#include "training/world/internal/math.h"
#include "training/world/internal/simulation.h"

namespace fantascope::world {

enum class Solid { kSphere, kBox, kCone, kCylinder, kCapsule };
/// What is painted on a solid.
enum class Paint { kPlain, kBand, kFaces, kRing, kSectors };

struct Primitive {
  Solid solid = Solid::kSphere;
  Paint paint = Paint::kPlain;
  Vec3 centre;  ///< sphere, box: the middle; cone, cylinder: the base's middle; capsule: its first end
  Vec3 size;    ///< sphere, capsule: x = radius; box: half extents; cone, cylinder: x = base radius, z = height
  Vec3 end;     ///< capsule: its second end
  float cos_yaw = 1, sin_yaw = 0;
  float cos_roll = 1, sin_roll = 0;
  Vec3 colour, second_colour;  ///< linear albedo; of the paint
  std::uint8_t object = 0;     ///< as in Clip::object_mask
  float rim = 0;               ///< light on the outline
  Vec3 ball_centre;            ///< a sphere around it all
  float ball_radius = 0;
  float bound_radius = 0, bound_low = 0, bound_high = 0;  ///< an upright cylinder around it all, on ball_centre's axis

  bool is_smooth() const { return paint == Paint::kPlain && solid != Solid::kBox; }
};

/// A row of rays: ray i starts at origin + origin_step * u[i] and goes along direction + direction_step * u[i].
struct RayRow {
  Vec3 origin, origin_step, direction, direction_step;
  const float* u = nullptr;
  int count = 0;
};
/// Where a ray first meets the solid before depth[i] (in lengths of its direction), depth[i] and index[i] become the hit's.
void trace_row(const Primitive& primitive, const RayRow& rays, float* depth, std::int32_t* index, std::int32_t number);
/// light[i] = 0 where a ray meets the solid.
void shadow_row(const Primitive& primitive, const RayRow& rays, float* light);
/// Outward unit normal at a point of the surface.
Vec3 normal_at(const Primitive& primitive, Vec3 point);
/// The painted colour there.
Vec3 colour_at(const Primitive& primitive, Vec3 point, Vec3 normal);

/// The subject and the second object at time t.
std::vector<Primitive> actors_at(const Simulation& simulation, double t);
/// What stands around; it never moves.
std::vector<Primitive> set_pieces(const Simulation& simulation);

}  // namespace fantascope::world
