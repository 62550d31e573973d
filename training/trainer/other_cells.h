#pragma once
/// Going on from a finished model whose latents are cells of other sizes.
///
/// Cells of half the rows and columns see a clip as the older cells would see the same clip shown at twice its size: the same grid of
/// tokens, each with a content of the same kind. So the two latents are put beside each other over rendered clips, and least squares give
/// a linear map each way. Written into the denoiser's first and last layer they let it draw clips in the new cells before any training,
/// coarsely; the text, the sound and all blocks stay what they are.
/// Only cells of the same number of frames can be compared in this way.
#include <nlohmann/json.hpp>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/latent_store.h"

namespace fantascope::training {

/// Between normalised latents, older [O] and newer [N] values a token.
struct LatentTranslation {
  at::Tensor to_older_ON, to_newer_NO;                   ///< float64
  double older_unexplained = 0, newer_unexplained = 0;  ///< shares of the squares that the maps miss
};

/// Whether the VAE of a finished model has latents of other cells, or other numbers of values, than `vae`, a component's configuration.
/// Error kBadFile names its configuration file.
Result<bool> has_other_cells(const std::string& model_folder, const nlohmann::json& vae);

/// From `num_clips` rendered clips of the configuration's first bucket. Errors: kUnsupported where the cells have other numbers of frames or
/// the older ones are not larger by a whole number.
Result<LatentTranslation> translate_latents(const TrainConfig& config, const TrainableFamily& family, const Codecs& codecs,
                                            const std::string& model_folder, int num_clips);

/// Replaces the first and last layer of the picture's stream in a denoiser's tensors.
void translate_denoiser(const LatentTranslation& translation, NamedTensors& transformer);

/// Beginnings of the names of a decoder's tensors that mean other things where cells are others: all that stands before the first level of
/// pixels that both share.
const std::vector<std::string>& decoder_parts_of_cells();

}  // namespace fantascope::training
