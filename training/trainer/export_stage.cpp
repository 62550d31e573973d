// Writes the finished model as a folder in the published layout: what any program that reads this family can load.
#include <ATen/TensorOperators.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "engine/text/word_tokenizer.h"
#include "engine/weights/safetensors_file.h"
#include "training/trainer/finished_model.h"
#include "training/trainer/internal/trained_part.h"

namespace fantascope::training {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

Result<void> write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return Error{ErrorCode::kIo, "cannot write a file of the model", path.string(), "", "", "Look at free space and permissions"};
  return {};
}

Result<void> write_component(const fs::path& folder, const std::string& weights_name, const json& config, const NamedTensors& tensors) {
  fs::create_directories(folder);
  FANTASCOPE_TRY_VOID(write_text(folder / "config.json", config.dump(2) + "\n"));
  std::vector<std::pair<std::string, at::Tensor>> stored;
  for (const auto& [name, tensor] : tensors) stored.emplace_back(name, tensor.to(at::kBFloat16).contiguous());
  return write_safetensors((folder / weights_name).string(), stored, {{"format", "pt"}}, SyncToDisk::kYes);
}

Result<void> add(const Result<NamedTensors>& part, NamedTensors& into) {
  if (!part) return part.error();
  for (const auto& [name, tensor] : *part) into[name] = tensor;
  return {};
}

}  // namespace

Result<void> run_export_stage(Workshop& shop, const StageOptions& options) {
  const TrainConfig& config = shop.config();
  FANTASCOPE_TRY(const NamedTensors transformer, denoiser_part("transformer", shop, options));
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const fs::path folder = shop.file(config.name);
  fs::create_directories(folder);
  const auto write = [&](const std::string& component, const NamedTensors& tensors) {
    return write_component(folder / component, weights_file(component), config.components.at(component), tensors);
  };
  FANTASCOPE_TRY_VOID(write("transformer", transformer));
  for (const std::string component : {"connectors", "text_encoder"}) {
    FANTASCOPE_TRY(const NamedTensors tensors, denoiser_part(component, shop, options));
    FANTASCOPE_TRY_VOID(write(component, tensors));
  }
  // The latents' statistics belong to the denoiser: it knows latents by no other scale.
  NamedTensors vae{{"latents_mean", codecs->video_mean_C}, {"latents_std", codecs->video_std_C}};
  NamedTensors audio{{"latents_mean", codecs->audio_mean_D}, {"latents_std", codecs->audio_std_D}};
  if (!shop.has("flow.safetensors")) {
    FANTASCOPE_TRY_VOID(add(finished_part("vae", "latents_", options), vae));
    FANTASCOPE_TRY_VOID(add(finished_part("audio_vae", "latents_", options), audio));
  }
  FANTASCOPE_TRY_VOID(add(trained_part({"video-decoder", "vae", "decoder.", ""}, shop, options), vae));
  FANTASCOPE_TRY_VOID(add(trained_part({"video-encoder", "vae", "encoder.", ""}, shop, options), vae));
  FANTASCOPE_TRY_VOID(write("vae", vae));
  FANTASCOPE_TRY_VOID(add(trained_part({"audio-decoder", "audio_vae", "decoder.", ""}, shop, options), audio));
  FANTASCOPE_TRY_VOID(add(trained_part({"audio-encoder", "audio_vae", "encoder.", ""}, shop, options), audio));
  FANTASCOPE_TRY_VOID(write("audio_vae", audio));
  NamedTensors vocoder;
  FANTASCOPE_TRY_VOID(add(trained_part({"vocoder", "vocoder", "", ""}, shop, options), vocoder));
  FANTASCOPE_TRY_VOID(write("vocoder", vocoder));

  fs::create_directories(folder / "scheduler");
  fs::create_directories(folder / "tokenizer");
  FANTASCOPE_TRY_VOID(write_text(folder / "scheduler" / "scheduler_config.json", config.components.at("scheduler").dump(2) + "\n"));
  FANTASCOPE_TRY_VOID(write_text(folder / "tokenizer" / "tokenizer.json", shop.captions().tokenizer_json()));
  FANTASCOPE_TRY_VOID(write_text(folder / "tokenizer" / "tokenizer_config.json", config.tokenizer_config.dump(2) + "\n"));
  FANTASCOPE_TRY_VOID(write_text(folder / "model_index.json", config.model_index.dump(2) + "\n"));
  FANTASCOPE_TRY_VOID(write_text(folder / "fantascope.json", config.defaults.dump(2) + "\n"));
  FANTASCOPE_TRY(const WordList words, WordList::create(world::vocabulary()));
  FANTASCOPE_TRY_VOID(write_text(folder / "vocabulary.txt", words.to_text()));
  std::fprintf(stderr, "[export] %s\n", folder.string().c_str());
  return {};
}

}  // namespace fantascope::training
