#include "training/trainer/internal/trained_part.h"

#include "training/trainer/checkpoint.h"
#include "training/trainer/finished_model.h"
#include "training/trainer/other_cells.h"

namespace fantascope::training {
Result<NamedTensors> finished_part(const std::string& component, const std::string& part, const StageOptions& options) {
  FANTASCOPE_TRY(const NamedTensors all, finished_component(options.start, component));
  return part_of(all, "", part);
}

Result<NamedTensors> trained_part(const Piece& piece, const Workshop& shop, const StageOptions& options) {
  const std::string file = piece.stage + ".safetensors";
  if (!shop.has(file) && !options.start.empty()) {
    FANTASCOPE_TRY(const bool other_cells, has_other_cells(options.start, shop.config().components.at("vae")));
    const bool knows_cells = piece.component == "vae" || piece.component == "transformer";
    if (!other_cells || !knows_cells) return finished_part(piece.component, piece.part, options);
  }
  if (!shop.has(file)) {
    const std::string stage = piece.stage.starts_with("audio-") ? "audio" : piece.stage;
    return Error{ErrorCode::kNotFound, "a stage has not run yet", shop.file(file), "", "", "Run `fantascope train " + stage + "` first"};
  }
  FANTASCOPE_TRY(const NamedTensors all, load_checkpoint(shop.file(file)));
  return part_of(all, piece.prefix, piece.part);
}

Result<NamedTensors> denoiser_part(const std::string& component, const Workshop& shop, const StageOptions& options) {
  return trained_part({"flow", component, "", "average/" + component + "/"}, shop, options);
}

}  // namespace fantascope::training
