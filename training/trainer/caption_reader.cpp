#include "training/trainer/caption_reader.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include <cmath>

namespace fantascope::training {
namespace {

using world::Scene;

constexpr std::int64_t kNoLabel = -100;

/// A second object's attributes have no answer where there is none.
struct Attribute {
  std::int64_t classes;
  std::int64_t (*label)(const Scene&);
};

template <auto Member>
std::int64_t value_of(const Scene& scene) {
  return static_cast<std::int64_t>(scene.*Member);
}

const std::vector<Attribute>& attributes() {
  static const std::vector<Attribute> all = {
      {5, value_of<&Scene::shape>},
      {8, value_of<&Scene::colour>},
      {3, value_of<&Scene::size>},
      {11, value_of<&Scene::action>},
      {3, value_of<&Scene::place>},
      {3, value_of<&Scene::time>},
      {4, value_of<&Scene::weather>},
      {10, value_of<&Scene::camera>},
      {2, [](const Scene& s) { return static_cast<std::int64_t>(s.second.present); }},
      {5, [](const Scene& s) { return s.second.present ? static_cast<std::int64_t>(s.second.shape) : kNoLabel; }},
      {8, [](const Scene& s) { return s.second.present ? static_cast<std::int64_t>(s.second.colour) : kNoLabel; }},
      {2, [](const Scene& s) { return s.second.present ? static_cast<std::int64_t>(s.second.on_left) : kNoLabel; }},
  };
  return all;
}

std::int64_t all_classes() {
  std::int64_t sum = 0;
  for (const auto& attribute : attributes()) sum += attribute.classes;
  return sum;
}

}  // namespace

CaptionReader::CaptionReader(ParameterSource& source, std::int64_t video_width, std::int64_t audio_width) {
  const auto weight = [&](const char* name, std::int64_t width) {
    return source.get(name, {all_classes(), width}, Init::normal(1.0 / std::sqrt(static_cast<double>(width))));
  };
  video_weight_ = weight("video.weight", video_width), audio_weight_ = weight("audio.weight", audio_width);
  video_bias_ = source.get("video.bias", {all_classes()}, Init::zeros()),
  audio_bias_ = source.get("audio.bias", {all_classes()}, Init::zeros());
}

CaptionReader::Reading CaptionReader::read(const at::Tensor& video_text_BSD, const at::Tensor& audio_text_BSD,
                                           const std::vector<Scene>& scenes, const std::vector<std::string>& captions) const {
  const auto count = static_cast<std::int64_t>(scenes.size());
  const at::Tensor logits[2] = {at::linear(video_text_BSD.mean(1), video_weight_, video_bias_).to(at::kFloat),
                                at::linear(audio_text_BSD.mean(1), audio_weight_, audio_bias_).to(at::kFloat)};
  Reading reading{at::zeros({}, logits[0].options()), 0};
  std::int64_t first = 0, right = 0, asked = 0;
  for (const auto& attribute : attributes()) {
    at::Tensor labels = at::zeros({count}, at::kLong);
    std::int64_t answers = 0;
    for (std::int64_t b = 0; b < count; ++b) {
      const auto i = static_cast<std::size_t>(b);
      const std::int64_t label = captions[i].empty() ? kNoLabel : attribute.label(scenes[i]);
      labels.data_ptr<std::int64_t>()[b] = label;
      answers += label != kNoLabel;
    }
    labels = labels.to(logits[0].device());
    for (const at::Tensor& all : logits) {
      if (answers == 0) break;  // the mean over nothing is not a number
      const at::Tensor own = all.narrow(1, first, attribute.classes);
      reading.loss = reading.loss + at::cross_entropy_loss(own, labels);
      right += own.argmax(1).eq(labels).sum().item<std::int64_t>();
      asked += answers;
    }
    first += attribute.classes;
  }
  reading.loss = reading.loss / static_cast<double>(2 * attributes().size());
  reading.right_share = asked > 0 ? static_cast<double>(right) / static_cast<double>(asked) : 0;
  return reading;
}

}  // namespace fantascope::training
