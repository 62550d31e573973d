#pragma once
/// The actors of a clip: which colours, where on each frame, and the measures that shape, motion and count are told by.
#include <array>
#include <vector>

#include "training/evaluate/internal/colour_model.h"

namespace fantascope::evaluate {

/// One actor on one frame. Metres on the upright plane through the subject's path (world::point_seen_at).
struct Sighting {
  int area = 0;                              ///< grid pixels; 0: not seen
  float x = 0, low = 0, high = 0, wide = 0;  ///< middle, lowest and highest point, width
  float luma = 0, tilt = 0, dark = 0;        ///< mean brightness; right half minus left half; share of dark pixels
  bool cut = false;                          ///< touches the frame's edge
  bool cut_above = false, cut_below = false;
  std::array<float, 8> profile{};  ///< width of eight bands from top to bottom, as a share of the whole width
  std::array<float, 5> columns{};  ///< height of five bands from left to right, as a share of the whole height
  float legs = 0;                  ///< runs of pixels a row in the lowest quarter
  float fill = 0;                  ///< share of the box
  std::array<float, 36> crop{};    ///< brightness on a 6x6 grid over the box
};

struct ActorTrack {
  world::Colour colour = world::Colour::kRed;
  std::vector<double> times;
  std::vector<Sighting> sightings;  ///< one a frame
  float total_area = 0;
};

struct ActorReading {
  ActorTrack first, second;  ///< second: the next best colour, whether or not it is an actor
  std::vector<float> count_features;
};

/// `scene` says the surroundings. clip and backdrop lie on grid_shape's grid.
ActorReading read_actors(const world::Scene& scene, const world::ClipShape& grid_shape, const GridClip& clip, const GridClip& backdrop,
                         const ColourModel& colours);

std::vector<float> shape_features(const ActorTrack& track);
/// shape_shares: probabilities of the five shapes.
std::vector<float> motion_features(const ActorTrack& track, const std::vector<float>& shape_shares, world::Camera camera);
/// Times at which the actor lands, between frames where its path tells so. A rigid one (all but a person) is followed by its top as well,
/// which no shadow touches.
std::vector<double> landings_of(const ActorTrack& track, bool rigid);
/// Where it is at first, metres.
float start_of(const ActorTrack& track);
/// How far it moves in all directions, metres.
float travel_of(const ActorTrack& track);

}  // namespace fantascope::evaluate
