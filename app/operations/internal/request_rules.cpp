#include "app/operations/internal/request_rules.h"

#include <sched.h>
#include <sys/random.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "app/operations/internal/continuation.h"
#include "app/operations/internal/licence_gate.h"
#include "app/operations/prompt_text.h"
#include "engine/base/bounded_json.h"
#include "engine/runtime/number_format.h"

namespace fantascope {
namespace {

/// Allowed values: multiple * k + offset, from min to max.
struct Grid {
  std::int64_t multiple = 1, offset = 0, min = 1, max = 1;
  std::int64_t below(std::int64_t value) const {
    const std::int64_t k = (std::min(value, max) - offset) / multiple;
    return std::max(first(), k * multiple + offset);
  }
  std::int64_t above(std::int64_t value) const {
    const std::int64_t down = below(value);
    return down >= value || down + multiple > max ? down : down + multiple;
  }
  std::int64_t first() const { return (std::max<std::int64_t>(min - offset, 0) + multiple - 1) / multiple * multiple + offset; }
  std::int64_t nearest(std::int64_t value) const { return value - below(value) <= above(value) - value ? below(value) : above(value); }
  bool has(std::int64_t value) const { return value >= min && value <= max && (value - offset) % multiple == 0; }
  std::string two_nearest(std::int64_t value) const {
    const std::int64_t down = below(value), up = above(value);
    return down == up ? std::to_string(down) : std::to_string(down) + " or " + std::to_string(up);
  }
};

std::string number_text(double value) {
  std::ostringstream text;
  text.precision(4);
  text << value;
  return text.str();
}

Result<void> plan_size(const GenerateRequest& request, PlannedGeneration& plan) {
  const ModelInfo& info = plan.model.info;
  PixelSize size{info.defaults.width, info.defaults.height};
  if (request.size) {
    FANTASCOPE_TRY(size, parse_size(*request.size));
  }
  const Grid grid{info.size_multiple, 0, info.size_min, info.size_max};
  const PixelSize snapped{static_cast<int>(grid.nearest(size.width)), static_cast<int>(grid.nearest(size.height))};
  if (!(snapped == size)) {
    if (!request.snap) {
      return Error{ErrorCode::kInvalidArgument,
                   info.name + " cannot make this size",
                   "size",
                   size.to_string(),
                   "width " + grid.two_nearest(size.width) + ", height " + grid.two_nearest(size.height) + " (multiples of " +
                       std::to_string(grid.multiple) + " from " + std::to_string(grid.min) + " to " + std::to_string(grid.max) + ")",
                   "Choose one of these, or add --snap to take " + snapped.to_string()};
    }
    plan.notes.push_back("size " + size.to_string() + " was snapped to " + snapped.to_string());
  }
  plan.recipe.width = snapped.width;
  plan.recipe.height = snapped.height;
  return {};
}

Result<void> plan_length(const GenerateRequest& request, PlannedGeneration& plan) {
  const ModelInfo& info = plan.model.info;
  Recipe& recipe = plan.recipe;
  recipe.fps = info.defaults.fps;
  if (request.fps) {
    FANTASCOPE_TRY(recipe.fps, Rational::parse(*request.fps));
  }
  if (request.frames && request.seconds) {
    return Error{ErrorCode::kInvalidArgument, "seconds and frames cannot both be given", "seconds", "both", "one of them", "Leave one out"};
  }
  const Grid grid{info.frames_multiple, 1, 1, info.frames_max};
  const double fps = recipe.fps.value();
  const std::int64_t wanted = request.frames    ? *request.frames
                              : request.seconds ? std::llround(*request.seconds * fps)
                                                : info.defaults.num_frames;
  const std::int64_t snapped = grid.nearest(std::max<std::int64_t>(wanted, 1));
  // N frames span N-1 intervals, so a length in seconds may mean either count.
  const bool good = request.seconds ? std::abs(snapped - wanted) <= 1 : snapped == wanted;
  if (!good && !request.snap) {
    const std::int64_t down = grid.below(std::max<std::int64_t>(wanted, 1)), up = grid.above(std::max<std::int64_t>(wanted, 1));
    std::string allowed = "frames " + grid.two_nearest(std::max<std::int64_t>(wanted, 1));
    if (request.seconds)
      allowed = number_text(down / fps) + (up != down ? " or " + number_text(up / fps) : "") + " s (" + allowed + " at " +
                recipe.fps.to_string() + " fps)";
    return Error{ErrorCode::kInvalidArgument,
                 info.name + " cannot make this length",
                 request.seconds ? "seconds" : "frames",
                 request.seconds ? number_text(*request.seconds) : std::to_string(wanted),
                 allowed + "; frames are " + std::to_string(grid.multiple) + "k+1, at most " + std::to_string(grid.below(grid.max)),
                 "Choose one of these, or add --snap to take " + std::to_string(snapped) + " frames"};
  }
  if (!good) plan.notes.push_back(std::to_string(wanted) + " frames were snapped to " + std::to_string(snapped));
  recipe.frames = static_cast<int>(snapped);
  return {};
}

Result<std::string> plan_device(const std::string& device) {
  int index = 0;
  const char* end = device.data() + device.size();
  const bool numbered =
      device.starts_with("cuda:") && std::from_chars(device.data() + 5, end, index).ptr == end && device.size() > 5 && index >= 0;
  if (device == "cpu" || device == "cuda" || numbered) return device;
  return Error{ErrorCode::kInvalidArgument,
               "there is no such device",
               "device",
               "\"" + shown_safely(device.substr(0, 40)) + "\"",
               "cpu, cuda or cuda:N",
               ""};
}

RecipeGuidance to_recipe(const GuidanceSettings& from) { return {from.guidance_scale, from.stg_scale, from.modality_scale, from.rescale}; }

}  // namespace

std::uint64_t random_seed() {
  std::uint32_t bits = 0;
  FANTASCOPE_CHECK(::getrandom(&bits, sizeof bits, 0) == sizeof bits);
  return bits;
}

std::uint64_t clip_bytes_needed(const Recipe& recipe) {
  const double pixels = static_cast<double>(recipe.width) * recipe.height * recipe.frames;
  constexpr double kLatentBytesPerPixel = 0.5, kClipBytesPerPixel = 0.5;  // upper bounds of what families and crf 17 give
  return static_cast<std::uint64_t>(pixels * (3 * kLatentBytesPerPixel + 2 * kClipBytesPerPixel));
}

std::uint64_t disk_bytes_needed(const Recipe& recipe, const Settings& settings, int takes) {
  return clip_bytes_needed(recipe) * static_cast<std::uint64_t>(takes) +
         static_cast<std::uint64_t>(settings.free_space_min_mb) * (1u << 20);
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      const auto colon = line.find(": ");
      if (colon != std::string::npos && !first_invalid_utf8(line)) return line.substr(colon + 2, 200);
    }
  }
  return "unknown";
}

