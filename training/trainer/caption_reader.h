#pragma once
/// Linear readers that name a scene's attributes from what the streams attend to, the mean over the text tokens. Only while training: their
/// loss teaches the text encoder which "left" is the camera's, which the walker's and which the second object's, which the loss of the
/// picture alone teaches very slowly. Never exported.
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "engine/nn/parameter_scope.h"
#include "training/world/world.h"

namespace fantascope::training {

class CaptionReader {
 public:
  /// One reader for each stream, [classes of all attributes, width].
  CaptionReader(ParameterSource& source, std::int64_t video_width, std::int64_t audio_width);

  struct Reading {
    at::Tensor loss;         ///< float scalar: cross-entropy, mean over attributes and streams
    double right_share = 0;  ///< of attributes read rightly, both streams
  };
  /// video_text_BSD, audio_text_BSD: what each stream attends to. Scenes whose caption is empty teach nothing.
  Reading read(const at::Tensor& video_text_BSD, const at::Tensor& audio_text_BSD, const std::vector<world::Scene>& scenes,
               const std::vector<std::string>& captions) const;

 private:
  at::Tensor video_weight_, video_bias_, audio_weight_, audio_bias_;
};

}  // namespace fantascope::training
