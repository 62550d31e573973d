#include "engine/text/added_tokens.h"

#include <algorithm>

#include "engine/text/unicode.h"

namespace fantascope {

void AddedTokenFinder::add(std::string_view pattern, const AddedToken& token) {
  if (pattern.empty()) return;
  std::uint32_t node = 0;
  for (const char byte : pattern) {
    const auto place = nodes_[node].children.find(byte);
    if (place != nodes_[node].children.end()) {
      node = place->second;
      continue;
    }
    const auto next = static_cast<std::uint32_t>(nodes_.size());
    nodes_[node].children.emplace(byte, next);
    nodes_.emplace_back();
    node = next;
  }
  if (nodes_[node].token >= 0) return;  // the first of two with one pattern counts
  nodes_[node].token = static_cast<std::int32_t>(tokens_.size());
  tokens_.push_back(token);
}

std::vector<TextPart> AddedTokenFinder::find(std::string_view text) const {
  std::vector<TextPart> parts;
  std::size_t from = 0;  // end of the last token, with what it stripped
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t node = 0;
    std::int32_t best = -1;
    std::size_t best_end = at;
    for (std::size_t end = at; end < text.size(); ++end) {
      const auto place = nodes_[node].children.find(text[end]);
      if (place == nodes_[node].children.end()) break;
      node = place->second;
      if (nodes_[node].token >= 0) {
        best = nodes_[node].token;
        best_end = end + 1;
      }
    }
    if (best < 0) {
      ++at;
      continue;
    }
    const AddedToken& token = tokens_[static_cast<std::size_t>(best)];
    std::size_t start = at;
    std::size_t stop = best_end;
    if (token.lstrip) start = std::max(from, strip_unicode_space(text.substr(0, start), false, true).size());
    if (token.rstrip) stop = text.size() - strip_unicode_space(text.substr(stop), true, false).size();
    if (start > from) parts.push_back({text.substr(from, start - from), std::nullopt});
    parts.push_back({text.substr(start, stop - start), token.id});
    from = stop;
    at = std::max(best_end, stop);
  }
  if (from < text.size()) parts.push_back({text.substr(from), std::nullopt});
  return parts;
}

}  // namespace fantascope
