#include "training/trainer/finished_model.h"

#include "training/trainer/checkpoint.h"

namespace fantascope::training {

std::string weights_file(const std::string& component) {
  return component == "text_encoder" ? "model.safetensors" : "diffusion_pytorch_model.safetensors";
}

Result<NamedTensors> finished_component(const std::string& model_folder, const std::string& component) {
  return load_checkpoint(model_folder + "/" + component + "/" + weights_file(component));
}

}  // namespace fantascope::training
