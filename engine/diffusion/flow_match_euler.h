#pragma once
/// Scheduler and sampler for flow matching: the falling list of sigmas, and Euler's step along the velocity.
/// Numbers as FlowMatchEulerDiscreteScheduler of diffusers makes them, in float32 and in its order of operations.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

/// scheduler_config.json; keys that are missing take the default of the class.
struct FlowMatchEulerConfig {
  double num_train_timesteps = 1000;
  double shift = 1.0;                 ///< used when use_dynamic_shifting is off
  bool use_dynamic_shifting = false;  ///< shift by the number of tokens
  double base_shift = 0.5, max_shift = 1.15;
  double base_image_seq_len = 256, max_image_seq_len = 4096;
  std::optional<double> shift_terminal;  ///< the last sigma before 0 is stretched to this
  bool exponential_time_shift = true;    ///< else linear

  static Result<FlowMatchEulerConfig> from_json(const nlohmann::json& json, const std::string& subject = "scheduler/scheduler_config.json");
  nlohmann::json to_json() const;
};

struct FlowMatchSchedule {
  std::vector<float> sigmas;     ///< num_steps + 1 values, the last 0
  std::vector<float> timesteps;  ///< num_steps values: sigma * num_train_timesteps
  int num_steps() const { return static_cast<int>(timesteps.size()); }
};

/// `given` empty: num_steps sigmas from 1 to 1/num_steps. `given`: these, without the final 0; they go through the same shift.
/// num_tokens: video tokens of the clip, for the dynamic shift.
FlowMatchSchedule make_flow_match_schedule(const FlowMatchEulerConfig& config, int num_steps, const std::vector<double>& given,
                                           std::int64_t num_tokens);

/// latents at sigma -> latents at sigma_next, along `velocity`. Same shape, float32.
at::Tensor euler_step(const at::Tensor& latents, const at::Tensor& velocity, float sigma, float sigma_next);

}  // namespace fantascope
