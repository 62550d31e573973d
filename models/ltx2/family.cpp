#include <nlohmann/json.hpp>

#include "engine/base/bounded_json.h"
#include "engine/runtime/model_family.h"
#include "models/ltx2/model_folder.h"
#include "models/ltx2/parity.h"
#include "models/ltx2/pipeline.h"
#include "models/ltx2/pipeline_settings.h"
#include "models/ltx2/trainable.h"

namespace fantascope::models::ltx2 {
namespace {

/// model_index.json names the class of every part; the transformer's is what makes the family. Without one there may be an original
/// checkpoint, whose metadata say so.
bool detect(const std::string& dir) {
  const auto index = read_bounded_json(dir + "/model_index.json");
  if (!index || !index->is_object()) return ModelFolder::holds_original(dir);
  const auto part = index->find("transformer");
  if (part == index->end()) {
    const auto upsampler = index->find("latent_upsampler");
    return upsampler != index->end() && upsampler->is_array() && upsampler->size() == 2 && (*upsampler)[1] == "LTX2LatentUpsamplerModel";
  }
  return part->is_array() && part->size() == 2 && (*part)[1] == "LTX2VideoTransformer3DModel";
}

Result<ModelInfo> describe(const std::string& dir) {
  FANTASCOPE_TRY(ModelSettings settings, ModelSettings::read(dir));
  return std::move(settings.info);
}

}  // namespace

/// Found by the registry (models/CMakeLists.txt).
ModelFamily model_family();
ModelFamily model_family() { return {"ltx2", detect, describe, load_pipeline, run_parity, &trainable_family()}; }

}  // namespace fantascope::models::ltx2
