#include "app/operations/operation.h"

#include <filesystem>
#include <vector>

#include "app/files/file_system.h"
#include "app/media/clip_reader.h"
#include "app/operations/bench.h"
#include "app/operations/continue.h"
#include "app/operations/estimate.h"
#include "app/operations/frame_operations.h"
#include "app/operations/generate.h"
#include "app/operations/library_operations.h"
#include "app/operations/model_operations.h"
#include "app/operations/project_operations.h"
#include "app/operations/queue_operations.h"
#include "app/operations/reproduce.h"
#include "app/provenance/credentials.h"
#include "engine/base/bounded_json.h"
#include "engine/runtime/model_family.h"
#include "engine/runtime/number_format.h"

namespace fantascope {
namespace {

using nlohmann::json;

Result<json> run_generate(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<GeneratedTake> takes, generate(context, GenerateRequest::from_json(arguments)));
  json response = takes.front().to_json();
  if (takes.size() > 1) {
    for (const GeneratedTake& take : takes) response["takes"].push_back(take.to_json());
  }
  return response;
}

Result<json> run_estimate(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const Estimate made, estimate(context, GenerateRequest::from_json(arguments)));
  return made.to_json();
}

Result<json> run_reproduce(OperationContext& context, const json& arguments) {
  if (arguments.value("estimate", false)) {
    FANTASCOPE_TRY(const Estimate cost, estimate_reproduction(context, arguments["take"]));
    return cost.to_json();
  }
  FANTASCOPE_TRY(const Reproduction result, reproduce(context, arguments["take"]));
  return result.to_json();
}

json clip_to_json(const ClipInfo& clip) {
  json shown = {{"size_bytes", clip.size_bytes},
                {"faststart", clip.index_in_front},
                {"video",
                 {{"codec", clip.video_codec},
                  {"profile", clip.video_profile},
                  {"pixel_format", clip.pixel_format},
                  {"color_primaries", clip.color_primaries},
                  {"color_transfer", clip.color_transfer},
                  {"color_matrix", clip.color_matrix},
                  {"color_range", clip.color_range},
                  {"size", PixelSize{clip.width, clip.height}.to_string()},
                  {"fps", clip.fps.to_string()},
                  {"constant_frame_rate", clip.constant_frame_rate},
                  {"frames", clip.num_frames},
                  {"duration_s", clip.video_duration_s},
                  {"key_frame_interval_max", clip.key_frame_interval_max}}},
                {"audio", nullptr}};
  if (clip.has_audio) {
    shown["audio"] = {{"codec", clip.audio_codec},
                      {"profile", clip.audio_profile},
                      {"sample_rate", clip.audio_sample_rate},
                      {"num_channels", clip.audio_num_channels},
                      {"duration_s", clip.audio_duration_s}};
  }
  return shown;
}

/// A clip's streams and credentials, or whether a recipe.json is one.
Result<json> run_inspect(OperationContext& context, const json& arguments) {
  const std::string path = arguments["file"];
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return Error{ErrorCode::kNotFound,
                 "there is no such file",
                 path,
                 std::filesystem::exists(path, error) ? "not a regular file" : "nothing",
                 "an MP4 clip or a recipe.json",
                 ""};
  }
  if (path.ends_with(".json")) {
    FANTASCOPE_TRY(const Recipe recipe, read_recipe(path));
    return json{{"path", path}, {"recipe", recipe_to_json(recipe)}, {"recipe_sha256", recipe_sha256(recipe)}};
  }
  std::string root_pem;
  const std::string root_file = context.studio.home().keys() + "/signing_root.pem";
  if (std::filesystem::exists(root_file, error)) {
    FANTASCOPE_TRY(root_pem, read_file(root_file, 1 << 20));
  }
  FANTASCOPE_TRY(const ClipInfo clip, probe_clip(path));
  FANTASCOPE_TRY(const Credentials credentials, read_credentials(path, root_pem));
  json shown = clip_to_json(clip);
  shown["path"] = path;
  auto generation = parse_bounded_json(credentials.generation_json, path, {.max_bytes = 1 << 20, .max_depth = 10});
  shown["credentials"] = {{"state", credential_state_name(credentials.state)},
                          {"success_codes", credentials.success_codes},
                          {"failure_codes", credentials.failure_codes},
                          {"generator", credentials.generator_name},
                          {"generator_version", credentials.generator_version},
                          {"title", credentials.title},
                          {"issuer", credentials.issuer},
                          {"signer", credentials.signer_common_name},
                          {"signed_at", credentials.signed_at},
                          {"actions", credentials.actions},
                          {"digital_source_type", credentials.digital_source_type},
                          {"generation", generation ? *generation : json(nullptr)}};
  const bool marked = credentials.state != CredentialState::kNone;
  const bool ours = marked && !credentials.generation_json.empty();
  shown["answer"] = credentials.state == CredentialState::kInvalid           ? "changed since it was signed, or signed wrongly"
                    : ours && credentials.state == CredentialState::kTrusted ? "made here, unchanged since it was signed on this computer"
                    : ours   ? "made with Fantascope by a signer not known here, unchanged since"
                    : marked ? "carries credentials of another program"
                             : "nothing found; that does not mean it is a camera's picture";
  return shown;
}

