#pragma once
/// Names of tensors in original single-file checkpoints ("ltx-2-19b-dev.safetensors"), from those of the diffusers folders that our
/// modules ask for. Source: Lightricks/LTX-2 ltx-core (key maps of its loaders) and diffusers 0.42.1 scripts/convert_ltx2_to_diffusers.py.
#include <cstdint>
#include <string>

namespace fantascope::models::ltx2 {

/// `part` as in model_index.json: "transformer", "connectors", "vae", "audio_vae" or "vocoder". `num_encoder_blocks`: down blocks of the
/// video encoder, behind which its middle block is numbered.
std::string original_name(const std::string& part, const std::string& name, std::int64_t num_encoder_blocks);

}  // namespace fantascope::models::ltx2
