// Writes the finished model as a folder in the published layout: what any program that reads this family can load.
#include <ATen/TensorOperators.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "engine/text/word_tokenizer.h"
#include "engine/weights/safetensors_file.h"
#include "training/trainer/checkpoint.h"
#include "training/trainer/finished_model.h"
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

// A component, or the half of it whose names begin with `part`; the file of its stage has `prefix` before all names.
struct Piece {
  std::string stage, component, part, prefix;
};

void add_part(const NamedTensors& all, const std::string& part, NamedTensors& into) {
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(part)) into[name] = tensor;
  }
}

// From the finished model of --start.
Result<void> add_finished(const std::string& component, const std::string& part, const StageOptions& options, NamedTensors& into) {
  FANTASCOPE_TRY(const NamedTensors all, finished_component(options.start, component));
  add_part(all, part, into);
  return {};
}

// What the stage has trained here, else what the finished model has, else a word about what to do.
Result<void> add(const Piece& piece, Workshop& shop, const StageOptions& options, NamedTensors& into) {
  const std::string file = piece.stage + ".safetensors";
  if (!shop.has(file) && !options.start.empty()) return add_finished(piece.component, piece.part, options, into);
  if (!shop.has(file)) {
    const std::string stage = piece.stage.starts_with("audio-") ? "audio" : piece.stage;
    return Error{ErrorCode::kNotFound, "a stage has not run yet", shop.file(file), "", "", "Run `fantascope train " + stage + "` first"};
  }
  FANTASCOPE_TRY(const NamedTensors all, load_checkpoint(shop.file(file)));
  add_part(part_of(all, piece.prefix), piece.part, into);
  return {};
}

Result<NamedTensors> denoiser_part(const std::string& component, Workshop& shop, const StageOptions& options) {
  NamedTensors tensors;
  FANTASCOPE_TRY_VOID(add({"flow", component, "", "average/" + component + "/"}, shop, options, tensors));
  return tensors;
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
    FANTASCOPE_TRY_VOID(add_finished("vae", "latents_", options, vae));
    FANTASCOPE_TRY_VOID(add_finished("audio_vae", "latents_", options, audio));
  }
  FANTASCOPE_TRY_VOID(add({"video-decoder", "vae", "decoder.", ""}, shop, options, vae));
  FANTASCOPE_TRY_VOID(add({"video-encoder", "vae", "encoder.", ""}, shop, options, vae));
  FANTASCOPE_TRY_VOID(write("vae", vae));
  FANTASCOPE_TRY_VOID(add({"audio-decoder", "audio_vae", "decoder.", ""}, shop, options, audio));
  FANTASCOPE_TRY_VOID(add({"audio-encoder", "audio_vae", "encoder.", ""}, shop, options, audio));
  FANTASCOPE_TRY_VOID(write("audio_vae", audio));
  NamedTensors vocoder;
  FANTASCOPE_TRY_VOID(add({"vocoder", "vocoder", "", ""}, shop, options, vocoder));
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
