/// world_sheet FIRST_SEED COUNT WIDTH HEIGHT FRAMES OUT.png [FPS] [AUDIO_PREFIX]: a contact sheet of the world, six frames a row, with the
/// captions on stdout and, with a prefix, each scene's sound as PREFIX<seed>.wav. With OUT.png "-" it only measures clips a second.
#include <png.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "training/world/world.h"

namespace world = fantascope::world;

namespace {

void write_wav(const std::string& path, const std::vector<float>& audio, int rate) {
  const auto count = static_cast<std::uint32_t>(audio.size() / 2);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) return;
  const auto u32 = [&](std::uint32_t v) { std::fwrite(&v, 4, 1, file); };
  const auto u16 = [&](std::uint16_t v) { std::fwrite(&v, 2, 1, file); };
  std::fwrite("RIFF", 4, 1, file), u32(36 + count * 4), std::fwrite("WAVEfmt ", 8, 1, file), u32(16), u16(1), u16(2);
  u32(static_cast<std::uint32_t>(rate)), u32(static_cast<std::uint32_t>(rate) * 4), u16(4), u16(16), std::fwrite("data", 4, 1, file),
      u32(count * 4);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (const float x : {audio[i], audio[count + i]}) u16(static_cast<std::uint16_t>(static_cast<std::int16_t>(x * 32767.0f)));
  }
  std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    std::fprintf(stderr, "usage: world_sheet FIRST_SEED COUNT WIDTH HEIGHT FRAMES OUT.png|- [FPS] [AUDIO_PREFIX]\n");
    return 2;
  }
  const auto first = std::strtoull(argv[1], nullptr, 10);
  const int count = std::atoi(argv[2]);
  world::ClipShape shape;
  shape.width = std::atoi(argv[3]), shape.height = std::atoi(argv[4]), shape.num_frames = std::atoi(argv[5]);
  if (argc > 7) shape.fps = std::atof(argv[7]);
  const std::string out = argv[6];
  constexpr int kColumns = 6, kGap = 2;
  const int sheet_width = kColumns * (shape.width + kGap), sheet_height = count * (shape.height + kGap);
  std::vector<std::uint8_t> sheet;
  if (out != "-") sheet.resize(static_cast<std::size_t>(sheet_width) * static_cast<std::size_t>(sheet_height) * 3, 255);
  const auto begin = std::chrono::steady_clock::now();
  for (int k = 0; k < count; ++k) {
    const auto seed = first + static_cast<unsigned>(k);
    const world::Scene scene = world::sample_scene(seed);
    const world::Clip clip = world::render_clip(scene, shape);
    if (out == "-") continue;
    std::printf("%llu  %s\n      %s\n", static_cast<unsigned long long>(seed), world::plain_caption(scene).c_str(),
                world::caption(scene, seed).c_str());
    if (argc > 8) write_wav(argv[8] + std::to_string(seed) + ".wav", clip.audio, shape.sample_rate);
    for (int c = 0; c < kColumns; ++c) {
      const int frame = shape.num_frames == 1 ? 0 : c * (shape.num_frames - 1) / (kColumns - 1);
      for (int y = 0; y < shape.height; ++y) {
        const auto from = (static_cast<std::size_t>(frame) * static_cast<std::size_t>(shape.height) + static_cast<std::size_t>(y)) *
                          static_cast<std::size_t>(shape.width) * 3;
        const auto to = (static_cast<std::size_t>(k * (shape.height + kGap) + y) * static_cast<std::size_t>(sheet_width) +
                         static_cast<std::size_t>(c * (shape.width + kGap))) *
                        3;
        std::memcpy(&sheet[to], &clip.frames[from], static_cast<std::size_t>(shape.width) * 3);
      }
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%d clips in %.2f s: %.1f clips/s\n", count, seconds, count / seconds);
  if (out == "-") return 0;
  png_image image{};
  image.version = PNG_IMAGE_VERSION, image.format = PNG_FORMAT_RGB;
  image.width = static_cast<png_uint_32>(sheet_width), image.height = static_cast<png_uint_32>(sheet_height);
  return png_image_write_to_file(&image, out.c_str(), 0, sheet.data(), 0, nullptr) ? 0 : 1;
}
