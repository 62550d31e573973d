#include "training/world/internal/sound.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fantascope::world {
namespace {

constexpr float kPeak = 0.88f;

/// White noise in -1..1, cheap and repeatable.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(static_cast<std::uint32_t>(mix64(seed)) | 1u) {}
  float next() {
    state_ ^= state_ << 13, state_ ^= state_ >> 17, state_ ^= state_ << 5;
    return static_cast<float>(static_cast<std::int32_t>(state_)) * 0x1p-31f;
  }

 private:
  std::uint32_t state_;
};

/// Second-order sections after the Audio EQ Cookbook (R. Bristow-Johnson).
struct Biquad {
  float b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0, z1 = 0, z2 = 0;
  float next(float x) {
    const float y = b0 * x + z1;
    z1 = b1 * x - a1 * y + z2;
    z2 = b2 * x - a2 * y;
    return y;
  }
  static Biquad band(double frequency, double q, double rate) {
    const double w = 2 * kPi * std::min(frequency, 0.45 * rate) / rate, alpha = sine(w) / (2 * q), a0 = 1 + alpha;
    Biquad f;
    f.b0 = static_cast<float>(alpha / a0), f.b2 = -f.b0;
    f.a1 = static_cast<float>(-2 * cosine(w) / a0), f.a2 = static_cast<float>((1 - alpha) / a0);
    return f;
  }
  static Biquad low(double frequency, double q, double rate) {
    const double w = 2 * kPi * std::min(frequency, 0.45 * rate) / rate, alpha = sine(w) / (2 * q), a0 = 1 + alpha, c = cosine(w);
    Biquad f;
    f.b0 = f.b2 = static_cast<float>((1 - c) / 2 / a0), f.b1 = static_cast<float>((1 - c) / a0);
    f.a1 = static_cast<float>(-2 * c / a0), f.a2 = static_cast<float>((1 - alpha) / a0);
    return f;
  }
  static Biquad high(double frequency, double q, double rate) {
    const double w = 2 * kPi * std::min(frequency, 0.45 * rate) / rate, alpha = sine(w) / (2 * q), a0 = 1 + alpha, c = cosine(w);
    Biquad f;
    f.b0 = f.b2 = static_cast<float>((1 + c) / 2 / a0), f.b1 = static_cast<float>(-(1 + c) / a0);
    f.a1 = static_cast<float>(-2 * c / a0), f.a2 = static_cast<float>((1 - alpha) / a0);
    return f;
  }
};

/// The nearest pitch that a vocoder can sing. A vocoder makes the same of every hop of a mel that stands still, so that whatever it hums
/// repeats after each hop of 10 ms: multiples of 100 Hz. Between them it can only be silent or out of tune. For the same reason tones keep
/// the phase of one clock, wherever they begin: a mel does not hold phases, so that a network can learn tones only where they follow.
double tuned(double frequency) { return std::max(1.0, std::round(frequency / 100)) * 100; }

/// Turns, 0…1, of a tone at a sample of the clip.
double turns_at(double frequency, std::int64_t sample, double rate) {
  return std::fmod(frequency * static_cast<double>(sample) / rate, 1.0);
}

/// A decaying sine by rotation: no sine per sample. It begins at sample `start` of the clip, in the phase of the clock.
struct Mode {
  double re = 0, im = 0, turn_re = 1, turn_im = 0;
  Mode(double frequency, double decay_s, double amplitude, double rate, std::int64_t start = 0) {
    const double w = 2 * kPi * frequency / rate, keep = exponential(-1.0 / (decay_s * rate));
    const double phase = 2 * kPi * turns_at(frequency, start, rate);
    turn_re = keep * cosine(w), turn_im = keep * sine(w);
    re = amplitude * cosine(phase), im = amplitude * sine(phase);
  }
  float next() {
    const double r = re * turn_re - im * turn_im;
    im = re * turn_im + im * turn_re;
    re = r;
    return static_cast<float>(im);
  }
};

