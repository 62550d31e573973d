#pragma once
/// Going on from a finished model whose latents are cells of other sizes.
///
/// Cells of half the frames, rows and columns see a clip as the older cells would see the same clip at half its speed and twice its size:
/// the same grid of tokens, each with a content of the same kind. So the two latents are put beside each other over rendered clips, and
/// least squares give a linear map each way. Written into the denoiser's first and last layer they let it draw clips in the new cells
/// before any training, coarsely; the text, the sound and all blocks stay what they are.
/// The decoder keeps what lies behind the levels that are gone.
#include <nlohmann/json.hpp>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/latent_store.h"

namespace fantascope::training {

/// Between normalised latents, older [O] and newer [N] values a token.
struct LatentTranslation {
  at::Tensor to_older_ON, to_newer_NO;                  ///< float64
  double older_unexplained = 0, newer_unexplained = 0;  ///< shares of the squares that the maps miss
};

/// Whether the VAE of a finished model has latents of other cells, or other numbers of values, than `vae`, a component's configuration.
/// Error kBadFile names its configuration file.
Result<bool> has_other_cells(const std::string& model_folder, const nlohmann::json& vae);

/// From `num_clips` rendered clips of the configuration's first bucket. Error kUnsupported where the older cells are not larger by whole
/// numbers.
Result<LatentTranslation> translate_latents(const TrainConfig& config, const TrainableFamily& family, const Codecs& codecs,
                                            const std::string& model_folder, int num_clips);

/// Replaces the first and last layer of the picture's stream in a denoiser's tensors.
void translate_denoiser(const LatentTranslation& translation, NamedTensors& transformer);

/// The tensors of a finished model's decoder by the names that they have in the decoder of `vae`, whose upsample_type is the end of the
/// older one's: blocks behind the levels that are gone move up, the residual blocks of the last such level to the middle, and what reads
/// the latents is left out. Error kUnsupported names upsample_type where it is not.
Result<NamedTensors> decoder_behind(const std::string& model_folder, const nlohmann::json& vae);

}  // namespace fantascope::training
