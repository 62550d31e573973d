#pragma once
/// The low-rank adapter that a second stage adds to the transformer: the published "distilled LoRA", which lets the few steps of that stage
/// do without guidance. A folder refine_lora/ with one safetensors file, in the model's folder; how much of it: "refine_lora_strength" in
/// fantascope.json. Names of layers in it: Lightricks' ("diffusion_model.") or those of diffusers ("transformer." or none).
/// Source: Lightricks/LTX-2 ltx-pipelines, `distilled_lora` of its two-stage pipelines.
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/weights/lora_file.h"
#include "models/ltx2/model_folder.h"
#include "models/ltx2/pipeline_settings.h"
#include "models/ltx2/transformer.h"

namespace fantascope::models::ltx2 {

/// Weights are views of the file. With `adapter` the load also fails if that does not fit this transformer; it is not applied.
Result<Transformer> load_transformer(const ModelPart& part, const TransformerConfig& config, const LoadTarget& target,
                                     const LoraFile* adapter = nullptr);

/// The adapter in `folder`; none where the folder has none, or where the model has no second stage.
Result<std::optional<LoraFile>> open_refine_lora(const std::string& folder, const ModelSettings& settings);

struct RefineAdapter {
  ModelPart part;  ///< the transformer that it changes
  LoraFile lora;
  double strength = 1;

  /// The changed transformer. The layers that the adapter touches take memory of their own.
  Result<Transformer> transformer(const TransformerConfig& config, const LoadTarget& target) const;
};

}  // namespace fantascope::models::ltx2
