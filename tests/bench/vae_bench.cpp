/// Times the video decoder's fast and reference paths, alternating within one run, on fresh bf16 weights; prints JSON.
///   fantascope_vae_bench [--repeats N] [--width CHANNELS] [--layers N]
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "models/ltx2/video_vae.h"

namespace {

using fantascope::Init;
using fantascope::models::ltx2::VideoVae;
using fantascope::models::ltx2::VideoVaeConfig;

class RandomSource final : public fantascope::ParameterSource {
 public:
  at::Tensor get(const std::string&, at::IntArrayRef shape, Init init) override {
    return (at::randn(shape, at::kFloat) * std::max(init.scale, 0.01)).to(at::kBFloat16);
  }
  at::Tensor get_optional(const std::string&, at::IntArrayRef) override { return {}; }
  fantascope::Result<void> finish() const override { return {}; }
};

/// Wall time, and processor time of all threads: the second is comparable also where other programs share the machine.
struct Times {
  std::vector<double> wall_ms, cpu_ms;

  template <typename Work>
  void add(const Work& work) {
    const auto cpu_start = std::clock();
    const auto start = std::chrono::steady_clock::now();
    work();
    wall_ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    cpu_ms.push_back(1000.0 * static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC);
  }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

nlohmann::json summary(const Times& times) {
  const auto [low, high] = std::minmax_element(times.wall_ms.begin(), times.wall_ms.end());
  return {{"median_ms", median(times.wall_ms)}, {"min_ms", *low}, {"max_ms", *high}, {"cpu_median_ms", median(times.cpu_ms)}};
}

}  // namespace

int main(int argc, char** argv) {
  int repeats = 7, width = 128, layers = 2;
  for (int i = 1; i + 1 < argc; i += 2) {
    int* target = std::strcmp(argv[i], "--repeats") == 0  ? &repeats
                  : std::strcmp(argv[i], "--width") == 0  ? &width
                  : std::strcmp(argv[i], "--layers") == 0 ? &layers
                                                          : nullptr;
    if (!target || (*target = std::atoi(argv[i + 1])) < 1) {
      std::fprintf(stderr, "usage: %s [--repeats N] [--width CHANNELS] [--layers N]\n", argv[0]);
      return 2;
    }
  }
  at::NoGradGuard no_grad;
  const auto config = VideoVaeConfig::from_json({{"block_out_channels", {width, width, width, width}},
                                                 {"latent_channels", width},
                                                 {"layers_per_block", {1, 1, 1, 1, 1}},
                                                 {"decoder_block_out_channels", {width, width, width}},
                                                 {"decoder_layers_per_block", {layers, layers, layers, layers}},
                                                 {"upsample_factor", {1, 1, 1}},
                                                 {"decoder_causal", false}});
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().to_string().c_str());
    return 1;
  }
  RandomSource source;
  const VideoVae vae(*config, fantascope::ParameterScope(source, ""));
  nlohmann::json report = {{"bench", "vae_decode"}, {"device", "cpu"},  {"dtype", "bf16"},    {"threads", at::get_num_threads()},
                           {"width", width},        {"layers", layers}, {"repeats", repeats}, {"cases", nlohmann::json::array()}};
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{1, width, 4, 4, 6}, {1, width, 7, 5, 8}}) {
    const auto latents = at::randn(shape, at::kFloat).to(at::kBFloat16);
    const auto fast_out = vae.decode_fast(latents).to(at::kFloat), reference_out = vae.decode_reference(latents).to(at::kFloat);
    Times fast, reference;
    for (int i = 0; i < repeats; ++i) {
      fast.add([&] { vae.decode_fast(latents); });
      reference.add([&] { vae.decode_reference(latents); });
    }
    report["cases"].push_back({{"latents", shape},
                               {"frames", fast_out.sizes().vec()},
                               {"out_bytes", fast_out.numel() * 2},
                               {"fast", summary(fast)},
                               {"reference", summary(reference)},
                               {"ratio", median(fast.wall_ms) / median(reference.wall_ms)},
                               {"cpu_ratio", median(fast.cpu_ms) / median(reference.cpu_ms)},
                               {"relative_distance", ((fast_out - reference_out).norm() / reference_out.norm()).item<double>()}});
  }
  std::printf("%s\n", report.dump(1).c_str());
  return 0;
}
