// The same symbols for a build without CUDA.
#include "kernels/attention/flash_attention.h"
#include "kernels/norm/rms_norm_modulate.h"
#include "kernels/rope/norm_rope_heads.h"

namespace fantascope::kernels {

bool available() { return false; }
Status rms_norm_modulate(const RmsNormModulateArgs&, void*) { return Status::kUnavailable; }
Status norm_rope_heads(const NormRopeHeadsArgs&, void*) { return Status::kUnavailable; }
Status flash_attention(const FlashAttentionArgs&, void*) { return Status::kUnavailable; }

}  // namespace fantascope::kernels
