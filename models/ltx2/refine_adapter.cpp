#include "models/ltx2/refine_adapter.h"

#include <utility>
#include <vector>

#include "models/ltx2/original_names.h"

namespace fantascope::models::ltx2 {
namespace {

std::vector<std::string> names_in_adapters(const std::string& module) {
  const std::string weight = ".weight", whole = original_name("transformer", module + weight, 0);
  const std::string original = whole.substr(0, whole.size() - weight.size());
  return {original.substr(std::string("model.").size()), original, "transformer." + module, module};
}

Result<Transformer> load(const ModelPart& part, const TransformerConfig& config, const LoadTarget& target, const LoraFile& lora,
                         double strength, Adapt adapt) {
  LoadedParameters source = part.parameters(target);
  AdaptedParameters adapted(source, lora, strength, names_in_adapters, adapt);
  Transformer transformer(config, ParameterScope(adapted, ""));
  FANTASCOPE_TRY_VOID(adapted.finish());
  FANTASCOPE_TRY_VOID(target.finish(source));
  if (target.in_use != nullptr) {
    target.in_use->parts.push_back(lora.weights());
    const std::vector<std::string> left = adapted.left_over();
    if (!left.empty()) {
      target.in_use->warnings.push_back(lora.weights().path() + ": " + std::to_string(left.size()) + " of " +
                                        std::to_string(lora.modules().size()) + " parts fit no layer, first " + left.front());
    }
  }
  return transformer;
}

}  // namespace

Result<Transformer> load_transformer(const ModelPart& part, const TransformerConfig& config, const LoadTarget& target,
                                     const LoraFile* adapter) {
  if (adapter != nullptr) return load(part, config, target, *adapter, 0, Adapt::kCheck);
  LoadedParameters source = part.parameters(target);
  Transformer transformer(config, ParameterScope(source, ""));
  FANTASCOPE_TRY_VOID(target.finish(source));
  return transformer;
}

Result<std::optional<LoraFile>> open_refine_lora(const std::string& folder, const ModelSettings& settings) {
  if (!settings.info.two_stages) return std::optional<LoraFile>();
  FANTASCOPE_TRY(const std::optional<std::string> file, only_weight_file(folder, "adapters for the second stage"));
  if (!file) return std::optional<LoraFile>();
  FANTASCOPE_TRY(LoraFile lora, LoraFile::open(*file));
  return std::optional<LoraFile>(std::move(lora));
}

Result<Transformer> RefineAdapter::transformer(const TransformerConfig& config, const LoadTarget& target) const {
  return load(part, config, target, lora, strength, Adapt::kApply);
}

}  // namespace fantascope::models::ltx2
