#include "engine/diffusion/flow_match_euler.h"

#include <ATen/TensorOperators.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"

namespace fantascope {
namespace {

/// `count` sigmas from 1 to 1/count, in float64 as the reference makes them before rounding to float32.
std::vector<float> even_sigmas(int count) {
  std::vector<float> sigmas(static_cast<std::size_t>(count), 1.0F);
  const double last = 1.0 / count;
  const double step = count > 1 ? (last - 1.0) / (count - 1) : 0.0;
  for (int i = 1; i < count; ++i) sigmas[static_cast<std::size_t>(i)] = static_cast<float>(1.0 + i * step);
  if (count > 1) sigmas.back() = static_cast<float>(last);
  return sigmas;
}

/// Shift that grows linearly with the number of tokens; not clamped outside the two lengths that define the line.
double dynamic_mu(const FlowMatchEulerConfig& config, std::int64_t num_tokens) {
  const double slope = (config.max_shift - config.base_shift) / (config.max_image_seq_len - config.base_image_seq_len);
  const double offset = config.base_shift - slope * config.base_image_seq_len;
  return static_cast<double>(num_tokens) * slope + offset;
}

void shift_sigmas(const FlowMatchEulerConfig& config, std::int64_t num_tokens, std::vector<float>& sigmas) {
  if (!config.use_dynamic_shifting) {
    const auto shift = static_cast<float>(config.shift), rest = static_cast<float>(config.shift - 1);
    for (float& s : sigmas) s = shift * s / (1.0F + rest * s);
    return;
  }
  const double mu = dynamic_mu(config, num_tokens);
  const auto factor = static_cast<float>(config.exponential_time_shift ? std::exp(mu) : mu);
  for (float& s : sigmas) s = factor / (factor + (1.0F / s - 1.0F));
}

/// Stretches 1 - sigma so that the last sigma becomes the terminal value. A schedule that does not fall (one step) stays as it is.
void stretch_to_terminal(double terminal, std::vector<float>& sigmas) {
  const float factor = (1.0F - sigmas.back()) / static_cast<float>(1.0 - terminal);
  if (factor == 0.0F) return;
  for (float& s : sigmas) s = 1.0F - (1.0F - s) / factor;
}

}  // namespace

Result<FlowMatchEulerConfig> FlowMatchEulerConfig::from_json(const nlohmann::json& json, const std::string& subject) {
  JsonFields fields(json, subject);
  FlowMatchEulerConfig c;
  c.num_train_timesteps = fields.number("num_train_timesteps", 1000, 1, 1e9);
  c.shift = fields.number("shift", 1.0, 1e-6, 1e6);
  c.use_dynamic_shifting = fields.flag("use_dynamic_shifting", false);
  c.base_shift = fields.number("base_shift", 0.5, -50, 50);
  c.max_shift = fields.number("max_shift", 1.15, -50, 50);
  c.base_image_seq_len = fields.number("base_image_seq_len", 256, 1, 1e9);
  c.max_image_seq_len = fields.number("max_image_seq_len", 4096, 1, 1e9);
  if (c.base_image_seq_len == c.max_image_seq_len) {
    fields.refuse("max_image_seq_len", "must differ from base_image_seq_len", std::to_string(c.max_image_seq_len), "another number");
  }
  if (fields.has("shift_terminal")) {
    const double terminal = fields.number("shift_terminal", 0.0, 0, 0.999);
    if (terminal != 0) c.shift_terminal = terminal;
  }
  c.exponential_time_shift = fields.word("time_shift_type", "exponential", {"exponential", "linear"}) == "exponential";
  for (const char* key : {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "invert_sigmas", "stochastic_sampling"}) {
    if (fields.flag(key, false)) fields.refuse(key, "is not supported", "true", "false");
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  return c;
}

nlohmann::json FlowMatchEulerConfig::to_json() const {
  return {{"_class_name", "FlowMatchEulerDiscreteScheduler"},
          {"num_train_timesteps", static_cast<std::int64_t>(num_train_timesteps)},
          {"shift", shift},
          {"use_dynamic_shifting", use_dynamic_shifting},
          {"base_shift", base_shift},
          {"max_shift", max_shift},
          {"base_image_seq_len", static_cast<std::int64_t>(base_image_seq_len)},
          {"max_image_seq_len", static_cast<std::int64_t>(max_image_seq_len)},
          {"shift_terminal", shift_terminal ? nlohmann::json(*shift_terminal) : nlohmann::json()},
          {"time_shift_type", exponential_time_shift ? "exponential" : "linear"},
          {"invert_sigmas", false},
          {"stochastic_sampling", false},
          {"use_beta_sigmas", false},
          {"use_exponential_sigmas", false},
          {"use_karras_sigmas", false}};
}

FlowMatchSchedule make_flow_match_schedule(const FlowMatchEulerConfig& config, int num_steps, const std::vector<double>& given,
                                           std::int64_t num_tokens) {
  FlowMatchSchedule schedule;
  schedule.sigmas = given.empty() ? even_sigmas(num_steps) : std::vector<float>(given.begin(), given.end());
  shift_sigmas(config, num_tokens, schedule.sigmas);
  if (config.shift_terminal) stretch_to_terminal(*config.shift_terminal, schedule.sigmas);
  const auto scale = static_cast<float>(config.num_train_timesteps);
  for (const float sigma : schedule.sigmas) schedule.timesteps.push_back(sigma * scale);
  schedule.sigmas.push_back(0.0F);
  return schedule;
}

at::Tensor euler_step(const at::Tensor& latents, const at::Tensor& velocity, float sigma, float sigma_next) {
  return latents + velocity * (sigma_next - sigma);
}

}  // namespace fantascope
