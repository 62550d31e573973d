#pragma once
/// SHA-256 as 64 lower-case hex digits.
#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace fantascope {

/// Hash of data that comes in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  std::string finish();  ///< once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_text(std::string_view text);
/// Reads the file once, in pieces of 1 MiB. Stops with kCancelled when asked.
Result<std::string> sha256_file(const std::string& path, std::stop_token stop = {});

}  // namespace fantascope
