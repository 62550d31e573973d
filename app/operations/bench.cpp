#include "app/operations/bench.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <optional>
#include <vector>

#include "app/operations/internal/licence_gate.h"
#include "app/operations/internal/model_catalog.h"
#include "app/operations/internal/request_rules.h"
#include "engine/runtime/model_family.h"
#include "engine/runtime/number_format.h"

namespace fantascope {
namespace {

using nlohmann::json;
constexpr char kPrompt[] = "a red ball bounces on a checkered floor at sunset, pan left";

double wall_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Seconds of each phase; those that begin with "processor_" are of all threads together.
Result<std::map<std::string, double>> time_clip(Pipeline& pipeline, const GenerationRequest& request, std::stop_token stop) {
  RunContext context;
  context.stop = stop;
  std::map<std::string, double> seconds;
  const double begin = wall_s(), begin_processor = processor_s();
  double last = begin, last_processor = begin_processor;
  const auto lap = [&](const std::string& phase) {
    const double now = wall_s(), processor = processor_s();
    seconds[phase] = now - last;
    seconds["processor_" + phase] = processor - last_processor;
    last = now;
    last_processor = processor;
  };
  FANTASCOPE_TRY(const auto prompt, pipeline.encode_prompt(request, context));
  lap("text");
  FANTASCOPE_TRY(const auto start, pipeline.start(request, context));
  FANTASCOPE_TRY(const auto latents, pipeline.denoise(request, *prompt, *start, context));
  lap("denoise");
  FANTASCOPE_TRY(const VideoFrames frames, pipeline.decode_video(request, *latents, context));
  lap("decode");
  FANTASCOPE_TRY(const Waveform sound, pipeline.decode_audio(request, *latents, context));
  lap("audio");
  seconds["total"] = last - begin;
  seconds["processor_total"] = last_processor - begin_processor;
  return seconds;
}

json spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {{"median_s", values[values.size() / 2]}, {"min_s", values.front()}, {"max_s", values.back()}};
}

Result<json> run_bench_clip(OperationContext& context, const json& arguments) {
  Studio& studio = context.studio;
  FANTASCOPE_TRY(const ModelEntry model, find_model(studio, arguments.value("model", studio.settings().default_model)));
  FANTASCOPE_TRY_VOID(require_licence(studio, model));
  LoadOptions options;
  options.device = arguments.value("device", studio.settings().device);
  const auto asked = arguments.contains("dtype") ? std::optional(arguments.at("dtype").get<std::string>()) : std::nullopt;
  options.dtype = dtype_named(plan_dtype(asked, studio.settings(), options.device, model.info));
  const double begin = wall_s();
  FANTASCOPE_TRY(const std::unique_ptr<Pipeline> pipeline, model.family->load(model.info.dir, options));
  const double load_s = wall_s() - begin;
  GenerationRequest request = pipeline->info().defaults;
  request.prompt = kPrompt;
  request.seed = 7;
  FANTASCOPE_TRY(const auto first, time_clip(*pipeline, request, context.stop));
  std::map<std::string, std::vector<double>> all;
  const int repeats = arguments.value("repeats", 7);
  for (int i = 0; i < repeats; ++i) {
    FANTASCOPE_TRY(const auto seconds, time_clip(*pipeline, request, context.stop));
    for (const auto& [phase, s] : seconds) all[phase].push_back(s);
  }
  json report = {{"bench", "clip"},    {"model", model.info.name}, {"device", options.device},         {"dtype", name(options.dtype)},
                 {"repeats", repeats}, {"load_s", load_s},         {"first_clip_s", first.at("total")}};
  for (const auto& [phase, values] : all) report["phases"][phase] = spread(values);
  return report;
}

}  // namespace

std::span<const Operation> bench_operations() {
  static const std::vector<Operation> all = {
      {{"bench clip",
        "time the phases of a model's usual clip; nothing is written",
        {{.name = "model", .type = ParamType::kText, .help = "name or folder of the model", .value_name = "NAME|DIR"},
         {.name = "repeats",
          .type = ParamType::kInteger,
          .help = "how many clips; 7 if left out",
          .value_name = "N",
          .min = 1,
          .max = 1000},
         {.name = "dtype",
          .type = ParamType::kChoice,
          .help = "number format of the weights in memory",
          .value_name = "bf16|fp32",
          .choices = "bf16|fp32"},
         {.name = "device", .type = ParamType::kText, .help = "where to run", .value_name = "cpu|cuda[:N]", .bytes_max = 64}}},
       run_bench_clip}};
  return all;
}

}  // namespace fantascope
