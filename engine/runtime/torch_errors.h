#pragma once
/// The one place where exceptions of LibTorch become Result. Out of memory gets its own code, since the user can do something about it.
/// This header needs no tensor library.
#include <type_traits>
#include <utility>

#include "engine/base/result.h"

namespace fantascope {

/// Describes the exception being handled; call it in a catch block only.
Error error_of_current_exception();

/// Runs `work` and passes on its Result, or what it threw as an error. `work` returns a Result.
template <typename Work>
std::invoke_result_t<Work> catch_torch_errors(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    return error_of_current_exception();
  }
}

}  // namespace fantascope
