/// The same bits on 60 runs with two threads, and with one thread.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "engine/ops/activation.h"
#include "engine/ops/attention.h"
#include "engine/ops/modulation.h"

namespace fantascope::ops {
namespace {

std::vector<at::Tensor> forward_and_backward(const std::vector<at::Tensor>& t) {
  const at::Tensor h = gelu_tanh(rms_norm_modulate(t[0], t[1], t[2], 1e-6));
  const at::Tensor q = norm_rope_heads(h, t[3], {}, {}, 4, 1e-6), k = norm_rope_heads(t[0], t[3], {}, {}, 4, 1e-6);
  const at::Tensor answer = attention(q, k, h.unflatten(2, {4, -1}).transpose(1, 2)).transpose(1, 2).flatten(2);
  const at::Tensor out = gated_add(t[0], answer, t[2]);
  std::vector<at::Tensor> results =
      torch::autograd::grad({out}, t, {t[4].detach()}, /*retain_graph=*/std::nullopt, /*create_graph=*/false, /*allow_unused=*/true);
  results.pop_back();
  results.push_back(out.detach());
  return results;
}

TEST(Determinism, SixtyRunsAndOneThreadGiveTheSameBits) {
  at::manual_seed(3);
  for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
    const auto options = at::TensorOptions().dtype(dtype);
    std::vector<at::Tensor> inputs{at::randn({5, 96, 128}, options), at::randn({5, 1, 128}, options), at::randn({5, 1, 128}, options),
                                   at::randn({128}, options), at::randn({5, 96, 128}, options)};
    for (at::Tensor& input : inputs) input.requires_grad_(true);
    const int threads = at::get_num_threads();
    at::set_num_threads(1);
    const std::vector<at::Tensor> expected = forward_and_backward(inputs);
    at::set_num_threads(2);
    for (int i = 0; i < 60; ++i) {
      const std::vector<at::Tensor> found = forward_and_backward(inputs);
      for (std::size_t j = 0; j < expected.size(); ++j) ASSERT_TRUE(found[j].equal(expected[j])) << "run " << i << ", result " << j;
    }
    at::set_num_threads(threads);
  }
}

}  // namespace
}  // namespace fantascope::ops
