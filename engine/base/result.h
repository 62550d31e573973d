#pragma once
/// Operating errors as values: Result<T> with a code and a message that a user can act on.
/// Broken invariants are not errors: they are FANTASCOPE_CHECK and end the program. Exceptions of third parties are turned into
/// Result where they arise (LibTorch: engine/runtime/torch_errors.h).
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace fantascope {

/// Stable: front ends and scripts see these names (see error_code_name).
enum class ErrorCode {
  kInvalidArgument,  // a value that the caller gave is outside what is allowed
  kNotFound,         // a file, model, take or field is not there
  kBadFile,          // a file's content is damaged or hostile
  kUnsupported,      // well-formed, but not something this build does
  kOutOfMemory,      // device or host
  kIo,               // the operating system refused: full disk, permissions, I/O error
  kCancelled,        // the user stopped it
  kModelNaN,         // the model produced NaN or infinity
  kMismatch,         // two things that must agree do not: hashes, vocabularies, recipes
  kInternal,
};
const char* error_code_name(ErrorCode code);

/// `message` is the sentence to show. The other fields repeat its parts for programs; empty where they do not apply.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string subject;  ///< file or field
  std::string found;
  std::string allowed;
  std::string hint;  ///< what to do

  /// "message (subject: …; found …; allowed …). hint"
  std::string to_string() const;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: conversions are the point
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  explicit operator bool() const { return state_.index() == 0; }
  bool has_value() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT
  explicit operator bool() const { return !error_.has_value(); }
  bool has_value() const { return !error_.has_value(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace fantascope

#define FANTASCOPE_CONCAT_(a, b) a##b
#define FANTASCOPE_CONCAT(a, b) FANTASCOPE_CONCAT_(a, b)
/// FANTASCOPE_TRY(auto x, f()); passes the error up, or declares x from the value. FANTASCOPE_TRY_VOID(f()) for Result<void>.
#define FANTASCOPE_TRY(declaration, expression) FANTASCOPE_TRY_(FANTASCOPE_CONCAT(fantascope_result_, __LINE__), declaration, expression)
#define FANTASCOPE_TRY_(temp, declaration, expression) \
  auto temp = (expression);                            \
  if (!temp) return std::move(temp).error();           \
  declaration = *std::move(temp)
#define FANTASCOPE_TRY_VOID(expression)                                                                         \
  do {                                                                                                          \
    if (auto fantascope_status = (expression); !fantascope_status) return std::move(fantascope_status).error(); \
  } while (false)
/// Ends the program with the place and the condition: for broken invariants only, never for input.
#define FANTASCOPE_CHECK(condition)                                                          \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
