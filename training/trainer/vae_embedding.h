#pragma once
/// Writes the closed-form codec into the weights that the video VAE starts from. Its two halves then code as the codec does from their
/// first step on, where a decoder of random weights shows no object after a quarter of an hour of CPU training.
///
/// Decoder: each up-block's convolution gets a centre tap that turns a coarse cell's coefficients into those of its sub-cells. The last one
/// gives pairs (x, -x) beside one large constant channel: the constant keeps the RMS norm from changing the scale from place to place, and
/// silu(x) - silu(-x) = x makes norm and activation linear. Second convolutions of residual blocks start at zero. Between the levels a
/// channel carries its coefficient divided by (standard deviation)^0.7: residual blocks divide what they see by its RMS, and would see
/// little else than a cell's mean brightness otherwise.
///
/// Encoder: the first block ("spatiotemporal") moves the patches' coefficients of a cell's eight sub-cells into channels. The published
/// class adds means of its input's channels there, which no weight can take away; they are a fixed linear map of the same coefficients, so
/// the next convolution takes them into account. Each further block ("conv", kernel 3, stride 2) sees all eight sub-cells of its cell and
/// gives that cell's coefficients, the last one as pairs (x, -x) as far as channels go, beside a constant. Causal padding in time gives the
/// first frame the still cell that the codec gives it.
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/base/result.h"
#include "training/trainer/cell_codec.h"
#include "training/trainer/parameters.h"

namespace fantascope::training {

/// `vae` is the component's configuration. Of the decoder's channels (decoder_block_out_channels divided by upsample_factor) each level
/// must have at least the codec's components of that level, and the finest 2 * 48 + 1. Residual blocks may be anywhere or nowhere. Errors:
/// kInvalidArgument names the field.
Result<NamedTensors> decoder_start(const CellCodec& codec, const nlohmann::json& vae);

/// `vae` is the component's configuration; it must have downsample_type spatiotemporal and then conv, one width above the latent channels,
/// a causal encoder and residual blocks anywhere or nowhere. A first block that has fewer filters than a patch has components (width / 8 <
/// 48) loses the weakest ones, as little as can be. The log-variance is constant and tiny. Error kUnsupported names the field.
Result<NamedTensors> encoder_start(const CellCodec& codec, const nlohmann::json& vae);

}  // namespace fantascope::training