class Mixer {
 public:
  Mixer(const Simulation& simulation, const ClipShape& shape)
      : simulation_(simulation),
        rate_(shape.sample_rate),
        count_(num_samples_of(shape)),
        seed_(simulation.scene().seed),
        left_(static_cast<std::size_t>(count_)),
        right_(left_.size()),
        dry_(left_.size()) {}

  std::vector<float> run() {
    subject();
    place_in_stereo();
    ambience();
    std::vector<float> out(left_);
    out.insert(out.end(), right_.begin(), right_.end());
    float peak = 0;
    for (const float x : out) peak = std::max(peak, std::abs(x));
    if (peak > kPeak) {
      for (float& x : out) x *= kPeak / peak;
    }
    return out;
  }

 private:
  void subject() {
    for (const Contact& contact : simulation_.contacts()) {
      if (simulation_.scene().shape == Shape::kPerson) {
        footstep(contact);
      } else {
        impact(contact);
      }
    }
    const Action action = simulation_.scene().action;
    const float speed = std::min(1.0f, std::abs(simulation_.speed()) / 1.6f);
    if (action == Action::kRollsLeft || action == Action::kRollsRight) rolling(speed);
    if (action == Action::kSlidesLeft || action == Action::kSlidesRight) scraping(speed);
    if (action == Action::kSpins) spinning();
  }

  double pitch() const { return 1.45 / std::max(0.7f, simulation_.scale()); }  // smaller things ring higher

  void impact(const Contact& contact) {
    struct Voice {
      std::array<double, 3> frequency, decay, amplitude;
    };
    static constexpr Voice voices[] = {
        {{150, 330, 560}, {0.090, 0.060, 0.035}, {0.55, 0.25, 0.12}},    // ball: rubber
        {{240, 610, 1050}, {0.060, 0.045, 0.025}, {0.45, 0.30, 0.18}},   // cube: wood
        {{620, 1330, 2480}, {0.110, 0.080, 0.050}, {0.35, 0.28, 0.18}},  // cone: tin
        {{330, 890, 1790}, {0.220, 0.150, 0.090}, {0.40, 0.28, 0.18}},   // pillar: stone
    };
    const Voice& voice = voices[static_cast<int>(simulation_.scene().shape)];
    const auto start = static_cast<std::int64_t>(contact.time_s * rate_);
    const double gain = 0.25 + 0.75 * contact.strength;
    for (std::size_t k = 0; k < 3; ++k) {
      Mode mode(tuned(voice.frequency[k] * pitch()), voice.decay[k], voice.amplitude[k] * gain, rate_, start);
      const auto length = static_cast<std::int64_t>(7 * voice.decay[k] * rate_);
      for (std::int64_t i = std::max<std::int64_t>(0, start); i < std::min(count_, start + length); ++i)
        dry_[static_cast<std::size_t>(i)] += mode.next();
    }
    click(start, 0.006, 0.35 * gain, 3200);
  }

  void footstep(const Contact& contact) {
    const auto start = static_cast<std::int64_t>(contact.time_s * rate_);
    const double gain = 0.3 + 0.7 * contact.strength;
    Mode thump(tuned(95 * pitch()), 0.045, 0.45 * gain, rate_, start);
    const auto length = static_cast<std::int64_t>(0.3 * rate_);
    for (std::int64_t i = std::max<std::int64_t>(0, start); i < std::min(count_, start + length); ++i)
      dry_[static_cast<std::size_t>(i)] += thump.next();
    click(start, 0.035, 0.65 * gain, simulation_.scene().place == Place::kStudio ? 1500 : 800);
  }

  /// A burst of noise that decays, around a frequency: the attack of a contact.
  void click(std::int64_t start, double decay_s, double amplitude, double frequency) {
    Noise noise(seed_ + static_cast<std::uint64_t>(start));
    Biquad band = Biquad::band(frequency, 0.8, rate_);
    const float keep = static_cast<float>(exponential(-1.0 / (decay_s * rate_)));
    float level = static_cast<float>(amplitude);
    const auto length = static_cast<std::int64_t>(7 * decay_s * rate_);
    for (std::int64_t i = std::max<std::int64_t>(0, start); i < std::min(count_, start + length); ++i, level *= keep) {
      dry_[static_cast<std::size_t>(i)] += level * band.next(noise.next());
    }
  }

