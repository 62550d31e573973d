#pragma once
/// Tokens that stand outside the model's vocabulary rules: found in the text first, longest match from the left, before anything is cut or
/// merged. Those with `normalized` false are looked for in the text as typed, the others in the normalized text.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fantascope {

struct AddedToken {
  std::int32_t id = 0;
  std::string content;
  bool lstrip = false, rstrip = false;  ///< takes the white space on that side with it
  bool normalized = false, special = false;
};

/// A stretch of text, or a token found in it.
struct TextPart {
  std::string_view text;
  std::optional<std::int32_t> id;
};

class AddedTokenFinder {
 public:
  void add(std::string_view pattern, const AddedToken& token);  ///< an empty pattern is never found
  /// The parts of `text` in order; `text` must outlive them.
  std::vector<TextPart> find(std::string_view text) const;

 private:
  struct Node {
    std::unordered_map<char, std::uint32_t> children;
    std::int32_t token = -1;  // place in tokens_
  };
  std::vector<Node> nodes_{Node{}};
  std::vector<AddedToken> tokens_;
};

}  // namespace fantascope
