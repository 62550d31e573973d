#include "training/trainer/audio_cells.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

namespace fantascope::training {
namespace {

// [2,T,bins] -> [L, bins/4, 32]; T is cut or padded (last frame repeated) to 4L-3.
at::Tensor to_blocks(const at::Tensor& mel, std::int64_t num_latents) {
  constexpr std::int64_t s = AudioCells::kSpan;
  const std::int64_t wanted = s * num_latents - (s - 1), bins = mel.size(2);
  at::Tensor frames = mel.slice(1, 0, wanted);
  if (frames.size(1) < wanted) frames = at::cat({frames, frames.slice(1, frames.size(1) - 1).expand({-1, wanted - frames.size(1), -1})}, 1);
  frames = at::cat({frames.slice(1, 0, 1).expand({-1, s - 1, -1}), frames}, 1);
  return frames.reshape({2, num_latents, s, bins / s, s}).permute({1, 3, 0, 2, 4}).reshape({num_latents, bins / s, 2 * s * s});
}

}  // namespace

void AudioCells::Fitter::add(const at::Tensor& mel, std::int64_t num_latents) {
  moments_.add(to_blocks(mel, num_latents).reshape({-1, 2 * kSpan * kSpan}), {});
}

AudioCells AudioCells::Fitter::fit(std::int64_t channels) const {
  AudioCells cells;
  cells.basis_ = moments_.fit(channels);
  return cells;
}

at::Tensor AudioCells::encode(const at::Tensor& mel, std::int64_t num_latents) const {
  return project(basis_, to_blocks(mel, num_latents)).permute({2, 0, 1}).contiguous();
}

at::Tensor AudioCells::decode(const at::Tensor& latents) const {
  const std::int64_t length = latents.size(1), groups = latents.size(2);
  return reconstruct(basis_, latents.permute({1, 2, 0}))
      .reshape({length, groups, 2, kSpan, kSpan})
      .permute({2, 0, 3, 1, 4})
      .reshape({2, length * kSpan, groups * kSpan})
      .slice(1, kSpan - 1);
}

NamedTensors AudioCells::tensors() const { return {{"mean", basis_.mean_D}, {"basis", basis_.basis_DK}, {"stddev", basis_.stddev_K}}; }

Result<AudioCells> AudioCells::from_tensors(const NamedTensors& tensors) {
  AudioCells cells;
  for (const char* part : {"mean", "basis", "stddev"}) {
    if (!tensors.contains(part)) return Error{ErrorCode::kBadFile, "not an audio codec file", part, "missing", "", "Fit the codec again"};
  }
  cells.basis_ = {tensors.at("mean"), tensors.at("basis"), tensors.at("stddev"), 0};
  return cells;
}

}  // namespace fantascope::training
