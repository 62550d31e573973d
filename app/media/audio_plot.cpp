#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <vector>

#include "app/media/export.h"

namespace fantascope {
namespace {

struct Color {
  std::uint8_t r, g, b;
};

constexpr Color kBackground{20, 20, 20}, kGrid{70, 70, 70}, kInk{200, 200, 200}, kWave{120, 190, 255};
constexpr int kLeft = 22, kBottom = 9, kGap = 6;
constexpr int kFftSize = 1024;
constexpr float kRangeDb = 80.0f;

/// Digits, point and k in 3x5 pixels, one bit a pixel, rows from the top.
constexpr std::array<std::uint16_t, 12> kGlyphs = {0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111,
                                                   0b101101111001001, 0b111100111001111, 0b111100111101111, 0b111001010010010,
                                                   0b111101111101111, 0b111101111001111, 0b000000000000010, 0b100101110101101};

class Canvas {
 public:
  Canvas(int width, int height) : image_{width, height, {}} {
    image_.pixels.reserve(static_cast<std::size_t>(width) * height * 3);
    for (int i = 0; i < width * height; ++i) image_.pixels.insert(image_.pixels.end(), {kBackground.r, kBackground.g, kBackground.b});
  }
  void set(int x, int y, Color color) {
    if (x < 0 || y < 0 || x >= image_.width || y >= image_.height) return;
    std::uint8_t* pixel = image_.pixels.data() + (static_cast<std::size_t>(y) * image_.width + x) * 3;
    pixel[0] = color.r, pixel[1] = color.g, pixel[2] = color.b;
  }
  void horizontal(int x0, int x1, int y, Color color) {
    for (int x = x0; x < x1; ++x) set(x, y, color);
  }
  void vertical(int x, int y0, int y1, Color color) {
    for (int y = y0; y < y1; ++y) set(x, y, color);
  }
  void label(int x, int y, const std::string& text) {
    for (const char letter : text) {
      const std::uint16_t glyph = kGlyphs[letter == 'k' ? 11 : letter == '.' ? 10 : static_cast<std::size_t>(letter - '0')];
      for (int bit = 0; bit < 15; ++bit)
        if ((glyph >> (14 - bit) & 1) != 0) set(x + bit % 3, y + bit / 3, kInk);
      x += 4;
    }
  }
  RgbImage take() { return std::move(image_); }

