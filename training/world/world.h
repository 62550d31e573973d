#pragma once
/// The grey-box previz world: what a clip shows and sounds like (Scene), how it is sampled, simulated, ray-cast and heard.
/// Deterministic: the same seed gives the same scene, frames, samples and caption on every machine of one architecture. Every function is
/// free of shared state and may run on any thread.
#include <cstdint>
#include <string>
#include <vector>

namespace fantascope::world {

enum class Shape { kBall, kCube, kCone, kPillar, kPerson };
enum class Colour { kRed, kOrange, kYellow, kGreen, kBlue, kPurple, kWhite, kBlack };
enum class Size { kSmall, kMedium, kLarge };
enum class Action {
  kStandsStill,
  kBounces,
  kFalls,
  kRollsLeft,
  kRollsRight,
  kSlidesLeft,
  kSlidesRight,
  kSpins,
  kWalksLeft,
  kWalksRight,
  kJumps
};
enum class Place { kStudio, kMeadow, kDesert };
enum class TimeOfDay { kDay, kSunset, kNight };
enum class Weather { kClear, kRain, kSnow, kFog };
enum class Camera { kStatic, kPanLeft, kPanRight, kTiltUp, kTiltDown, kDollyIn, kDollyOut, kOrbitLeft, kOrbitRight, kCraneUp };

struct SecondObject {
  bool present = false;
  Shape shape = Shape::kBall;
  Colour colour = Colour::kRed;
  bool on_left = false;  ///< else on the right of the subject, as the camera sees it at the start
};

/// Everything a clip is: the words, and `seed` for what no word says (positions, phases, speeds).
struct Scene {
  Shape shape = Shape::kBall;
  Colour colour = Colour::kRed;
  Size size = Size::kMedium;
  Action action = Action::kStandsStill;
  SecondObject second;
  Place place = Place::kStudio;
  TimeOfDay time = TimeOfDay::kDay;
  Weather weather = Weather::kClear;
  Camera camera = Camera::kStatic;
  std::uint64_t seed = 0;
};

/// The frame grid and the sound's rate. A still is num_frames 1.
struct ClipShape {
  int width = 192, height = 128, num_frames = 25;
  double fps = 12.0;
  int sample_rate = 16000;
};

struct Contact {
  double time_s = 0;    ///< when something touches the ground or another thing
  double strength = 0;  ///< 0..1
};

struct Clip {
  ClipShape shape;
  std::vector<std::uint8_t> frames;       ///< [frame][row][column][3], sRGB
  std::vector<std::uint8_t> object_mask;  ///< [frame][row][column]: 0 background, 1 subject, 2 second object
  std::vector<float> audio;               ///< [2][num_samples] planar stereo in [-1,1], num_samples = round(num_frames / fps * sample_rate)
  std::vector<Contact> contacts;          ///< of the subject, in time order
};

/// The actions that a shape can do.
std::vector<Action> actions_of(Shape shape);
/// A random valid scene.
Scene sample_scene(std::uint64_t seed);
/// True for the attribute combinations that training never sees and `evaluate` uses (about one in twelve).
bool is_held_out(const Scene& scene);
/// True where the scene lets its subject come down on the ground, once or several times: what contact and sound are measured on. In all
/// other scenes (steps, rolling, standing) no landing can be told from the picture, and what looks like one is noise.
bool strikes(const Scene& scene);
/// Renders picture and sound of a scene.
Clip render_clip(const Scene& scene, const ClipShape& shape);
/// The scene's surroundings without subject, second object, rain or snow, at the given frames: [frame][row][column][3].
std::vector<std::uint8_t> render_backdrop(const Scene& scene, const ClipShape& shape, const std::vector<int>& frames);
/// The point of the upright plane through the subject's path (x right of the middle, z above the ground, metres) that a frame shows at (u,
/// v), both 0..1 from the left and from the top.
struct PlanePoint {
  float x = 0, z = 0;
};
PlanePoint point_seen_at(const Scene& scene, const ClipShape& shape, int frame, float u, float v);
/// One of the many wordings of a scene, by `seed`. Lower case; words separated by single blanks; punctuation stands alone.
std::string caption(const Scene& scene, std::uint64_t seed);
/// The plainest wording, for tables and tests.
std::string plain_caption(const Scene& scene);
/// Every word that caption() can ever produce, sorted.
std::vector<std::string> vocabulary();

const char* name(Shape);
const char* name(Colour);
const char* name(Size);
const char* name(Action);
const char* name(Place);
const char* name(TimeOfDay);
const char* name(Weather);
const char* name(Camera);

}  // namespace fantascope::world
