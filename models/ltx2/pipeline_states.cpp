#include "models/ltx2/pipeline_states.h"

namespace fantascope::models::ltx2 {

Result<const TensorState*> state_of_kind(const PhaseState& state, const char* kind) {
  const auto* tensors = dynamic_cast<const TensorState*>(&state);
  if (tensors != nullptr && tensors->kind() == kind) return tensors;
  return Error{ErrorCode::kMismatch,
               "This is the state of another phase",
               "state",
               tensors != nullptr ? tensors->kind() : "another program's",
               kind,
               "Start the job again."};
}

Result<at::Tensor> tensor_of_shape(const TensorState& state, const std::string& name, const std::vector<std::int64_t>& shape) {
  const at::Tensor tensor = state.get(name);
  if (tensor.defined() && tensor.sizes() == at::IntArrayRef(shape)) return tensor;
  const auto text = [](at::IntArrayRef sizes) {
    std::string out;
    for (const auto size : sizes) out += (out.empty() ? "" : "x") + std::to_string(size);
    return out;
  };
  return Error{ErrorCode::kMismatch, "The stored state does not fit the request",
               "state: " + name,     tensor.defined() ? text(tensor.sizes()) : "nothing",
               text(shape),          "Start the job again."};
}

}  // namespace fantascope::models::ltx2
