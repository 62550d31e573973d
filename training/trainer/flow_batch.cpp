#include "training/trainer/flow_batch.h"

#include <ATen/TensorOperators.h>

#include <algorithm>

namespace fantascope::training {
namespace {

// A sum over this part, over the weights of the whole batch.
at::Tensor loss_of(const at::Tensor& predicted, const at::Tensor& velocity, const at::Tensor& weights, double whole_weight,
                   const at::Tensor& channel_weights) {
  const at::Tensor error = ((predicted.to(at::kFloat) - velocity).square() * channel_weights).mean(-1);
  return (error * weights).sum() / whole_weight;
}

template <typename T>
std::vector<T> cut(const std::vector<T>& all, std::int64_t first, std::int64_t count) {
  return {all.begin() + first, all.begin() + first + count};
}

std::vector<at::Tensor*> tensors_of(DenoiserBatch& batch) {
  return {&batch.video_BTC, &batch.audio_BLC, &batch.video_sigmas_BT, &batch.audio_sigmas_BL, &batch.input_ids_BS, &batch.prompt_mask_BS};
}

std::vector<at::Tensor*> tensors_of(FlowBatch& batch) {
  std::vector<at::Tensor*> all = tensors_of(batch.input);
  all.insert(all.end(), {&batch.video_velocity_BTC, &batch.audio_velocity_BLC, &batch.video_weights_BT, &batch.audio_weights_BL});
  return all;
}

}  // namespace

void move_to(DenoiserBatch& batch, c10::Device device) {
  for (at::Tensor* tensor : tensors_of(batch)) *tensor = tensor->to(device);
}

void FlowBatch::move_to(c10::Device device) {
  for (at::Tensor* tensor : tensors_of(*this)) *tensor = tensor->to(device);
}

std::vector<FlowBatch> FlowBatch::split(std::int64_t count) const {
  count = std::clamp<std::int64_t>(count, 1, size());
  std::vector<FlowBatch> parts;
  for (std::int64_t i = 0, first = 0; i < count; ++i) {
    const std::int64_t length = size() * (i + 1) / count - first;
    FlowBatch part = *this;
    for (at::Tensor* tensor : tensors_of(part)) *tensor = tensor->narrow(0, first, length);
    part.scenes = cut(scenes, first, length);
    part.captions = cut(captions, first, length);
    part.share = share * static_cast<double>(length) / static_cast<double>(size());
    parts.push_back(std::move(part));
    first += length;
  }
  return parts;
}

FlowLosses backward(FlowNetworks& networks, const FlowBatch& batch, const FlowConfig& config, const at::Tensor& video_channel_weights,
                    const at::Tensor& audio_channel_weights) {
  const DenoiserVelocity output = networks.denoiser->forward(batch.input);
  const at::Tensor video =
      loss_of(output.video_BTC, batch.video_velocity_BTC, batch.video_weights_BT, batch.video_weight, video_channel_weights);
  const at::Tensor audio =
      loss_of(output.audio_BLC, batch.audio_velocity_BLC, batch.audio_weights_BL, batch.audio_weight, audio_channel_weights);
  at::Tensor loss = video + config.audio_loss_weight * audio;
  double words_read = 0;
  if (config.caption_loss_weight > 0) {
    const auto reading = networks.reader->read(output.video_text_BSD, output.audio_text_BSD, batch.scenes, batch.captions);
    loss = loss + config.caption_loss_weight * batch.share * reading.loss;
    words_read = batch.share * reading.right_share;
  }
  loss.backward();
  return {video.item<double>(), audio.item<double>(), words_read};
}

}  // namespace fantascope::training
