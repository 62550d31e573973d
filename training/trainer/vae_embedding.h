#pragma once
/// Writes the closed-form codec into the weights that the video decoder starts from. A decoder of constant width then decodes as the
/// codec does from its first step on, where one of random weights shows no object after a quarter of an hour of CPU training.
///
/// Each up-block's convolution gets a centre tap that turns a coarse cell's coefficients into those of its eight sub-cells. The last one
/// gives pairs (x, -x) beside one large constant channel: the constant keeps the RMS norm from changing the scale from place to place, and
/// silu(x) - silu(-x) = x makes norm and activation linear. Second convolutions of residual blocks start at zero.
#include <vector>

#include "engine/base/result.h"
#include "training/trainer/cell_codec.h"
#include "training/trainer/parameters.h"

namespace fantascope::training {

/// `width`: channels of the decoder, the same at all levels; at least 2 * 48 + 1 and at least every number of components.
/// `layers_per_block`: residual blocks of each level as the VAE's config lists them, finest first, the middle block last.
Result<NamedTensors> decoder_start(const CellCodec& codec, std::int64_t width, const std::vector<std::int64_t>& layers_per_block);

}  // namespace fantascope::training
