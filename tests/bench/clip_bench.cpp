/// Times the phases of whole clips with one loaded model; prints JSON. With --serve it makes one clip for every line on standard input and
/// answers with one line, so that another program can alternate with it (clip_vs_diffusers.py).
///   fantascope_clip_bench MODEL [--repeats N] [--prompt TEXT] [--dtype bf16|fp32] [--device cpu|cuda] [--serve]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/runtime/generation.h"
#include "engine/runtime/model_family.h"
#include "models/registry.h"

namespace {

using fantascope::Pipeline;
using Seconds = std::map<std::string, double>;

[[noreturn]] void fail(const fantascope::Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  std::exit(1);
}

template <typename T>
T need(fantascope::Result<T> result) {
  if (!result) fail(result.error());
  return *std::move(result);
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Wall time of each phase; "cpu_…" is processor time of all threads, which is comparable where other programs share the machine.
Seconds make_clip(Pipeline& pipeline, const fantascope::GenerationRequest& request) {
  fantascope::RunContext context;
  Seconds seconds;
  const double begin = now();
  const auto cpu = std::clock();
  double last = begin;
  auto last_cpu = cpu;
  const auto cpu_since = [](std::clock_t then) { return static_cast<double>(std::clock() - then) / CLOCKS_PER_SEC; };
  const auto lap = [&](const std::string& phase) {
    seconds[phase] = now() - last;
    seconds["cpu_" + phase] = cpu_since(last_cpu);
    last = now();
    last_cpu = std::clock();
  };
  const auto prompt = need(pipeline.encode_prompt(request, context));
  lap("text");
  const auto start = need(pipeline.start(request, context));
  const auto latents = need(pipeline.denoise(request, *prompt, *start, context));
  lap("denoise");
  (void)need(pipeline.decode_video(request, *latents, context));
  lap("decode");
  (void)need(pipeline.decode_audio(request, *latents, context));
  lap("audio");
  seconds["total"] = now() - begin;
  seconds["cpu_total"] = cpu_since(cpu);
  return seconds;
}

/// The live picture of finished latents against the decoder's frames, averaged to the same size and moments; and what it costs.
nlohmann::json judge_preview(Pipeline& pipeline, const fantascope::GenerationRequest& request) {
  fantascope::RunContext context;
  const auto prompt = need(pipeline.encode_prompt(request, context));
  const auto start = need(pipeline.start(request, context));
  const auto latents = need(pipeline.denoise(request, *prompt, *start, context));
  const double before_fit = now();
  (void)need(pipeline.preview_map());
  const double fit_s = now() - before_fit;
  std::vector<double> costs;
  fantascope::VideoFrames shown;
  for (int i = 0; i < 21; ++i) {
    const double begin = now();
    shown = need(pipeline.preview(*latents));
    costs.push_back(now() - begin);
  }
  std::sort(costs.begin(), costs.end());
  const fantascope::VideoFrames full = need(pipeline.decode_video(request, *latents, context));
  const int side = full.width / shown.width, later = (full.num_frames - 1) / std::max(1, shown.num_frames - 1);
  double error = 0;
  for (int n = 0; n < shown.num_frames; ++n) {
    const int first = n == 0 ? 0 : 1 + (n - 1) * later, count = n == 0 ? 1 : later;
    for (int y = 0; y < shown.height; ++y) {
      for (int x = 0; x < shown.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          double sum = 0;
          for (int t = first; t < first + count; ++t) {
            for (int i = 0; i < side * side; ++i)
              sum +=
                  full.rgb[((static_cast<std::size_t>(t) * full.height + y * side + i / side) * full.width + x * side + i % side) * 3 + c];
          }
          const double difference =
              sum / (count * side * side) - shown.rgb[((static_cast<std::size_t>(n) * shown.height + y) * shown.width + x) * 3 + c];
          error += difference * difference;
        }
      }
    }
  }
  const double mean = error / static_cast<double>(shown.rgb.size());
  return {{"fit_s", fit_s},
          {"median_ms", 1000 * costs[costs.size() / 2]},
          {"size", std::to_string(shown.width) + "x" + std::to_string(shown.height)},
          {"moments", shown.num_frames},
          {"psnr_db", -10 * std::log10(std::max(mean, 1e-12))}};
}

nlohmann::json summary(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {{"median_s", values[values.size() / 2]}, {"min_s", values.front()}, {"max_s", values.back()}};
}

}  // namespace

int main(int argc, char** argv) {
  std::string model, prompt = "a red ball bounces on a checkered floor at sunset , pan left";
  fantascope::LoadOptions options;
  int repeats = 7;
  bool serve = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--serve")
      serve = true;
    else if (word == "--repeats" && more)
      repeats = std::max(1, std::atoi(argv[++i]));
    else if (word == "--prompt" && more)
      prompt = argv[++i];
    else if (word == "--device" && more)
      options.device = argv[++i];
    else if (word == "--dtype" && more)
      options.dtype = std::string(argv[++i]) == "fp32" ? fantascope::DType::kFloat32 : fantascope::DType::kBFloat16;
    else
      model = word;
  }
  const double begin = now();
  std::unique_ptr<Pipeline> pipeline;
  for (const auto& family : fantascope::builtin_families()) {
    if (family.detect(model)) pipeline = need(family.load(model, options));
  }
  if (!pipeline) {
    std::fprintf(stderr, "usage: %s MODEL [--repeats N] [--prompt TEXT] [--dtype bf16|fp32] [--device cpu|cuda] [--serve]\n", argv[0]);
    return 2;
  }
  fantascope::GenerationRequest request = pipeline->info().defaults;
  request.prompt = prompt;
  request.seed = 7;
  const double load_s = now() - begin;
  if (serve) {
    (void)make_clip(*pipeline, request);
    std::cout << nlohmann::json{{"ready", true}, {"load_s", load_s}}.dump() << std::endl;
    for (std::string line; std::getline(std::cin, line);) std::cout << nlohmann::json(make_clip(*pipeline, request)).dump() << std::endl;
    return 0;
  }
  std::map<std::string, std::vector<double>> all;
  double first = 0;
  for (int i = 0; i <= repeats; ++i) {
    const Seconds seconds = make_clip(*pipeline, request);
    if (i == 0) first = seconds.at("total");
    for (const auto& [phase, s] : seconds) {
      if (i > 0) all[phase].push_back(s);
    }
  }
  nlohmann::json report = {{"bench", "clip"},  {"model", pipeline->info().name}, {"device", options.device}, {"repeats", repeats},
                           {"load_s", load_s}, {"first_clip_s", first}};
  for (const auto& [phase, values] : all) report["phases"][phase] = summary(values);
  report["preview"] = judge_preview(*pipeline, request);
  std::printf("%s\n", report.dump(1).c_str());
  return 0;
}
