// Writes the finished model as a folder in the published layout: what any program that reads this family can load.
#include <ATen/TensorOperators.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "engine/text/word_tokenizer.h"
#include "engine/weights/safetensors_file.h"
#include "training/trainer/checkpoint.h"
#include "training/trainer/workshop.h"

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

// Tensors whose name starts with `prefix`, without it.
NamedTensors part_of(const NamedTensors& all, const std::string& prefix) {
  NamedTensors part;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(prefix)) part[name.substr(prefix.size())] = tensor;
  }
  return part;
}

// One half of an autoencoder: what was trained, or nothing with a word about it.
Result<void> add_half(Workshop& shop, const std::string& stage, const std::string& prefix, NamedTensors& into) {
  const std::string file = stage + ".safetensors";
  if (!shop.has(file)) {
    return Error{ErrorCode::kNotFound, "a stage has not run yet", shop.file(file), "", "", "Run `fantascope train " + stage + "` first"};
  }
  FANTASCOPE_TRY(const NamedTensors all, load_checkpoint(shop.file(file)));
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(prefix)) into[name] = tensor;
  }
  return {};
}

}  // namespace

Result<void> run_export_stage(Workshop& shop, const StageOptions&) {
  const TrainConfig& config = shop.config();
  if (!shop.has("flow.safetensors")) {
    return Error{ErrorCode::kNotFound,
                 "the denoiser has not been trained yet",
                 shop.file("flow.safetensors"),
                 "",
                 "",
                 "Run `fantascope train flow` first"};
  }
  FANTASCOPE_TRY(const NamedTensors flow, load_checkpoint(shop.file("flow.safetensors")));
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const fs::path folder = shop.file(config.name);
  fs::create_directories(folder);
  for (const std::string component : {"transformer", "connectors"}) {
    FANTASCOPE_TRY_VOID(write_component(folder / component, "diffusion_pytorch_model.safetensors", config.components.at(component),
                                        part_of(flow, "average/" + component + "/")));
  }
  FANTASCOPE_TRY_VOID(write_component(folder / "text_encoder", "model.safetensors", config.components.at("text_encoder"),
                                      part_of(flow, "average/text_encoder/")));

  NamedTensors vae{{"latents_mean", codecs->video_mean_C}, {"latents_std", codecs->video_std_C}};
  FANTASCOPE_TRY_VOID(add_half(shop, "video-decoder", "decoder.", vae));
  FANTASCOPE_TRY_VOID(add_half(shop, "video-encoder", "encoder.", vae));
  FANTASCOPE_TRY_VOID(write_component(folder / "vae", "diffusion_pytorch_model.safetensors", config.components.at("vae"), vae));
  NamedTensors audio{{"latents_mean", codecs->audio_mean_D}, {"latents_std", codecs->audio_std_D}};
  FANTASCOPE_TRY_VOID(add_half(shop, "audio-decoder", "decoder.", audio));
  FANTASCOPE_TRY_VOID(add_half(shop, "audio-encoder", "encoder.", audio));
  FANTASCOPE_TRY_VOID(
      write_component(folder / "audio_vae", "diffusion_pytorch_model.safetensors", config.components.at("audio_vae"), audio));
  NamedTensors vocoder;
  FANTASCOPE_TRY_VOID(add_half(shop, "vocoder", "", vocoder));
  FANTASCOPE_TRY_VOID(write_component(folder / "vocoder", "diffusion_pytorch_model.safetensors", config.components.at("vocoder"), vocoder));

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
