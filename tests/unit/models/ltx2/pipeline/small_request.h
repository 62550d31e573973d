#pragma once
/// A clip that the committed parity models make in moments.
#include "engine/runtime/generation.h"

namespace fantascope::models::ltx2 {

inline GenerationRequest small_request() {
  GenerationRequest request;
  request.prompt = "a red ball rolls down wooden stairs";
  request.width = 64;
  request.height = 96;
  request.num_frames = 9;
  request.fps = Rational{24, 1};
  request.num_inference_steps = 3;
  request.guidance = {2.0, 0.0, 1.0, 0.0};
  request.audio_guidance = {2.0, 0.0, 1.0, 0.0};
  request.seed = 77;
  return request;
}

}  // namespace fantascope::models::ltx2
