#include "training/trainer/finished_model.h"

#include "training/trainer/checkpoint.h"

namespace fantascope::training {

Result<NamedTensors> finished_component(const std::string& model_folder, const std::string& component) {
  const char* const file = component == "text_encoder" ? "model.safetensors" : "diffusion_pytorch_model.safetensors";
  return load_checkpoint(model_folder + "/" + component + "/" + file);
}

}  // namespace fantascope::training
