#pragma once
/// Names of jobs and takes: 16 letters and digits from the system's random source, so they carry no time, no order and nothing a path
/// could be made of. A parsed Id is safe as a folder name.
#include <optional>
#include <string>
#include <string_view>

namespace fantascope {

/// 16 characters of 0-9a-z without i, l, o, u: 80 random bits.
std::string random_id();
/// True for text that could be (the start of) an id.
bool is_id_text(std::string_view text);

template <typename Tag>
class Id {
 public:
  Id() = default;
  static Id random() { return Id(random_id()); }
  static std::optional<Id> parse(std::string_view text) {
    if (text.size() != 16 || !is_id_text(text)) return std::nullopt;
    return Id(std::string(text));
  }
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const Id&) const = default;

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

using TakeId = Id<struct TakeTag>;
using JobId = Id<struct JobTag>;

}  // namespace fantascope