int num_threads() {
  if (const char* text = std::getenv("OMP_NUM_THREADS"); text != nullptr) {
    int value = 0;
    const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
    if (error == std::errc{} && *end == '\0' && value > 0) return value;
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

Result<PlannedGeneration> plan_generation(Studio& studio, const GenerateRequest& asked, std::uint64_t seed) {
  if (asked.from && asked.from->how == TakeToContinue::How::kFinish) return plan_finish(studio, asked);
  FANTASCOPE_TRY(const std::optional<ParentTake> parent, find_parent(studio, asked));
  FANTASCOPE_TRY(const GenerateRequest request, with_parent(studio, asked, parent));
  FANTASCOPE_TRY_VOID(check_prompt(request.prompt));
  if (request.negative && !request.negative->empty()) FANTASCOPE_TRY_VOID(check_prompt(*request.negative, "negative"));
  PlannedGeneration plan;
  FANTASCOPE_TRY(plan.model, find_model(studio, request.model.value_or(studio.settings().default_model)));
  const ModelInfo& info = plan.model.info;
  Recipe& recipe = plan.recipe;
  recipe.prompt = request.prompt;
  recipe.negative = request.negative ? request.negative : info.defaults.negative_prompt;
  recipe.model = info.name;
  recipe.family = info.family;
  FANTASCOPE_TRY_VOID(plan_size(request, plan));
  FANTASCOPE_TRY_VOID(plan_length(request, plan));
  const std::int64_t steps = request.steps.value_or(info.defaults.num_inference_steps);
  if (steps < 1 || steps > info.steps_max) {
    return Error{ErrorCode::kInvalidArgument, info.name + " cannot run this many steps", "steps",
                 std::to_string(steps),       "1 to " + std::to_string(info.steps_max),  ""};
  }
  recipe.steps = static_cast<int>(steps);
  if (steps == info.defaults.num_inference_steps) recipe.given_sigmas = info.defaults.sigmas;
  recipe.guidance = to_recipe(info.defaults.guidance);
  recipe.audio_guidance = to_recipe(info.defaults.audio_guidance);
  if (request.guidance) recipe.guidance.guidance_scale = recipe.audio_guidance.guidance_scale = *request.guidance;
  if (request.audio_guidance) recipe.audio_guidance.guidance_scale = *request.audio_guidance;
  if (request.image || request.last_image) recipe.image_crf = static_cast<int>(request.image_crf.value_or(info.image_crf));
  recipe.two_stages = request.two_stages;
  if (recipe.two_stages && !info.two_stages) {
    return Error{ErrorCode::kInvalidArgument,
                 info.name + " has no upsampler, which a second stage needs",
                 "two_stages",
                 "on",
                 "off",
                 "Leave --two-stages out, or put the model's latent_upsampler folder into its own"};
  }
  recipe.seed = request.seed ? static_cast<std::uint64_t>(*request.seed) : seed;
  recipe.engine_version = engine_version();
  FANTASCOPE_TRY(recipe.device, plan_device(request.device.value_or(studio.settings().device)));
  recipe.device_name = recipe.device == "cpu" ? cpu_name() : recipe.device;
  recipe.num_threads = num_threads();
  recipe.dtype = plan_dtype(request.dtype, studio.settings(), recipe.device, info);
  FANTASCOPE_TRY_VOID(plan_continuation(request, parent, plan));
  return plan;
}

std::string plan_dtype(const std::optional<std::string>& asked, const Settings& settings, const std::string& device,
                       const ModelInfo& model) {
  const std::string chosen = asked.value_or(settings.dtype);
  return chosen != "auto" ? chosen : name(fast_dtype(device, model.weights_bytes));
}

Result<PlannedGeneration> plan_to_make(Studio& studio, const GenerateRequest& request, std::uint64_t seed) {
  FANTASCOPE_TRY(PlannedGeneration plan, plan_generation(studio, request, seed));
  FANTASCOPE_TRY(const LicenceStanding licence, require_licence(studio, plan.model));
  if (const std::string note = licence.note(plan.model.info.name); !note.empty()) plan.notes.push_back(note);
  return plan;
}

}  // namespace fantascope
