#include "training/trainer/commands.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <utility>

#include "engine/runtime/tensors/device.h"
#include "training/trainer/workshop.h"

namespace fantascope::training {
namespace {

using Stage = Result<void> (*)(Workshop&, const StageOptions&);

// In the order of `all`.
constexpr std::pair<std::string_view, Stage> kStages[] = {
    {"codec", run_codec_stage},     {"audio", run_audio_stage},
    {"vocoder", run_vocoder_stage}, {"video-encoder", run_video_encoder_stage},
    {"flow", run_flow_stage},       {"video-decoder", run_video_decoder_stage},
    {"export", run_export_stage},
};

constexpr const char* kUsage =
    "usage: fantascope train STAGE --config FILE --out DIR [--minutes M] [--steps N] [--fresh] [--device D] [--start MODEL]\n"
    "                            [--renderers N]\n"
    "  STAGE: codec, audio, vocoder, video-encoder, flow, video-decoder, export, or all in this order, after all stages\n"
    "         of the configuration that FILE begins with\n"
    "  --minutes M  stop each stage after M minutes; the next call goes on from there\n"
    "  --steps N    train each stage for N steps instead of what the configuration says\n"
    "  --fresh      do not go on from checkpoints in DIR\n"
    "  --device D   cpu, cuda or cuda:N; a checkpoint of one serves the other\n"
    "  --start MODEL  a finished model: stages without a checkpoint in DIR begin with its weights, and export takes\n"
    "                 from it what was not trained in DIR\n"
    "  --renderers N  threads that render the denoiser's clips; the clips are the same\n";

struct Request {
  std::string stage, config, out;
  StageOptions options;
};

bool parse_number(const std::string& text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value > 0 && value < 1e9;
}

Result<Request> parse(std::span<const std::string> arguments) {
  const auto refuse = [](const std::string& field, const std::string& found, const std::string& allowed) {
    return Error{ErrorCode::kInvalidArgument, "cannot train", field, found, allowed, ""};
  };
  if (arguments.empty()) return refuse("STAGE", "nothing", "one of the stages");
  Request request;
  request.stage = arguments[0];
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& flag = arguments[i];
    if (flag == "--fresh") {
      request.options.resume = false;
      continue;
    }
    if (flag == "--resume") continue;  // the usual way anyway
    if (i + 1 == arguments.size()) return refuse(flag, "no value", "a value behind it");
    const std::string& value = arguments[++i];
    double number = 0;
    if (flag == "--config") {
      request.config = value;
    } else if (flag == "--out") {
      request.out = value;
    } else if (flag == "--minutes" || flag == "--steps" || flag == "--renderers") {
      if (!parse_number(value, number)) return refuse(flag, value, "a number above 0");
      if (flag == "--minutes") request.options.minutes = number;
      if (flag == "--steps") request.options.steps = static_cast<std::int64_t>(number);
      if (flag == "--renderers") request.options.num_renderers = static_cast<int>(std::clamp(number, 1.0, 256.0));
    } else if (flag == "--start") {
      request.options.start = value;
    } else if (flag == "--device") {
      FANTASCOPE_TRY(request.options.device, find_device(value));
    } else {
      return refuse(flag, "an unknown flag", "--config, --out, --minutes, --steps, --fresh, --device, --start, --renderers");
    }
  }
  if (request.config.empty()) return refuse("--config", "nothing", "a training configuration");
  if (request.out.empty()) return refuse("--out", "nothing", "a folder");
  return request;
}

constexpr int kMostModels = 8;  // in a chain of configurations that begin with one another; a longer one is taken for a circle

/// Returns the folder that the export writes. `depth`: how many configurations wait for this one.
Result<std::string> run(const Request& request, int depth = 0) {
  FANTASCOPE_TRY(Workshop shop, Workshop::open(request.config, request.out));
  StageOptions options = request.options;
  const std::string& first = shop.config().begins_with;
  if (request.stage == "all" && options.start.empty() && !first.empty()) {
    if (depth == kMostModels)
      return Error{ErrorCode::kInvalidArgument,
                   "too many configurations begin with one another",
                   "begins_with",
                   first,
                   "a chain of at most " + std::to_string(kMostModels),
                   ""};
    Request before = request;
    before.config = first;
    before.out = shop.file("start");
    FANTASCOPE_TRY(options.start, run(before, depth + 1));
  }
  for (const auto& [name, stage] : kStages) {
    if (request.stage == "all" || request.stage == name) FANTASCOPE_TRY_VOID(stage(shop, options));
  }
  return shop.file(shop.config().name);
}

bool known_stage(const std::string& stage) {
  for (const auto& [name, function] : kStages) {
    if (stage == name) return true;
  }
  return stage == "all";
}

}  // namespace

int run_train_command(std::span<const std::string> arguments) {
  const auto request = parse(arguments);
  if (!request || !known_stage(request->stage)) {
    if (!request) std::fprintf(stderr, "%s\n", request.error().to_string().c_str());
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (const auto result = run(*request); !result) {
    std::fprintf(stderr, "%s\n", result.error().to_string().c_str());
    return 1;
  }
  return 0;
}

}  // namespace fantascope::training
