#include "app/operations/continue.h"

#include <string_view>

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
  return params;
}

Result<json> run_request(OperationContext& context, const GenerateRequest& request) {
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
  return run_request(context, request);
}

Result<json> run_extend(OperationContext& context, const json& arguments) {
  GenerateRequest request = GenerateRequest::from_json(arguments);
  request.from = extend_request(arguments["take"], "").from;
  request.from->keep = arguments.value("keep", request.from->keep);
  return run_request(context, request);
}

Result<json> run_remix(OperationContext& context, const json& arguments) {
  GenerateRequest request = GenerateRequest::from_json(arguments);
  request.from = remix_request(arguments["take"], "", arguments.value("strength", TakeToContinue{}.strength)).from;
  return run_request(context, request);
}

std::vector<Operation> make_operations() {
  std::vector<ParamSpec> finish = {take_param("id of the sketch, or how it starts")};
  for (const ParamSpec& spec : generation_params()) {
    for (const std::string_view name : {"save_latents", "out", "wav", "png"}) {
      if (name == spec.name) finish.push_back(spec);
    }
  }
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
          {{"remix", "make a take anew in part, under another prompt", remix}, run_remix}};
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

std::span<const Operation> continue_operations() {
  static const std::vector<Operation> all = make_operations();
  return all;
}

}  // namespace fantascope