/// Every stage of a parity fixture against its expected tensors.
Result<json> run_parity(OperationContext& context, const json& arguments) {
  const std::string dir = arguments["dir"];
  std::error_code ignored;
  if (!std::filesystem::is_directory(dir, ignored))
    return Error{ErrorCode::kNotFound, "there is no such folder", dir, "", "", "Give the folder of a parity fixture"};
  LoadOptions options;
  options.dtype = dtype_named(arguments.value("dtype", "fp32"));
  options.device = arguments.value("device", "cpu");
  for (const ModelFamily& family : context.studio.families()) {
    if (!family.parity || !(family.detect(dir + "/model") || family.detect(dir))) continue;
    json rows = json::array();
    bool passed = true;
    FANTASCOPE_TRY_VOID(family.parity(dir, options, [&](const ParityRow& row) {
      rows.push_back({{"stage", row.stage},
                      {"error_ratio", row.error_ratio},
                      {"tolerance", row.tolerance},
                      {"passed", row.passed},
                      {"note", row.note}});
      passed = passed && row.passed;
      if (context.progress) {
        Progress line;
        char text[64];
        std::snprintf(text, sizeof text, "  %.2e  (%.0e)  ", row.error_ratio, row.tolerance);
        line.note = (row.passed ? "ok  " : "FAIL") + std::string(text) + row.stage + (row.note.empty() ? "" : "  " + row.note);
        context.progress(line);
      }
    }));
    if (rows.empty()) return Error{ErrorCode::kBadFile, "the fixture has no stages", dir, "", "", ""};
    return json{
        {"ok", passed},  {"dir", dir}, {"family", family.id}, {"dtype", arguments.value("dtype", "fp32")}, {"device", options.device},
        {"stages", rows}};
  }
  return Error{ErrorCode::kUnsupported,
               "this build knows no family for this fixture",
               dir + "/model",
               "",
               "",
               "Give the folder of a parity fixture"};
}

std::vector<Operation> make_operations() {
  std::vector<Operation> all = {{generate_spec(), run_generate}, {estimate_spec(), run_estimate}, {reproduce_spec(), run_reproduce}};
  for (const auto group : {continue_operations(), queue_operations(), library_operations(), frame_operations(), project_operations(),
                           model_operations(), bench_operations()})
    all.insert(all.end(), group.begin(), group.end());
  all.push_back({{"inspect",
                  "what a clip is and who says it made it",
                  {{.name = "file",
                    .type = ParamType::kPath,
                    .help = "MP4 clip, or a recipe.json",
                    .value_name = "FILE",
                    .positional = true,
                    .required = true}}},
                 run_inspect});
  all.push_back(
      {{"parity",
        "compare every stage of a fixture with the reference",
        {{.name = "dir",
          .type = ParamType::kPath,
          .help = "folder of the fixture",
          .value_name = "DIR",
          .positional = true,
          .required = true},
         {.name = "dtype", .type = ParamType::kChoice, .help = "fp32 (default) or bf16", .value_name = "fp32|bf16", .choices = "fp32|bf16"},
         {.name = "device", .type = ParamType::kText, .help = "where to run", .value_name = "cpu|cuda[:N]", .bytes_max = 64}}},
       run_parity});
  return all;
}

}  // namespace

std::span<const Operation> all_operations() {
  static const std::vector<Operation> all = make_operations();
  return all;
}

const Operation* find_operation(const std::string& name) {
  for (const Operation& operation : all_operations()) {
    if (name == operation.spec.name) return &operation;
  }
  return nullptr;
}

Result<json> run_operation(const Operation& operation, OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const json checked, check_arguments(operation.spec, arguments));
  return operation.run(context, checked);
}

json error_to_json(const Error& error) {
  return {{"code", error_code_name(error.code)},
          {"message", error.message},
          {"subject", error.subject},
          {"found", error.found},
          {"allowed", error.allowed},
          {"hint", error.hint}};
}

}  // namespace fantascope
