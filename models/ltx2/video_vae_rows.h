#pragma once
/// Row kernels of the fast video decoder, without tensors: rows of pixels, channels innermost. Compiled once for each instruction set that
/// is worth it and chosen at run time; plain C++ elsewhere. bf16 values are raw bits (std::uint16_t); float rows are the same in fp32.
#include <cstdint>

namespace fantascope::models::ltx2 {

/// out[p,:] = silu(x[p,:] / sqrt(mean_c x[p,c]^2 + 1e-8)) for each of `num_pixels` pixels; sums and activation in fp32. out may not be x.
void norm_silu_row(const std::uint16_t* x, std::uint16_t* out, std::int64_t num_pixels, std::int64_t num_channels);
void norm_silu_row(const float* x, float* out, std::int64_t num_pixels, std::int64_t num_channels);

/// out[i] = round(a[i] + b[i]); out may be a.
void add_row(const std::uint16_t* a, const std::uint16_t* b, std::uint16_t* out, std::int64_t count);
void add_row(const float* a, const float* b, float* out, std::int64_t count);

}  // namespace fantascope::models::ltx2
