#pragma once
/// The table that the file including this header exports. Included by the files of one instruction set only.
#include "engine/ops/internal/attention_kernels.h"
#include "engine/ops/internal/row_kernels.h"

namespace {

template <class T, class P>
constexpr KernelTable table_for() {
  return {&norm_modulate<T>, &norm_modulate_backward<T>, &gated_add<T>, &gated_add_backward<T>,
          &norm_heads<T>,    &norm_heads_backward<T>,    &gelu_tanh<T>, &gelu_tanh_backward<T>,
          &attention<P, T>,  &attention_backward<P, T>};
}

/// Bf16Products: what bfloat16 values are multiplied as.
template <class Bf16Products>
const KernelTable& table_of_set(Storage storage) {
  static constexpr KernelTable kSingle = table_for<float, Singles>(), kHalf = table_for<Bf16, Bf16Products>();
  return storage == Storage::kBfloat16 ? kHalf : kSingle;
}

}  // namespace
