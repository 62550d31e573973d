#include "engine/runtime/torch_errors.h"

#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>

namespace fantascope {
namespace {

constexpr std::string_view kMemoryHint =
    "Make the clip smaller or shorter, choose bf16, or close other programs. Nothing that was already stored is lost.";

/// The first line that says something: what follows in LibTorch's messages is a stack of frames for developers.
std::string first_line(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \n\t");
  return start == std::string::npos ? std::string("no message") : text.substr(start, text.find('\n', start) - start);
}

/// LibTorch's CPU allocator throws a plain c10::Error; only its text says what happened.
bool tells_of_memory(std::string_view text) {
  for (const std::string_view sign : {"not enough memory", "out of memory", "can't allocate memory", "Cannot allocate memory"}) {
    if (text.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

Error out_of_memory(const std::string& detail) {
  return {ErrorCode::kOutOfMemory, "There is not enough memory for this generation", "memory", detail, "", std::string(kMemoryHint)};
}

Error internal(const std::string& detail) {
  return {ErrorCode::kInternal,
          "The tensor library refused: " + detail,
          "",
          "",
          "",
          "This is a fault of the program; please report it with the log."};
}

}  // namespace

Error error_of_current_exception() {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& e) {
    return out_of_memory(first_line(e.what_without_backtrace()));
  } catch (const c10::Error& e) {
    const std::string text = first_line(e.what_without_backtrace());
    return tells_of_memory(text) ? out_of_memory(text) : internal(text);
  } catch (const std::bad_alloc& e) {
    return out_of_memory(e.what());
  } catch (const std::exception& e) {
    const std::string text = first_line(e.what());
    return tells_of_memory(text) ? out_of_memory(text) : internal(text);
  } catch (...) {
    return internal("an exception of an unknown kind");
  }
}

}  // namespace fantascope
