#include "app/operations/continue.h"

#include <string_view>

#include "app/operations/estimate.h"
#include "app/operations/internal/continuation.h"

namespace fantascope {
namespace {

using nlohmann::json;

ParamSpec take_param(const char* help) {
  return {.name = "take", .type = ParamType::kText, .help = help, .value_name = "TAKE", .positional = true, .required = true};
}

/// Generate's parameters without those that the take decides.
std::vector<ParamSpec> params_with_take(const char* help, std::initializer_list<std::string_view> without) {
  std::vector<ParamSpec> params = {take_param(help)};
  for (ParamSpec spec : generation_params()) {
    bool wanted = true;
    for (const std::string_view name : without) wanted = wanted && name != spec.name;
    if (wanted) params.push_back(spec);
  }
  params.push_back(kEstimateParam);
  return params;
}

/// Makes it, or says what that would cost.
Result<json> run_request(OperationContext& context, const json& arguments, const GenerateRequest& request) {
  if (arguments.value("estimate", false)) {
    FANTASCOPE_TRY(const Estimate cost, estimate(context, request));
    return cost.to_json();
  }
  FANTASCOPE_TRY(const std::vector<GeneratedTake> takes, generate(context, request));
  json response = takes.front().to_json();
  if (takes.size() > 1) {
    for (const GeneratedTake& take : takes) response["takes"].push_back(take.to_json());
  }
  return response;
}

Result<json> run_finish(OperationContext& context, const json& arguments) {
  GenerateRequest request = GenerateRequest::from_json(arguments);
  request.from = finish_request(arguments["take"]).from;
  return run_request(context, arguments, request);
}

Result<json> run_extend(OperationContext& context, const json& arguments) {
  GenerateRequest request = GenerateRequest::from_json(arguments);
  request.from = extend_request(arguments["take"], "").from;
  request.from->keep = arguments.value("keep", request.from->keep);
  return run_request(context, arguments, request);
}

Result<json> run_remix(OperationContext& context, const json& arguments) {
  GenerateRequest request = GenerateRequest::from_json(arguments);
  request.from = remix_request(arguments["take"], "", arguments.value("strength", TakeToContinue{}.strength)).from;
  return run_request(context, arguments, request);
}

Result<json> run_retake(OperationContext& context, const json& arguments) {
  GenerateRequest request = GenerateRequest::from_json(arguments);
  request.from = retake_request(arguments["take"], "", arguments["from"], arguments["to"]).from;
  request.from->keep_sound = arguments.value("keep_sound", false);
  FANTASCOPE_TRY(const RetakeRange range, retake_range(context.studio, request));
  FANTASCOPE_TRY(json response, run_request(context, arguments, request));
  response["range"] = range.to_json();
  return response;
}

OperationSpec retake_spec() {
  std::vector<ParamSpec> params =
      params_with_take("id of the take, or how it starts",
                       {"model", "size", "fps", "image", "last_image", "image_crf", "two_stages", "seconds", "frames", "snap"});
  for (ParamSpec& param : params) {
    if (std::string_view(param.name) != "prompt") continue;
    param.required = false;
    param.help = "what the range should show and sound like; the take's own words if left out";
  }
  const auto second = [](const char* name, const char* help) {
    return ParamSpec{.name = name,
                     .type = ParamType::kNumber,
                     .help = help,
                     .value_name = "SECONDS",
                     .required = true,
                     .min_number = 0,
                     .max_number = 3600};
  };
  params.push_back(second("from", "where the range begins; it is widened to whole latent frames"));
  params.push_back(second("to", "where it ends"));
  params.push_back(
      {.name = "keep_sound", .type = ParamType::kSwitch, .help = "keep all of the take's sound and make only the picture anew"});
  return {"retake", "make a part of a take anew and keep the rest as it is", params};
}

std::vector<Operation> make_operations() {
  std::vector<ParamSpec> finish = {take_param("id of the sketch, or how it starts")};
  for (const ParamSpec& spec : generation_params()) {
    for (const std::string_view name : {"save_latents", "out", "wav", "png"}) {
      if (name == spec.name) finish.push_back(spec);
    }
  }
  finish.push_back(kEstimateParam);
  std::vector<ParamSpec> extend =
      params_with_take("id of the take, or how it starts", {"model", "size", "fps", "image", "two_stages", "sketch", "sketch_steps"});
  extend.push_back({.name = "keep",
                    .type = ParamType::kInteger,
                    .help = "last latent frames of the take that are given to the new ones; 1 if left out",
                    .value_name = "N",
                    .min = 1,
                    .max = 100});
  std::vector<ParamSpec> remix =
      params_with_take("id of the take, or how it starts", {"model", "size", "fps", "image", "two_stages", "seconds", "frames", "snap"});
  remix.push_back({.name = "strength",
                   .type = ParamType::kNumber,
                   .help = "how much is made anew: 0.01 keeps nearly all of the take, 1 nothing; 0.6 if left out",
                   .value_name = "X",
                   .min_number = 0.01,
                   .max_number = 1});
  return {{{"finish", "go on from a sketch to the finished clip", finish}, run_finish},
          {{"extend", "make a take longer, from its own latents", extend}, run_extend},
          {{"remix", "make a take anew in part, under another prompt", remix}, run_remix},
          {retake_spec(), run_retake}};
}

}  // namespace

GenerateRequest finish_request(const std::string& take) {
  GenerateRequest request;
  request.from = TakeToContinue{TakeToContinue::How::kFinish, take};
  return request;
}

GenerateRequest extend_request(const std::string& take, const std::string& prompt) {
  GenerateRequest request;
  request.prompt = prompt;
  request.from = TakeToContinue{TakeToContinue::How::kExtend, take};
  return request;
}

GenerateRequest remix_request(const std::string& take, const std::string& prompt, double strength) {
  GenerateRequest request;
  request.prompt = prompt;
  request.from = TakeToContinue{TakeToContinue::How::kRemix, take, 1, strength};
  return request;
}

GenerateRequest retake_request(const std::string& take, const std::string& prompt, double from_s, double to_s) {
  GenerateRequest request;
  request.prompt = prompt;
  request.from = TakeToContinue{TakeToContinue::How::kRetake, take};
  request.from->from_s = from_s;
  request.from->to_s = to_s;
  return request;
}

json RetakeRange::to_json() const {
  return {{"from", from_s}, {"to", to_s}, {"first_frame", first_frame + 1}, {"last_frame", last_frame + 1}, {"widened", widened}};
}

Result<RetakeRange> retake_range(Studio& studio, const GenerateRequest& request) {
  FANTASCOPE_TRY(const PlannedGeneration plan, plan_generation(studio, request, 0));
  return find_retake_range(*request.from, plan.recipe.frames, plan.recipe.fps, plan.model.info.frames_multiple);
}

std::span<const Operation> continue_operations() {
  static const std::vector<Operation> all = make_operations();
  return all;
}

}  // namespace fantascope
