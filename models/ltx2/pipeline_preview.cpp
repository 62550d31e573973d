#include "models/ltx2/pipeline_preview.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>

#include <vector>

#include "engine/diffusion/noise.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::int64_t kPatch = 8, kMoments = 2;
constexpr std::int64_t kFitSide = 8, kSamplesPerChannel = 3;
constexpr std::uint64_t kFitSeed = 20261121;
constexpr double kRidge = 1e-3;

at::Tensor with_offset(const at::Tensor& cells_NC) { return at::cat({cells_NC, at::ones({cells_NC.size(0), 1}, cells_NC.options())}, 1); }

/// [1,C,F,H,W] -> [F*H*W, C].
at::Tensor cells_of(const at::Tensor& latents_BCFHW) { return latents_BCFHW[0].flatten(1).t(); }

/// Frames [T,3,Y,X] of one latent frame of h x w cells, averaged to `moments` x rows x columns a cell -> [h*w, patch values].
at::Tensor patches_of(const at::Tensor& frames_TCYX, std::int64_t moments, const PreviewPatch& patch, std::int64_t h, std::int64_t w) {
  const std::int64_t per_moment = frames_TCYX.size(0) / moments, per_row = frames_TCYX.size(2) / (h * patch.rows),
                     per_column = frames_TCYX.size(3) / (w * patch.columns);
  const at::Tensor x = frames_TCYX.reshape({moments, per_moment, 3, h, patch.rows, per_row, w, patch.columns, per_column});
  const at::Tensor means = x.mean({1, 5, 8});  // [moment, 3, h, row, w, column]
  return means.permute({2, 4, 0, 3, 5, 1}).reshape({h * w, -1});
}

at::Tensor solve(const at::Tensor& x_NK, const at::Tensor& y_NP) {
  const at::Tensor wide = x_NK.to(at::kDouble);
  const at::Tensor ridge = at::eye(wide.size(1), wide.options()) * (kRidge * static_cast<double>(wide.size(0)));
  return at::linalg_solve(at::matmul(wide.t(), wide) + ridge, at::matmul(wide.t(), y_NP.to(at::kDouble))).to(at::kFloat).contiguous();
}

}  // namespace

PreviewPatch PreviewPatch::of(const ScaleFactors& factors) {
  const auto part = [](std::int64_t factor, std::int64_t wanted) {
    while (factor % wanted != 0) --wanted;
    return wanted;
  };
  return {part(factors.time, kMoments), part(factors.height, kPatch), part(factors.width, kPatch)};
}

PreviewMap fit_preview_map(const VideoVae& vae, FitWith decoder) {
  const ScaleFactors& factors = vae.scale_factors();
  const PreviewPatch patch = PreviewPatch::of(factors);
  const std::int64_t channels = vae.config().latent_channels, cells = kFitSide * kFitSide;
  NoiseSource noise(kFitSeed);
  std::vector<at::Tensor> first_x, later_x, first_y, later_y;
  for (std::int64_t have = 0; have < kSamplesPerChannel * channels; have += cells) {
    const at::Tensor latents = noise.draw({1, channels, 2, kFitSide, kFitSide});
    const at::Tensor raw = vae.denormalise(latents).to(vae.dtype());
    const at::Tensor decoded = decoder == FitWith::kFastDecoder ? vae.decode(raw) : vae.decode_reference(raw);
    const at::Tensor frames = (decoded[0].to(at::kFloat) / 2 + 0.5).transpose(0, 1).contiguous();  // [1+time,3,Y,X]
    first_x.push_back(cells_of(latents.narrow(2, 0, 1)));
    later_x.push_back(cells_of(latents.narrow(2, 1, 1)));
    first_y.push_back(patches_of(frames.narrow(0, 0, 1), 1, patch, kFitSide, kFitSide));
    later_y.push_back(patches_of(frames.narrow(0, 1, factors.time), patch.moments, patch, kFitSide, kFitSide));
  }
  return {solve(with_offset(at::cat(first_x)), at::cat(first_y)), solve(with_offset(at::cat(later_x)), at::cat(later_y))};
}

bool fits(const PreviewMap& map, const VideoVaeConfig& config) {
  const PreviewPatch patch = PreviewPatch::of(config.scale_factors);
  const std::int64_t values = patch.rows * patch.columns * 3;
  const auto is = [&](const at::Tensor& t, std::int64_t moments) {
    return t.defined() && t.scalar_type() == at::kFloat && t.dim() == 2 && t.size(0) == config.latent_channels + 1 &&
           t.size(1) == moments * values;
  };
  return is(map.first, 1) && is(map.later, patch.moments);
}

VideoFrames render_preview(const PreviewMap& map, const ScaleFactors& factors, const at::Tensor& latents_BCFHW) {
  const PreviewPatch patch = PreviewPatch::of(factors);
  const std::int64_t frames = latents_BCFHW.size(2), h = latents_BCFHW.size(3), w = latents_BCFHW.size(4);
  const auto pictures = [&](const at::Tensor& part, const at::Tensor& weights, std::int64_t moments) {
    const at::Tensor values = at::matmul(with_offset(cells_of(part)), weights);
    return values.reshape({part.size(2), h, w, moments, patch.rows, patch.columns, 3})
        .permute({0, 3, 1, 4, 2, 5, 6})
        .reshape({part.size(2) * moments, h * patch.rows, w * patch.columns, 3});
  };
  at::Tensor all = pictures(latents_BCFHW.narrow(2, 0, 1), map.first, 1);
  if (frames > 1) all = at::cat({all, pictures(latents_BCFHW.narrow(2, 1, frames - 1), map.later, patch.moments)});
  return to_frames(at::clamp(all, 0, 1));
}

VideoFrames to_frames(const at::Tensor& frames_TYXC) {
  const at::Tensor all = frames_TYXC.contiguous();
  VideoFrames shown;
  shown.num_frames = static_cast<int>(all.size(0));
  shown.height = static_cast<int>(all.size(1));
  shown.width = static_cast<int>(all.size(2));
  shown.rgb.assign(all.const_data_ptr<float>(), all.const_data_ptr<float>() + all.numel());
  return shown;
}

}  // namespace fantascope::models::ltx2