 private:
  RgbImage image_;
};

/// Mean of the channels.
std::vector<float> mix_down(const Waveform& waveform) {
  std::vector<float> mono(static_cast<std::size_t>(std::max<std::int64_t>(waveform.num_samples, 0)), 0.0f);
  for (int c = 0; c < waveform.num_channels; ++c)
    for (std::size_t i = 0; i < mono.size(); ++i)
      mono[i] += waveform.samples[static_cast<std::size_t>(c) * mono.size() + i] / static_cast<float>(waveform.num_channels);
  return mono;
}

/// In-place radix-2 transform (Cooley and Tukey); the size is a power of two.
void fft(std::vector<std::complex<float>>& values) {
  const std::size_t n = values.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
  for (std::size_t length = 2; length <= n; length <<= 1) {
    const float angle = -2.0f * std::numbers::pi_v<float> / static_cast<float>(length);
    for (std::size_t start = 0; start < n; start += length) {
      for (std::size_t k = 0; k < length / 2; ++k) {
        const std::complex<float> turned = std::polar(1.0f, angle * static_cast<float>(k)) * values[start + k + length / 2];
        values[start + k + length / 2] = values[start + k] - turned;
        values[start + k] += turned;
      }
    }
  }
}

/// Level of each frequency in dB below a full-scale sine, around one moment.
std::vector<float> spectrum_db(const std::vector<float>& mono, std::int64_t middle) {
  std::vector<std::complex<float>> window(kFftSize);
  for (int i = 0; i < kFftSize; ++i) {
    const std::int64_t at = middle + i - kFftSize / 2;
    const float sample = at >= 0 && at < static_cast<std::int64_t>(mono.size()) ? mono[static_cast<std::size_t>(at)] : 0.0f;
    window[static_cast<std::size_t>(i)] =
        sample * 0.5f * (1.0f - std::cos(2.0f * std::numbers::pi_v<float> * static_cast<float>(i) / kFftSize));
  }
  fft(window);
  std::vector<float> levels(kFftSize / 2);
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = 20.0f * std::log10(std::abs(window[i]) / (kFftSize / 4.0f) + 1e-9f);
  return levels;
}

/// Dark to bright, readable in grey too.
Color heat(float level) {
  constexpr std::array<Color, 5> kStops = {Color{0, 0, 4}, {87, 16, 110}, {188, 55, 84}, {249, 142, 9}, {252, 255, 164}};
  const float place = std::clamp(level, 0.0f, 1.0f) * (kStops.size() - 1);
  const std::size_t i = std::min<std::size_t>(static_cast<std::size_t>(place), kStops.size() - 2);
  const float share = place - static_cast<float>(i);
  const auto mix = [&](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(static_cast<float>(a) + share * (static_cast<float>(b) - static_cast<float>(a)));
  };
  return {mix(kStops[i].r, kStops[i + 1].r), mix(kStops[i].g, kStops[i + 1].g), mix(kStops[i].b, kStops[i + 1].b)};
}

void draw_waveform(Canvas& canvas, const std::vector<float>& mono, int x0, int x1, int y0, int y1) {
  const int middle = (y0 + y1) / 2;
  canvas.horizontal(x0, x1, middle, kGrid);
  const auto row = [&](float value) {
    return middle - static_cast<int>(std::lround(std::clamp(value, -1.0f, 1.0f) * static_cast<float>((y1 - y0) / 2 - 1)));
  };
  for (int x = x0; x < x1; ++x) {
    const std::size_t begin = mono.size() * static_cast<std::size_t>(x - x0) / static_cast<std::size_t>(x1 - x0);
    const std::size_t end = std::max(begin + 1, mono.size() * static_cast<std::size_t>(x - x0 + 1) / static_cast<std::size_t>(x1 - x0));
    if (begin >= mono.size()) break;
    const auto [low, high] = std::minmax_element(mono.begin() + static_cast<std::ptrdiff_t>(begin),
                                                 mono.begin() + static_cast<std::ptrdiff_t>(std::min(end, mono.size())));
    canvas.vertical(x, row(*high), row(*low) + 1, kWave);
  }
}

void draw_spectrogram(Canvas& canvas, const std::vector<float>& mono, int x0, int x1, int y0, int y1) {
  for (int x = x0; x < x1; ++x) {
    const auto middle = static_cast<std::int64_t>((static_cast<double>(x - x0) + 0.5) / (x1 - x0) * static_cast<double>(mono.size()));
    const std::vector<float> levels = spectrum_db(mono, middle);
    for (int y = y0; y < y1; ++y) {
      // A pixel shows the loudest of its frequencies, so that thin lines do not get lost.
      const std::size_t low = levels.size() * static_cast<std::size_t>(y1 - 1 - y) / static_cast<std::size_t>(y1 - y0);
      const std::size_t high = std::max(low + 1, levels.size() * static_cast<std::size_t>(y1 - y) / static_cast<std::size_t>(y1 - y0));
      const float level =
          *std::max_element(levels.begin() + static_cast<std::ptrdiff_t>(low), levels.begin() + static_cast<std::ptrdiff_t>(high));
      canvas.set(x, y, heat(1.0f + level / kRangeDb));
    }
  }
}

}  // namespace

RgbImage plot_audio(const Waveform& waveform, int width, int height) {
  width = std::max(width, 160);
  height = std::max(height, 120);
  FANTASCOPE_CHECK(waveform.sample_rate > 0 && waveform.num_channels > 0 &&
                   waveform.samples.size() ==
                       static_cast<std::size_t>(waveform.num_samples) * static_cast<std::size_t>(waveform.num_channels));
  Canvas canvas(width, height);
  const std::vector<float> mono = mix_down(waveform);
  if (mono.empty()) return canvas.take();
  const int bottom = height - kBottom, split = bottom / 3;
  const int top_of_spectrogram = split + kGap;
  draw_spectrogram(canvas, mono, kLeft, width, top_of_spectrogram, bottom);

  const double seconds = static_cast<double>(mono.size()) / waveform.sample_rate;
  const double step = seconds <= 1.5 ? 0.5 : seconds <= 15 ? 1 : seconds <= 60 ? 5 : 30;
  for (int i = 0; i * step <= seconds; ++i) {
    const int x = kLeft + static_cast<int>(i * step / seconds * (width - kLeft - 1));
    canvas.vertical(x, 0, split, kGrid);
    for (int y = top_of_spectrogram; y < bottom; y += 4) canvas.set(x, y, kGrid);
    const std::string text = std::to_string(static_cast<int>(i * step)) + (step < 1 ? (i % 2 != 0 ? ".5" : ".0") : "");
    canvas.label(std::min(x, width - 4 * static_cast<int>(text.size())), bottom + 2, text);
  }
  const int khz_max = waveform.sample_rate / 2000;
  for (int khz = 2; khz<khz_max; khz += khz_max> 16 ? 4 : 2) {
    const int y = bottom - static_cast<int>(khz * 2000.0 / waveform.sample_rate * (bottom - top_of_spectrogram));
    for (int x = kLeft; x < width; x += 4) canvas.set(x, y, kGrid);
    canvas.label(khz < 10 ? 10 : 6, y - 2, std::to_string(khz) + "k");
  }
  draw_waveform(canvas, mono, kLeft, width, 0, split);
  return canvas.take();
}

}  // namespace fantascope