  void rolling(float speed) {
    Noise noise(seed_ ^ 0x11);
    Biquad low = Biquad::low(330, 0.8, rate_), high = Biquad::high(70, 0.7, rate_);
    const double turns = std::abs(simulation_.speed()) / (kPi * simulation_.scale());  // a second
    const float gain = 0.30f + 0.35f * speed;
    modulated(turns, 0.35f, [&] { return gain * high.next(low.next(noise.next())); });
  }
  void scraping(float speed) {
    Noise noise(seed_ ^ 0x12);
    Biquad band = Biquad::band(1250, 0.9, rate_), high = Biquad::high(600, 0.7, rate_);
    const float gain = 0.22f + 0.25f * speed;
    modulated(6.5, 0.25f, [&] { return gain * high.next(band.next(noise.next())); });
  }
  void spinning() {
    const double turns = std::abs(simulation_.spin_rate()) / (2 * kPi);
    const double hum = tuned(115 * pitch());
    Mode first(hum, 1e9, 0.11, rate_), second(2 * hum, 1e9, 0.06, rate_), third(3 * hum, 1e9, 0.03, rate_);
    modulated(2 * turns, 0.6f, [&] { return first.next() + second.next() + third.next(); });
  }
  /// Adds a sound whose level swings `depth` deep at `frequency`; fades in over 10 ms so that a start is no impact.
  template <typename Source>
  void modulated(double frequency, float depth, Source source) {
    Mode swing(frequency, 1e9, 1.0, rate_);
    const float fade = 1.0f / static_cast<float>(0.01 * rate_);
    for (std::int64_t i = 0; i < count_; ++i) {
      const float level = std::min(1.0f, static_cast<float>(i) * fade) * (1.0f - depth * 0.5f + depth * 0.5f * swing.next());
      dry_[static_cast<std::size_t>(i)] += level * source();
    }
  }

  /// By where the camera sees the subject, in steps of 5 ms; equal power, never quite to one side.
  void place_in_stereo() {
    const std::int64_t block = std::max<std::int64_t>(1, rate_ / 200);
    for (std::int64_t start = 0; start < count_; start += block) {
      const double t = static_cast<double>(start) / rate_;
      const Pose pose = simulation_.pose_at(t);
      const CameraPose camera = simulation_.camera_at(t);
      const float sy = static_cast<float>(sine(camera.yaw)), cy = static_cast<float>(cosine(camera.yaw));
      const float dx = pose.x - camera.position.x, dy = -camera.position.y;
      const float side = (cy * dx - sy * dy) / std::max(0.5f, sy * dx + cy * dy) / camera.tan_x;
      const float pan = std::clamp(0.75f * side, -0.75f, 0.75f);
      const float l = std::sqrt(0.5f * (1 - pan)), r = std::sqrt(0.5f * (1 + pan));
      for (std::int64_t i = start; i < std::min(count_, start + block); ++i) {
        const auto at = static_cast<std::size_t>(i);
        left_[at] = l * 1.2f * dry_[at], right_[at] = r * 1.2f * dry_[at];
      }
    }
  }

  void ambience() {
    const Scene& scene = simulation_.scene();
    const bool outside = scene.place != Place::kStudio;
    hiss(0x21, Biquad::low(300, 0.7, rate_), 0.012f, 0);  // the room, or the far distance
    switch (scene.weather) {
      case Weather::kRain:
        hiss(0x22, Biquad::high(2200, 0.7, rate_), 0.055f, 0);
        drops();
        break;
      case Weather::kSnow:
        hiss(0x23, Biquad::band(520, 1.6, rate_), 0.085f, 0.55f);
        break;
      case Weather::kFog:
        drone();
        break;
      case Weather::kClear:
        if (scene.place == Place::kDesert) hiss(0x24, Biquad::band(380, 1.2, rate_), 0.07f, 0.7f);
        break;
    }
    if (outside && scene.time == TimeOfDay::kNight && scene.weather != Weather::kRain) crickets();
    if (scene.place == Place::kMeadow && scene.time == TimeOfDay::kDay && scene.weather != Weather::kRain) birds();
  }

