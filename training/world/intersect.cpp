#include <algorithm>

#include "training/world/internal/primitives.h"

/// One function a solid, without branches, so that the compiler takes eight rays at once. A miss is 1e30.
namespace fantascope::world {
namespace {

constexpr float kMiss = 1e30f;

struct Sphere {
  Vec3 centre;
  float radius_square;
  explicit Sphere(const Primitive& p) : centre(p.centre), radius_square(p.size.x * p.size.x) {}
  FANTASCOPE_INLINE float operator()(Vec3 o, Vec3 d) const {
    const Vec3 oc = o - centre;
    const float a = dot(d, d), b = dot(oc, d), c = dot(oc, oc) - radius_square;
    const float h = b * b - a * c;
    const float t = (-b - std::sqrt(h > 0.0f ? h : 0.0f)) / a;
    return h > 0.0f && t > 0.0f ? t : kMiss;
  }
};

struct Box {
  Vec3 centre, half;
  float cy, sy;
  explicit Box(const Primitive& p) : centre(p.centre), half(p.size), cy(p.cos_yaw), sy(p.sin_yaw) {}
  FANTASCOPE_INLINE static float inverse(float x) { return 1.0f / (std::abs(x) < 1e-8f ? 1e-8f : x); }
  FANTASCOPE_INLINE float operator()(Vec3 o, Vec3 d) const {
    const Vec3 q = o - centre;
    const float ix = inverse(cy * d.x + sy * d.y), iy = inverse(cy * d.y - sy * d.x), iz = inverse(d.z);
    const float mx = -(cy * q.x + sy * q.y) * ix, my = -(cy * q.y - sy * q.x) * iy, mz = -q.z * iz;
    const float hx = std::abs(half.x * ix), hy = std::abs(half.y * iy), hz = std::abs(half.z * iz);
    const float nx = mx - hx, ny = my - hy, nz = mz - hz, fx = mx + hx, fy = my + hy, fz = mz + hz;
    const float nxy = nx > ny ? nx : ny, near = nxy > nz ? nxy : nz;
    const float fxy = fx < fy ? fx : fy, far = fxy < fz ? fxy : fz;
    return near <= far && near > 0.0f ? near : kMiss;
  }
};

/// Cone (apex up) and cylinder, upright on their base: x^2 + y^2 = (k * (z - apex))^2 or r^2.
struct Round {
  Vec3 base;
  float height, k2, r2, top;  ///< top: squared radius of the upper cap
  explicit Round(const Primitive& p) : base(p.centre), height(p.size.z), r2(p.size.x * p.size.x) {
    const bool cone = p.solid == Solid::kCone;
    k2 = cone ? r2 / (height * height) : 0.0f;
    top = cone ? -1.0f : r2;
  }
  FANTASCOPE_INLINE float operator()(Vec3 o, Vec3 d) const {
    const Vec3 q = o - base;
    const float w = q.z - height;
    const float a = d.x * d.x + d.y * d.y - k2 * d.z * d.z;
    const float b = q.x * d.x + q.y * d.y - k2 * w * d.z;
    const float c = q.x * q.x + q.y * q.y - (k2 > 0.0f ? k2 * w * w : r2);
    const float h = b * b - a * c;
    const float root = std::sqrt(h > 0.0f ? h : 0.0f), over = 1.0f / (std::abs(a) < 1e-9f ? 1e-9f : a);
    const float t1 = (-b - root) * over, t2 = (root - b) * over, z1 = q.z + t1 * d.z, z2 = q.z + t2 * d.z;
    float best = kMiss;
    best = h > 0.0f && t1 > 0.0f && z1 >= 0.0f && z1 <= height ? t1 : best;
    best = h > 0.0f && t2 > 0.0f && t2 < best && z2 >= 0.0f && z2 <= height ? t2 : best;
    const float down = 1.0f / (std::abs(d.z) < 1e-8f ? 1e-8f : d.z);
    const float t3 = -q.z * down, x3 = q.x + t3 * d.x, y3 = q.y + t3 * d.y;
    const float t4 = -w * down, x4 = q.x + t4 * d.x, y4 = q.y + t4 * d.y;
    best = t3 > 0.0f && t3 < best && x3 * x3 + y3 * y3 <= r2 ? t3 : best;
    best = t4 > 0.0f && t4 < best && x4 * x4 + y4 * y4 <= top ? t4 : best;
    return best;
  }
};

struct Capsule {
  Vec3 first, axis;
  float aa, r2;
  explicit Capsule(const Primitive& p) : first(p.centre), axis(p.end - p.centre), aa(dot(axis, axis)), r2(p.size.x * p.size.x) {}
  FANTASCOPE_INLINE float operator()(Vec3 o, Vec3 d) const {
    const Vec3 oa = o - first;
    const float ad = dot(axis, d), ao = dot(axis, oa), dd = dot(d, d), od = dot(oa, d), oo = dot(oa, oa);
    const float a = aa * dd - ad * ad, b = aa * od - ao * ad, c = aa * oo - ao * ao - r2 * aa;
    const float h = b * b - a * c;
    const float t = (-b - std::sqrt(h > 0.0f ? h : 0.0f)) / (a < 1e-9f ? 1e-9f : a), along = ao + t * ad;
    const float share = along > 0.0f ? 1.0f : 0.0f;  // the end that may be hit instead of the side
    const Vec3 oc = oa - axis * share;
    const float b2 = dot(oc, d), c2 = dot(oc, oc) - r2, h2 = b2 * b2 - dd * c2;
    const float t2 = (-b2 - std::sqrt(h2 > 0.0f ? h2 : 0.0f)) / dd;
    const bool side = along > 0.0f && along < aa;
    const float hit = side ? t : t2;
    return h > 0.0f && (side || h2 > 0.0f) && hit > 0.0f ? hit : kMiss;
  }
};

template <typename Shape>
FANTASCOPE_INLINE void trace_with(const Shape& shape, const RayRow& rays, float* __restrict depth, std::int32_t* __restrict index,
                                  std::int32_t number) {
  const float* __restrict u = rays.u;
  for (int i = 0; i < rays.count; ++i) {
    const float t = shape(rays.origin + rays.origin_step * u[i], rays.direction + rays.direction_step * u[i]);
    const bool nearer = t < depth[i];
    depth[i] = nearer ? t : depth[i];
    index[i] = nearer ? number : index[i];
  }
}
template <typename Shape>
FANTASCOPE_INLINE void shadow_with(const Shape& shape, const RayRow& rays, float* __restrict light) {
  const float* __restrict u = rays.u;
  for (int i = 0; i < rays.count; ++i) {
    const float t = shape(rays.origin + rays.origin_step * u[i], rays.direction + rays.direction_step * u[i]);
    light[i] = t < kMiss ? 0.0f : light[i];
  }
}

}  // namespace

FANTASCOPE_WIDE void trace_row(const Primitive& p, const RayRow& rays, float* depth, std::int32_t* index, std::int32_t number) {
  switch (p.solid) {
    case Solid::kSphere:
      return trace_with(Sphere(p), rays, depth, index, number);
    case Solid::kBox:
      return trace_with(Box(p), rays, depth, index, number);
    case Solid::kCone:
    case Solid::kCylinder:
      return trace_with(Round(p), rays, depth, index, number);
    case Solid::kCapsule:
      return trace_with(Capsule(p), rays, depth, index, number);
  }
}

FANTASCOPE_WIDE void shadow_row(const Primitive& p, const RayRow& rays, float* light) {
  switch (p.solid) {
    case Solid::kSphere:
      return shadow_with(Sphere(p), rays, light);
    case Solid::kBox:
      return shadow_with(Box(p), rays, light);
    case Solid::kCone:
    case Solid::kCylinder:
      return shadow_with(Round(p), rays, light);
    case Solid::kCapsule:
      return shadow_with(Capsule(p), rays, light);
  }
}

}  // namespace fantascope::world
