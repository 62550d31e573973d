#include "training/trainer/workshop.h"

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "engine/runtime/model_family.h"
#include "models/registry.h"
#include "training/trainer/checkpoint.h"

namespace fantascope::training {
namespace {

// Codecs from elsewhere decode and train as well as the right ones seem to, and the model they make knows latents of another scale.
Result<void> check_same(const std::string& here, const Codecs& given, const std::string& file) {
  FANTASCOPE_TRY(const NamedTensors ours, load_checkpoint(here));
  for (const auto& [name, tensor] : tensors_of(given)) {
    if (ours.contains(name) && ours.at(name).equal(tensor)) continue;
    return Error{ErrorCode::kMismatch, "the codecs here are not those that the configuration names: " + here,         name, "other numbers",
                 "those of " + file,   "Train in another folder, or run `fantascope train codec --fresh` there first"};
  }
  return {};
}

}  // namespace

Result<Workshop> Workshop::open(const std::string& config_path, const std::string& out) {
  Workshop shop;
  FANTASCOPE_TRY(shop.config_, TrainConfig::load(config_path));
  shop.out_ = out;
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (error) return Error{ErrorCode::kIo, "cannot make the output folder: " + error.message(), out, "", "", ""};
  std::string known;
  for (const auto& family : builtin_families()) {
    if (family.id == shop.config_.family) shop.family_ = family.trainable;
    known += (known.empty() ? "" : ", ") + family.id;
  }
  if (shop.family_ == nullptr) {
    return Error{ErrorCode::kUnsupported, "no trainable model family of this name", "family", shop.config_.family, known, ""};
  }
  FANTASCOPE_TRY(CaptionEncoder captions, CaptionEncoder::create());
  shop.captions_ = std::make_shared<CaptionEncoder>(std::move(captions));
  for (auto& [name, component] : shop.config_.components.items()) {
    if (component.contains("text_config")) component["text_config"]["vocab_size"] = shop.captions_->vocab_size();
  }
  return shop;
}

bool Workshop::has(const std::string& name) const { return std::filesystem::exists(file(name)); }

void Workshop::drop_codecs() {
  codecs_.reset();
  std::error_code ignored;  // what cannot be removed is found and refused, or read again, later
  std::filesystem::remove(file("codecs.safetensors"), ignored);
  std::filesystem::remove_all(file("latents"), ignored);
}

Result<const Codecs*> Workshop::codecs() {
  if (codecs_) return static_cast<const Codecs*>(codecs_.get());
  FANTASCOPE_TRY(const TrainableNetwork mel, family_->make_mel(config_.components));
  const std::string path = file("codecs.safetensors");
  const std::string& given = config_.fitted_codecs;
  if (!given.empty()) {
    FANTASCOPE_TRY(const Codecs fitted, load_codecs(given, mel, config_));
    if (has("codecs.safetensors")) {
      FANTASCOPE_TRY_VOID(check_same(path, fitted, given));
    } else {
      FANTASCOPE_TRY_VOID(save_codecs(fitted, path));
    }
  } else if (!has("codecs.safetensors")) {
    const auto say = [](const std::string& line) { std::fprintf(stderr, "[codec] %s\n", line.c_str()); };
    FANTASCOPE_TRY(const Codecs fitted, fit_codecs(config_, mel, say));
    FANTASCOPE_TRY_VOID(save_codecs(fitted, path));
  }
  FANTASCOPE_TRY(Codecs loaded, load_codecs(path, mel, config_));
  codecs_ = std::make_shared<Codecs>(std::move(loaded));
  return static_cast<const Codecs*>(codecs_.get());
}

std::function<bool()> deadline(const StageOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  return [start, minutes = options.minutes] {
    return minutes <= 0 || std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < 60.0 * minutes;
  };
}

}  // namespace fantascope::training