  /// Filtered noise on both sides, each its own; its level swings slowly by `gusts`.
  void hiss(std::uint64_t salt, Biquad filter, float level, float gusts) {
    for (int side = 0; side < 2; ++side) {
      Noise noise(seed_ ^ (salt * 2 + static_cast<std::uint64_t>(side)));
      Biquad f = filter;
      Rng rng(seed_ ^ salt);
      Mode gust(rng.uniform(0.35, 0.6), 1e9, gusts, rate_);
      for (int i = rng.below(2 * rate_); i > 0; --i) gust.next();
      auto& out = side ? right_ : left_;
      for (auto& x : out) x += level * (1.0f + gust.next()) * f.next(noise.next());
    }
  }
  void drone() {
    Mode low(100, 1e9, 0.030, rate_), octave(200, 1e9, 0.018, rate_);
    for (std::size_t i = 0; i < left_.size(); ++i) {
      const float x = low.next() + octave.next();
      left_[i] += x, right_[i] += x;
    }
  }
  void tone(double start_s, double length_s, double from_hz, double to_hz, float level, float pan) {
    const auto start = static_cast<std::int64_t>(start_s * rate_), length = static_cast<std::int64_t>(length_s * rate_);
    double phase = turns_at(from_hz, start, rate_);
    for (std::int64_t i = 0; i < length; ++i) {
      const double u = static_cast<double>(i) / static_cast<double>(length);
      phase += (from_hz + (to_hz - from_hz) * u) / rate_;
      if (start + i < 0 || start + i >= count_) continue;
      const float x = level * static_cast<float>(4 * u * (1 - u) * sine(2 * kPi * phase));
      left_[static_cast<std::size_t>(start + i)] += (1 - pan) * x;
      right_[static_cast<std::size_t>(start + i)] += (1 + pan) * x;
    }
  }
  void crickets() {
    Rng rng(seed_ ^ 0x31);
    const double pitch = 4000 + 200 * rng.below(3), pan = rng.uniform(-0.7, 0.7);
    for (double t = rng.uniform(-0.4, 0.1); t < seconds(); t += rng.uniform(0.42, 0.5)) {
      for (int k = 0; k < 4; ++k) tone(t + 0.045 * k, 0.032, pitch, pitch, 0.035f, static_cast<float>(pan));
    }
  }
  void birds() {
    Rng rng(seed_ ^ 0x32);
    for (double t = rng.uniform(0.0, 0.5); t < seconds(); t += rng.uniform(0.5, 1.1)) {
      const double pitch = 2600 + 400 * rng.below(3);
      const float pan = static_cast<float>(rng.uniform(-0.8, 0.8));
      for (int k = 0; k < 3; ++k) {  // each chirp steps up or down half way
        const double from = tuned(pitch * (1 + 0.1 * k)), to = tuned(pitch * (1.35 - 0.1 * k));
        tone(t + 0.11 * k, 0.045, from, from, 0.05f, pan);
        tone(t + 0.11 * k + 0.045, 0.045, to, to, 0.05f, pan);
      }
    }
  }
  void drops() {
    Rng rng(seed_ ^ 0x33);
    for (double t = 0; t < seconds(); t += rng.uniform(0.03, 0.12)) {
      const double pitch = rng.uniform(1800, 4200);
      tone(t, 0.02, pitch, pitch * 1.3, static_cast<float>(rng.uniform(0.01, 0.03)), static_cast<float>(rng.uniform(-0.9, 0.9)));
    }
  }
  double seconds() const { return static_cast<double>(count_) / rate_; }

  const Simulation& simulation_;
  int rate_;
  std::int64_t count_;
  std::uint64_t seed_;
  std::vector<float> left_, right_, dry_;
};

}  // namespace

std::int64_t num_samples_of(const ClipShape& shape) {
  return static_cast<std::int64_t>(std::floor(shape.num_frames / shape.fps * shape.sample_rate + 0.5));
}

std::vector<float> synthesise(const Simulation& simulation, const ClipShape& shape) { return Mixer(simulation, shape).run(); }

}  // namespace fantascope::world
