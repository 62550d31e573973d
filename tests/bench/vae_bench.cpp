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

template <typename Work>
double milliseconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

nlohmann::json summary(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {{"median_ms", times[times.size() / 2]}, {"min_ms", times.front()}, {"max_ms", times.back()}};
}

}  // namespace

int main(int argc, char** argv) {
  int repeats = 7, width = 128, layers = 2;
  for (int i = 1; i + 1 < argc; i += 2) {
    int* target = std::strcmp(argv[i], "--repeats") == 0 ? &repeats : std::strcmp(argv[i], "--width") == 0 ? &width : std::strcmp(argv[i], "--layers") == 0 ? &layers : nullptr;
    if (!target || (*target = std::atoi(argv[i + 1])) < 1) {
      std::fprintf(stderr, "usage: %s [--repeats N] [--width CHANNELS] [--layers N]\n", argv[0]);
      return 2;
    }
  }
  at::NoGradGuard no_grad;
  const auto config = VideoVaeConfig::from_json({{"block_out_channels", {width, width, width, width}}, {"latent_channels", width},
                                                 {"layers_per_block", {1, 1, 1, 1, 1}}, {"decoder_block_out_channels", {width, width, width}},
                                                 {"decoder_layers_per_block", {layers, layers, layers, layers}}, {"upsample_factor", {1, 1, 1}},
                                                 {"decoder_causal", false}});
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().to_string().c_str());
    return 1;
  }
  RandomSource source;
  const VideoVae vae(*config, fantascope::ParameterScope(source, ""));
  nlohmann::json report = {{"bench", "vae_decode"}, {"device", "cpu"}, {"dtype", "bf16"}, {"threads", at::get_num_threads()}, {"width", width},
                           {"layers", layers}, {"repeats", repeats}, {"cases", nlohmann::json::array()}};
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{1, width, 4, 4, 6}, {1, width, 7, 5, 8}}) {
    const auto latents = at::randn(shape, at::kFloat).to(at::kBFloat16);
    const auto fast_out = vae.decode_fast(latents).to(at::kFloat), reference_out = vae.decode_reference(latents).to(at::kFloat);
    std::vector<double> fast, reference;
    for (int i = 0; i < repeats; ++i) {
      fast.push_back(milliseconds([&] { vae.decode_fast(latents); }));
      reference.push_back(milliseconds([&] { vae.decode_reference(latents); }));
    }
    report["cases"].push_back({{"latents", shape},
                               {"frames", fast_out.sizes().vec()},
                               {"out_bytes", fast_out.numel() * 2},
                               {"fast", summary(fast)},
                               {"reference", summary(reference)},
                               {"ratio", summary(fast)["median_ms"].get<double>() / summary(reference)["median_ms"].get<double>()},
                               {"relative_distance", ((fast_out - reference_out).norm() / reference_out.norm()).item<double>()}});
  }
  std::printf("%s\n", report.dump(1).c_str());
  return 0;
}
