#include "training/world/internal/primitives.h"

#include <algorithm>

namespace fantascope::world {
namespace {

Vec3 to_local(const Primitive& p, Vec3 v) { return {p.cos_yaw * v.x + p.sin_yaw * v.y, -p.sin_yaw * v.x + p.cos_yaw * v.y, v.z}; }
Vec3 from_local(const Primitive& p, Vec3 v) { return {p.cos_yaw * v.x - p.sin_yaw * v.y, p.sin_yaw * v.x + p.cos_yaw * v.y, v.z}; }

void bound(Primitive& p) {
  const auto cylinder = [&p](float radius, float low, float high) { p.bound_radius = radius, p.bound_low = low, p.bound_high = high; };
  switch (p.solid) {
    case Solid::kSphere: {
      const float top = p.centre.z + p.size.x;
      p.ball_centre = p.centre, p.ball_radius = p.size.x;
      cylinder(p.size.x, std::max(0.0f, p.centre.z - p.size.x), top);
      if (p.centre.z < 0) p.bound_radius = std::sqrt(2 * p.size.x * top - top * top);  // a dune: only the cap above the ground shows
      break;
    }
    case Solid::kBox:
      p.ball_centre = p.centre, p.ball_radius = std::sqrt(dot(p.size, p.size));
      cylinder(std::sqrt(p.size.x * p.size.x + p.size.y * p.size.y), p.centre.z - p.size.z, p.centre.z + p.size.z);
      break;
    case Solid::kCone:
    case Solid::kCylinder:
      p.ball_centre = p.centre + Vec3{0, 0, 0.5f * p.size.z};
      p.ball_radius = std::sqrt(p.size.x * p.size.x + 0.25f * p.size.z * p.size.z);
      cylinder(p.size.x, p.centre.z, p.centre.z + p.size.z);
      break;
    case Solid::kCapsule: {
      const Vec3 half = (p.end - p.centre) * 0.5f;
      p.ball_centre = p.centre + half;
      p.ball_radius = std::sqrt(dot(half, half)) + p.size.x;
      cylinder(std::sqrt(half.x * half.x + half.y * half.y) + p.size.x, std::min(p.centre.z, p.end.z) - p.size.x,
               std::max(p.centre.z, p.end.z) + p.size.x);
      break;
    }
  }
}

struct Dye {
  Vec3 main, paint;
  float rim;
};
Vec3 linear(float r, float g, float b) { return {r * r, g * g, b * b}; }
Dye dye_of(Colour colour) {
  switch (colour) {
    case Colour::kRed:
      return {linear(0.88f, 0.06f, 0.07f), linear(0.48f, 0.02f, 0.03f), 0.05f};
    case Colour::kOrange:
      return {linear(1.0f, 0.53f, 0.02f), linear(0.66f, 0.30f, 0.01f), 0.05f};
    case Colour::kYellow:
      return {linear(1.0f, 0.93f, 0.08f), linear(0.68f, 0.60f, 0.04f), 0.05f};
    case Colour::kGreen:
      return {linear(0.04f, 0.74f, 0.20f), linear(0.02f, 0.42f, 0.11f), 0.05f};
    case Colour::kBlue:
      return {linear(0.08f, 0.26f, 0.98f), linear(0.04f, 0.12f, 0.58f), 0.05f};
    case Colour::kPurple:
      return {linear(0.62f, 0.12f, 0.86f), linear(0.34f, 0.06f, 0.50f), 0.05f};
    case Colour::kWhite:
      return {linear(0.97f, 0.97f, 0.97f), linear(0.66f, 0.67f, 0.69f), 0.02f};
    case Colour::kBlack:
      return {linear(0.07f, 0.07f, 0.08f), linear(0.24f, 0.24f, 0.26f), 0.45f};
  }
  return {};
}

struct Placement {
  Vec3 at;  ///< the lowest point, below the middle
  float scale, yaw, roll;
  Pose pose;
  std::uint8_t object;
};

void turn(Primitive& p, float yaw, float roll) {
  p.cos_yaw = static_cast<float>(cosine(yaw)), p.sin_yaw = static_cast<float>(sine(yaw));
  p.cos_roll = static_cast<float>(cosine(roll)), p.sin_roll = static_cast<float>(sine(roll));
}

/// Seen from the side when walking (the strides show), from the front otherwise.
void add_person(std::vector<Primitive>& out, Primitive base, const Placement& place) {
  const Pose& pose = place.pose;
  const float h = 1.22f * place.scale * (1.0f - 0.16f * pose.crouch);
  const auto capsule = [&](Vec3 a, Vec3 b, float r, Vec3 colour) {
    Primitive p = base;
    p.solid = Solid::kCapsule;
    p.centre = place.at + a * h, p.end = place.at + b * h, p.size.x = r * h, p.colour = colour;
    out.push_back(p);
  };
  const float swing = pose.walking * 0.17f * static_cast<float>(cosine(pose.stride));
  const float airborne = clamp01(place.at.z / 0.3f) * (1 - pose.walking);
  const Vec3 trousers = mix(base.colour, base.second_colour, 0.75f), skin = linear(0.80f, 0.66f, 0.56f);
  const float spread = pose.walking > 0 ? 0.035f : 0.085f, depth = pose.walking > 0 ? 0.06f : 0.0f;
  for (const float side : {-1.0f, 1.0f}) {
    const float lift = std::max(0.0f, pose.walking * 0.05f * static_cast<float>(sine(pose.stride)) * side);
    capsule({side * 0.045f, side * depth, 0.47f}, {side * spread + side * swing, side * depth, 0.06f + lift}, 0.06f, trousers);
    const float out_x = pose.walking > 0 ? 0.0f : 0.15f, hand = 0.43f + 0.45f * airborne;
    const Vec3 shoulder = {pose.walking > 0 ? 0.0f : side * 0.125f, side * depth * 2.2f, 0.76f};
    capsule(shoulder, {side * (out_x + 0.05f + 0.06f * airborne) - side * swing * 1.1f, side * depth * 2.4f, hand}, 0.043f, base.colour);
  }
  capsule({0, 0, 0.52f}, {0, 0, 0.73f}, 0.105f, base.colour);
  Primitive head = base;
  head.solid = Solid::kSphere;
  head.centre = place.at + Vec3{0, 0, 0.915f} * h, head.size.x = 0.088f * h, head.colour = skin;
  out.push_back(head);
}

void add_actor(std::vector<Primitive>& out, Shape shape, Colour colour, const Placement& place) {
  const Dye dye = dye_of(colour);
  const float s = place.scale;
  Primitive p;
  p.colour = dye.main, p.second_colour = dye.paint, p.rim = dye.rim, p.object = place.object;
  turn(p, place.yaw, place.roll);
  switch (shape) {
    case Shape::kBall:
      p.solid = Solid::kSphere, p.paint = Paint::kBand;
      p.centre = place.at + Vec3{0, 0, 0.5f * s}, p.size.x = 0.5f * s;
      out.push_back(p);
      break;
    case Shape::kCube:
      p.solid = Solid::kBox, p.paint = Paint::kFaces;
      p.size = {0.43f * s, 0.43f * s, 0.43f * s}, p.centre = place.at + Vec3{0, 0, 0.43f * s};
      out.push_back(p);
      break;
    case Shape::kCone:
      p.solid = Solid::kCone, p.paint = Paint::kRing;
      p.size = {0.52f * s, 0, 1.15f * s}, p.centre = place.at;
      out.push_back(p);
      break;
    case Shape::kPillar:
      p.solid = Solid::kCylinder, p.paint = Paint::kSectors;
      p.size = {0.2f * s, 0, 1.3f * s}, p.centre = place.at;
      out.push_back(p);
      break;
    case Shape::kPerson:
      add_person(out, p, place);
      break;
  }
}

void add_tree(std::vector<Primitive>& out, float x, float y, float s) {
  Primitive trunk;
  trunk.solid = Solid::kCylinder;
  trunk.centre = {x, y, 0}, trunk.size = {0.16f * s, 0, 1.3f * s}, trunk.colour = {0.12f, 0.07f, 0.035f};
  out.push_back(trunk);
  Primitive crown;
  crown.centre = {x, y, 1.9f * s}, crown.size.x = 1.0f * s, crown.colour = {0.035f, 0.11f, 0.025f};
  out.push_back(crown);
}
void add_block(std::vector<Primitive>& out, float x, float y, Vec3 half, float grey, float yaw) {
  Primitive p;
  p.solid = Solid::kBox;
  p.centre = {x, y, half.z}, p.size = half, p.colour = {grey, grey, grey};
  turn(p, yaw, 0);
  out.push_back(p);
}
void add_cactus(std::vector<Primitive>& out, float x, float y, float s) {
  Primitive p;
  p.solid = Solid::kCapsule, p.colour = {0.05f, 0.13f, 0.07f};
  const auto limb = [&](Vec3 a, Vec3 b, float r) {
    p.centre = Vec3{x, y, 0} + a * s, p.end = Vec3{x, y, 0} + b * s, p.size.x = r * s;
    out.push_back(p);
  };
  limb({0, 0, 0.2f}, {0, 0, 2.1f}, 0.24f);
  limb({0.05f, 0, 0.9f}, {0.7f, 0, 0.9f}, 0.16f);
  limb({0.7f, 0, 0.9f}, {0.7f, 0, 1.6f}, 0.16f);
  limb({-0.65f, 0, 1.2f}, {-0.05f, 0, 1.2f}, 0.15f);
  limb({-0.65f, 0, 1.2f}, {-0.65f, 0, 1.75f}, 0.15f);
}
void add_rock(std::vector<Primitive>& out, float x, float y, float radius) {
  Primitive p;
  p.centre = {x, y, 0.25f * radius}, p.size.x = radius, p.colour = {0.17f, 0.10f, 0.07f};
  out.push_back(p);
}
void add_dune(std::vector<Primitive>& out, float x, float y, float radius, float height) {
  Primitive p;
  p.centre = {x, y, height - radius}, p.size.x = radius, p.colour = {0.55f, 0.40f, 0.21f};
  out.push_back(p);
}

}  // namespace

Vec3 normal_at(const Primitive& p, Vec3 point) {
  switch (p.solid) {
    case Solid::kSphere:
      return (point - p.centre) * (1.0f / p.size.x);
    case Solid::kBox: {
      const Vec3 q = to_local(p, point - p.centre);
      const float x = std::abs(q.x) - p.size.x, y = std::abs(q.y) - p.size.y, z = std::abs(q.z) - p.size.z;
      if (x > y && x > z) return from_local(p, {q.x > 0 ? 1.0f : -1.0f, 0, 0});
      if (y > z) return from_local(p, {0, q.y > 0 ? 1.0f : -1.0f, 0});
      return {0, 0, q.z > 0 ? 1.0f : -1.0f};
    }
    case Solid::kCone: {
      const Vec3 q = point - p.centre;
      if (q.z < 1e-3f * p.size.z) return {0, 0, -1};
      const float r = std::sqrt(q.x * q.x + q.y * q.y) + 1e-9f;
      return normalised({q.x / r, q.y / r, p.size.x / p.size.z});
    }
    case Solid::kCylinder: {
      const Vec3 q = point - p.centre;
      if (q.z > 0.999f * p.size.z) return {0, 0, 1};
      if (q.z < 1e-3f * p.size.z) return {0, 0, -1};
      return {q.x / p.size.x, q.y / p.size.x, 0};
    }
    case Solid::kCapsule: {
      const Vec3 axis = p.end - p.centre, q = point - p.centre;
      const float h = clamp01(dot(q, axis) / dot(axis, axis));
      return (q - axis * h) * (1.0f / p.size.x);
    }
  }
  return {0, 0, 1};
}

Vec3 colour_at(const Primitive& p, Vec3 point, Vec3 normal) {
  switch (p.paint) {
    case Paint::kPlain:
      return p.colour;
    case Paint::kBand: {  // a stripe through the poles of the rolling axis
      const float along = p.cos_roll * normal.x - p.sin_roll * normal.z;
      return std::abs(along) < 0.17f ? p.second_colour : p.colour;
    }
    case Paint::kFaces: {  // two of the four sides are darker
      const Vec3 n = to_local(p, normal);
      return std::abs(n.y) > 0.5f ? mix(p.colour, p.second_colour, 0.85f) : p.colour;
    }
    case Paint::kRing: {
      const float h = (point.z - p.centre.z) / p.size.z;
      return h > 0.36f && h < 0.52f ? p.second_colour : p.colour;
    }
    case Paint::kSectors: {
      const Vec3 n = to_local(p, normal);
      return n.z < 0.5f && n.x * n.y > 0 ? p.second_colour : p.colour;
    }
  }
  return p.colour;
}

std::vector<Primitive> actors_at(const Simulation& simulation, double t) {
  std::vector<Primitive> out;
  const Scene& scene = simulation.scene();
  const Pose pose = simulation.pose_at(t);
  add_actor(out, scene.shape, scene.colour, {{pose.x, 0, pose.lift}, simulation.scale(), pose.yaw, pose.roll, pose, 1});
  if (scene.second.present) {
    add_actor(out, scene.second.shape, scene.second.colour,
              {simulation.second_place(), simulation.second_scale(), simulation.second_yaw(), 0.4f, Pose{}, 2});
  }
  for (Primitive& p : out) bound(p);
  return out;
}

std::vector<Primitive> set_pieces(const Simulation& simulation) {
  std::vector<Primitive> out;
  switch (simulation.scene().place) {
    case Place::kStudio:
      add_block(out, -7.0f, 7.5f, {0.9f, 0.9f, 1.5f}, 0.30f, 0.3f);
      add_block(out, -3.6f, 11.0f, {1.2f, 1.0f, 0.7f}, 0.22f, -0.2f);
      add_block(out, 3.4f, 12.0f, {0.8f, 0.8f, 2.0f}, 0.26f, 0.5f);
      add_block(out, 7.2f, 8.5f, {1.2f, 0.9f, 0.9f}, 0.32f, -0.4f);
      add_block(out, -13.0f, 9.0f, {1.5f, 1.2f, 1.1f}, 0.25f, 0.2f);
      add_block(out, 13.0f, 10.0f, {1.2f, 1.2f, 1.8f}, 0.24f, 0.1f);
      break;
    case Place::kMeadow:
      add_tree(out, -6.0f, 8.0f, 1.15f);
      add_tree(out, -2.8f, 14.0f, 1.0f);
      add_tree(out, 3.8f, 11.0f, 1.1f);
      add_tree(out, 7.8f, 8.0f, 1.3f);
      add_tree(out, -12.5f, 9.0f, 1.3f);
      add_tree(out, 13.5f, 11.0f, 1.2f);
      break;
    case Place::kDesert:
      add_dune(out, -11.0f, 17.0f, 9.0f, 2.2f);
      add_dune(out, -1.0f, 26.0f, 14.0f, 2.6f);
      add_dune(out, 8.5f, 16.0f, 8.0f, 1.8f);
      add_dune(out, 21.0f, 17.0f, 11.0f, 2.7f);
      add_dune(out, -25.0f, 15.0f, 10.0f, 2.5f);
      add_cactus(out, -5.2f, 7.5f, 1.0f);
      add_cactus(out, 4.2f, 9.5f, 1.15f);
      add_cactus(out, 11.5f, 9.0f, 1.2f);
      add_rock(out, -1.6f, 10.5f, 0.75f);
      add_rock(out, 8.0f, 7.5f, 0.9f);
      add_rock(out, -11.0f, 8.0f, 1.1f);
      break;
  }
  for (Primitive& p : out) bound(p);
  if (simulation.scene().weather == Weather::kSnow) {
    for (Primitive& p : out) p.colour = mix(p.colour, {0.70f, 0.73f, 0.78f}, simulation.scene().place == Place::kDesert ? 0.85f : 0.4f);
  }
  return out;
}

}  // namespace fantascope::world
