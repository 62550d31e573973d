#include <algorithm>
#include <set>
#include <sstream>

#include "training/world/internal/math.h"
#include "training/world/world.h"

/// Every wording is a phrase of a table below, so that the vocabulary is the words of the tables. The first phrase of a row is the plain
/// one and is drawn more often than the others.
namespace fantascope::world {
namespace {

using Phrases = std::vector<const char*>;

const Phrases& words_of(Size value) {
  static const Phrases rows[] = {{"small", "little", "tiny"}, {"medium", "medium sized", "normal"}, {"large", "big", "huge", "giant"}};
  return rows[static_cast<int>(value)];
}
const Phrases& words_of(Colour value) {
  static const Phrases rows[] = {
      {"red", "bright red", "scarlet", "crimson"}, {"orange", "bright orange", "tangerine"}, {"yellow", "bright yellow", "lemon yellow"},
      {"green", "bright green", "emerald"},        {"blue", "bright blue", "cobalt blue"},   {"purple", "violet", "bright purple"},
      {"white", "snow white", "pure white"},       {"black", "jet black", "pure black"},
  };
  return rows[static_cast<int>(value)];
}
const Phrases& words_of(Shape value) {
  static const Phrases rows[] = {{"ball", "sphere", "globe"},
                                 {"cube", "box", "block"},
                                 {"cone", "traffic cone", "pointed cone"},
                                 {"pillar", "column", "post"},
                                 {"person", "figure", "man", "woman", "human"}};
  return rows[static_cast<int>(value)];
}
const Phrases& words_of(Action value) {
  static const Phrases rows[] = {
      {"stands still", "is standing still", "standing still", "does not move", "rests", "stands"},
      {"bounces", "is bouncing", "bouncing", "bounces up and down", "hops", "keeps bouncing"},
      {"falls", "is falling", "falling", "drops", "falls down", "drops from above", "falls from the sky"},
      {"rolls left", "is rolling left", "rolling left", "rolls to the left", "rolls from right to left"},
      {"rolls right", "is rolling right", "rolling right", "rolls to the right", "rolls from left to right"},
      {"slides left", "is sliding left", "sliding left", "slides to the left", "glides to the left"},
      {"slides right", "is sliding right", "sliding right", "slides to the right", "glides to the right"},
      {"spins", "is spinning", "spinning", "turns around", "rotates", "spins around"},
      {"walks left", "is walking left", "walking left", "walks to the left", "strolls to the left"},
      {"walks right", "is walking right", "walking right", "walks to the right", "strolls to the right"},
      {"jumps", "is jumping", "jumping", "jumps up and down", "leaps", "keeps jumping"},
  };
  return rows[static_cast<int>(value)];
}
const Phrases& words_of(Place value) {
  static const Phrases rows[] = {
      {"in a grey studio", "on a checkered floor", "in a studio", "in the grey studio", "in a studio with a checkered floor",
       "on the checkered floor", "in a gray studio"},
      {"in a green meadow", "in a meadow", "on the grass", "in a field", "in the meadow", "on a green field", "on a lawn"},
      {"in a sandy desert", "in the desert", "on the sand", "in a desert", "among the dunes", "in the dunes"},
  };
  return rows[static_cast<int>(value)];
}
/// For actions that cross the ground.
const Phrases& crossing_words_of(Place value) {
  static const Phrases rows[] = {{"across a checkered floor", "across the checkered floor", "across a studio floor"},
                                 {"across a green meadow", "across a meadow", "across the grass"},
                                 {"across a sandy desert", "across the desert", "across the sand"}};
  return rows[static_cast<int>(value)];
}
const Phrases& words_of(TimeOfDay value) {
  static const Phrases rows[] = {
      {"by day", "in daylight", "during the day", "at noon", "in the daytime", "at day"},
      {"at sunset", "at dusk", "in the golden hour", "in the evening light", "as the sun sets", "in the evening"},
      {"at night", "by night", "in the moonlight", "after dark", "under the moon", "in the dark"},
  };
  return rows[static_cast<int>(value)];
}
const Phrases& words_of(Weather value) {
  static const Phrases rows[] = {
      {"clear sky", "under a clear sky", "clear weather", "the sky is clear", "in clear weather"},
      {"rain falls", "in the rain", "it is raining", "rainy", "it rains", "rainy weather", "while rain falls"},
      {"snow falls", "in the snow", "it is snowing", "snowy", "it snows", "snowy weather", "while snow falls"},
      {"fog", "in the fog", "it is foggy", "foggy", "misty", "in thick mist", "foggy weather"},
  };
  return rows[static_cast<int>(value)];
}
const Phrases& words_of(Camera value) {
  static const Phrases rows[] = {
      {"static camera", "the camera does not move", "fixed camera", "still camera", "the camera stands still", "locked camera"},
      {"the camera pans left", "slow pan left", "pan left", "panning left", "camera pans to the left", "a slow pan to the left"},
      {"the camera pans right", "slow pan right", "pan right", "panning right", "camera pans to the right", "a slow pan to the right"},
      {"the camera tilts up", "slow tilt up", "tilt up", "tilting up", "camera tilts upwards"},
      {"the camera tilts down", "slow tilt down", "tilt down", "tilting down", "camera tilts downwards"},
      {"the camera dollies in", "dolly in", "slow dolly in", "push in", "the camera moves closer", "the camera moves in"},
      {"the camera dollies out", "dolly out", "slow dolly out", "pull back", "the camera moves away", "the camera moves back"},
      {"the camera orbits left", "orbit left", "slow orbit left", "orbiting left", "the camera circles to the left"},
      {"the camera orbits right", "orbit right", "slow orbit right", "orbiting right", "the camera circles to the right"},
      {"the camera cranes up", "crane up", "slow crane up", "crane shot", "the camera rises", "crane shot rising up"},
  };
  return rows[static_cast<int>(value)];
}
// A second object: "with" / side pairs.
const Phrases kBeside = {"with", "next to", "beside", "and"};
const Phrases kOnLeft = {"on the left", "to the left", "at left", "on its left"};
const Phrases kOnRight = {"on the right", "to the right", "at right", "on its right"};
const Phrases kStyle = {"grey box previz", "simple 3d render", "previz"};
const Phrases kOpeners = {"video of", "a clip of", "a shot of"};
const Phrases kGlue = {"a", "an", "the", ",", ".", "there is", "is"};

class Writer {
 public:
  Writer(const Scene& scene, std::uint64_t seed) : scene_(scene), rng_(seed ^ 0xca9710full) {}

