#include "engine/base/result.h"

namespace fantascope {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kBadFile:
      return "bad_file";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kOutOfMemory:
      return "out_of_memory";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kModelNaN:
      return "model_nan";
    case ErrorCode::kMismatch:
      return "mismatch";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

std::string Error::to_string() const {
  std::string text = message;
  std::string details;
  const auto add = [&details](const char* label, const std::string& value) {
    if (value.empty()) return;
    if (!details.empty()) details += "; ";
    details += label + value;
  };
  add("", subject);
  add("found ", found);
  add("allowed ", allowed);
  if (!details.empty()) text += " (" + details + ")";
  if (!hint.empty()) text += ". " + hint;
  return text;
}

}  // namespace fantascope
