#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/bounded_json.h"
#include "engine/text/tokenizer.h"
#include "models/ltx2/parity_stages.h"

namespace fantascope::models::ltx2 {
namespace {

const std::string kStage = "stage ";

/// tokenizer_cases.json: texts of many scripts with the ids that the reference's tokenizer gives. One row for all of them.
Result<void> compare_tokenizer_cases(const ParityFixture& fixture, const Tokenizer& tokenizer, ParityReport& report) {
  const std::string path = fixture.dir() + "/tokenizer_cases.json";
  if (!std::filesystem::exists(path)) return {};
  FANTASCOPE_TRY(const nlohmann::json cases, read_bounded_json(path));
  std::size_t wrong = 0;
  std::string first;
  for (const nlohmann::json& item : cases) {
    if (!item.is_object() || !item.contains("text") || !item.contains("ids") || !item["text"].is_string() || !item["ids"].is_array()) {
      return Error{ErrorCode::kBadFile, "A case is not {text, ids}", path, item.dump().substr(0, 60), "", ""};
    }
    const auto ids = tokenizer.encode(item["text"].get<std::string>());
    if (ids && nlohmann::json(*ids) == item["ids"]) continue;
    if (++wrong == 1) first = item["text"].dump();
  }
  const std::string note = wrong == 0 ? std::to_string(cases.size()) + " texts, exact"
                                      : std::to_string(wrong) + " of " + std::to_string(cases.size()) + " differ, first " + first;
  report.row(kStage + "tokenizer_cases", wrong == 0 ? 0.0 : std::numeric_limits<double>::infinity(), 0.0, note);
  return {};
}

/// Padding has no meaning in either implementation: zero on both sides.
at::Tensor without_padding(const at::Tensor& states_BSD, const at::Tensor& mask_BS) {
  return states_BSD * mask_BS.unsqueeze(-1).to(states_BSD.scalar_type());
}

/// The text encoder on the fixture's ids, then the connectors on the fixture's states.
void compare_networks(const ParityFixture& fixture, const TextPath& text, at::ScalarType dtype, const std::string& which,
                      ParityReport& report) {
  const std::string name = "text." + which + ".";
  const at::Tensor ids = fixture.find(name + "input_ids"), mask = fixture.find(name + "attention_mask");
  if (!ids.defined() || !mask.defined()) return;
  const double tolerance = report.tolerances().stage;
  if (fixture.has(name + "hidden0")) {
    const auto states = text.text_encoder().forward(ids, mask);
    for (std::size_t i = 0; i < states.size(); ++i)
      report.compare(kStage, name + "hidden" + std::to_string(i), without_padding(states[i], mask), tolerance);
  }
  std::vector<at::Tensor> expected;
  for (std::int64_t i = 0; i < text.connectors().config().text_proj_in_factor; ++i) {
    const at::Tensor state = fixture.find(name + "hidden" + std::to_string(i));
    if (!state.defined()) return;
    expected.push_back(state.to(dtype));
  }
  const TextEmbeds embeds = text.connectors().forward(expected, mask);
  report.compare(kStage, name + "connector.video", embeds.video_BSD, tolerance);
  report.compare(kStage, name + "connector.audio", embeds.audio_BSD, tolerance);
  report.exact(kStage, name + "connector.mask", embeds.mask_BS);
}

}  // namespace

Result<void> compare_text(const ParityFixture& fixture, const TextPath& text, at::ScalarType dtype, const ParityRequest& request,
                          ParityReport& report) {
  FANTASCOPE_TRY_VOID(compare_tokenizer_cases(fixture, text.tokenizer(), report));
  const std::pair<const char*, std::string> texts[] = {{"prompt", request.request.prompt},
                                                       {"negative", request.request.negative_prompt.value_or("")}};
  for (const auto& [which, prompt] : texts) {
    TextTrace trace;
    FANTASCOPE_TRY(const TextEmbeds embeds, text.encode({prompt}, request.options.max_sequence_length, &trace));
    report.exact(kStage, std::string("text.") + which + ".input_ids", trace.input_ids_BS);
    report.exact(kStage, std::string("text.") + which + ".attention_mask", trace.attention_mask_BS);
    compare_networks(fixture, text, dtype, which, report);
  }
  return {};
}

}  // namespace fantascope::models::ltx2