  std::string write() {
    pick_slots();
    std::string text;
    switch (rng_.below(20)) {
      case 0:
      case 1:
        text = join({camera_, subject_and_action(true), time_, weather_}, ",");
        break;  // the camera first
      case 2:
        text = join({time_, subject_and_action(true), camera_, weather_}, ",");
        break;  // the time first
      case 3:
        text = join({with_blank(place_slot(), time_), subject_and_action(false), camera_, weather_}, ",");
        break;
      case 4:
        text = join({weather_, with_blank(subject_and_action(true), time_), camera_}, ",");
        break;  // the weather first
      case 5:
      case 6:
        text = join({subject_and_action(true), time_, weather_, camera_}, ",");
        break;
      case 7:
      case 8:
        text = join({with_blank(subject_and_action(true), time_), weather_, camera_}, ",");
        break;
      case 9:
        text = join({with_blank(subject_and_action(true), time_), camera_, weather_}, ".");
        break;
      case 10:
        text = with_blank(with_blank(with_blank(subject_and_action(true), time_), weather_), camera_);
        break;  // no commas
      default:
        text = join({with_blank(subject_and_action(true), time_), camera_, weather_}, ",");
        break;  // the prompt builder's order
    }
    if (rng_.chance(0.04)) text = with_blank(pick(kOpeners), text);
    if (rng_.chance(0.05)) text = join({text, pick(kStyle)}, ",");
    if (rng_.chance(0.08)) text += " .";
    return text;
  }

 private:
  std::string pick(const Phrases& phrases, double plain = 0.0) {
    if (rng_.chance(plain)) return phrases[0];
    return phrases[static_cast<std::size_t>(rng_.below(static_cast<int>(phrases.size())))];
  }
  static std::string with_blank(const std::string& a, const std::string& b) { return a.empty() ? b : (b.empty() ? a : a + " " + b); }
  static std::string join(const std::vector<std::string>& parts, const char* mark) {
    std::string out;
    for (const auto& part : parts) {
      if (part.empty()) continue;
      if (!out.empty()) out += std::string(" ") + mark + " ";
      out += part;
    }
    return out;
  }

  /// What is said about surroundings. A default is often left out; anything may be left out of a short caption, which then stands for any.
  void pick_slots() {
    short_ = rng_.chance(0.12);
    const double drop = short_ ? 0.6 : 0.03;
    if (!rng_.chance(drop) && !(scene_.time == TimeOfDay::kDay && rng_.chance(0.25))) time_ = pick(words_of(scene_.time), 0.3);
    if (!rng_.chance(drop) && !(scene_.weather == Weather::kClear && rng_.chance(0.6))) weather_ = pick(words_of(scene_.weather), 0.3);
    if (!rng_.chance(drop) && !(scene_.camera == Camera::kStatic && rng_.chance(0.5))) camera_ = pick(words_of(scene_.camera), 0.3);
    say_place_ = !rng_.chance(drop);
  }
  std::string place_slot() { return say_place_ ? pick(words_of(scene_.place), 0.3) : ""; }

  std::string thing(const std::string& size, Colour colour, Shape shape, bool article) {
    std::string text = with_blank(size, with_blank(pick(words_of(colour), 0.6), pick(words_of(shape), 0.6)));
    if (!article) return text;
    if (rng_.chance(0.06)) return "the " + text;
    const bool vowel = text[0] == 'a' || text[0] == 'e' || text[0] == 'i' || text[0] == 'o';
    return (vowel ? "an " : "a ") + text;
  }

  std::string subject_and_action(bool with_place) {
    std::string size;
    if (scene_.size != Size::kMedium || rng_.chance(0.2)) size = pick(words_of(scene_.size), 0.5);
    if (short_ && rng_.chance(0.5)) size.clear();
    std::string text = thing(size, scene_.colour, scene_.shape, !rng_.chance(short_ ? 0.6 : 0.08));
    if (scene_.action != Action::kStandsStill || !rng_.chance(0.2)) text = with_blank(text, pick(words_of(scene_.action), 0.4));
    if (scene_.second.present) {
      text = with_blank(text, pick(kBeside, 0.6));
      text = with_blank(text, thing("", scene_.second.colour, scene_.second.shape, true));
      text = with_blank(text, pick(scene_.second.on_left ? kOnLeft : kOnRight, 0.6));
    }
    if (!with_place || !say_place_) return text;
    const bool crosses = scene_.action != Action::kStandsStill && scene_.action != Action::kFalls && scene_.action != Action::kSpins &&
                         scene_.action != Action::kJumps;
    const bool across = crosses && rng_.chance(0.3);
    return with_blank(text, across ? pick(crossing_words_of(scene_.place)) : place_slot());
  }

  const Scene& scene_;
  Rng rng_;
  std::string time_, weather_, camera_;
  bool short_ = false, say_place_ = true;
};

template <typename Enum>
void collect(std::vector<const Phrases*>& tables, int count) {
  for (int i = 0; i < count; ++i) tables.push_back(&words_of(static_cast<Enum>(i)));
}

}  // namespace

std::string caption(const Scene& scene, std::uint64_t seed) { return Writer(scene, seed).write(); }

std::string plain_caption(const Scene& scene) {
  const auto article = [](const std::string& text) { return (text[0] == 'o' ? "an " : "a ") + text; };
  std::string thing = std::string(name(scene.colour)) + " " + name(scene.shape);
  if (scene.size != Size::kMedium) thing = std::string(words_of(scene.size)[0]) + " " + thing;
  std::string text = article(thing) + " " + words_of(scene.action)[0];
  if (scene.second.present) {
    text += " with " + article(std::string(name(scene.second.colour)) + " " + name(scene.second.shape)) +
            (scene.second.on_left ? " on the left" : " on the right");
  }
  text += std::string(" ") + words_of(scene.place)[0] + " " + words_of(scene.time)[0];
  text += std::string(" , ") + words_of(scene.camera)[0] + " , " + words_of(scene.weather)[0];
  return text;
}

std::vector<std::string> vocabulary() {
  std::vector<const Phrases*> tables = {&kBeside, &kOnLeft, &kOnRight, &kStyle, &kOpeners, &kGlue};
  collect<Size>(tables, 3);
  collect<Colour>(tables, 8);
  collect<Shape>(tables, 5);
  collect<Action>(tables, 11);
  collect<Place>(tables, 3);
  collect<TimeOfDay>(tables, 3);
  collect<Weather>(tables, 4);
  collect<Camera>(tables, 10);
  for (int i = 0; i < 3; ++i) tables.push_back(&crossing_words_of(static_cast<Place>(i)));
  std::set<std::string> words;
  for (const Phrases* table : tables) {
    for (const char* phrase : *table) {
      std::istringstream stream(phrase);
      for (std::string word; stream >> word;) words.insert(word);
    }
  }
  return {words.begin(), words.end()};
}

}  // namespace fantascope::world
