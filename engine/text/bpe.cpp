#include "engine/text/bpe.h"

#include <cstdio>
#include <queue>
#include <tuple>

#include "engine/text/unicode.h"

namespace fantascope {
namespace {

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) | static_cast<std::uint32_t>(right);
}

/// A symbol in a doubly linked list; `gone` once it was merged into the one before it.
struct Symbol {
  std::int32_t id;
  std::int32_t previous, next;  // -1: none
  bool gone = false;
};

struct Candidate {
  std::int32_t rank, position, result;
  bool operator>(const Candidate& other) const { return std::tie(rank, position) > std::tie(other.rank, other.position); }
};

}  // namespace

Bpe::Bpe(TokenIds ids, const std::vector<BpeMerge>& merges, BpeOptions options)
    : ids_(std::move(ids)), options_(std::move(options)), byte_ids_(256) {
  rules_.reserve(merges.size());
  for (std::size_t i = 0; i < merges.size(); ++i) {
    rules_[pair_key(merges[i].left, merges[i].right)] = Rule{static_cast<std::int32_t>(i), merges[i].result};
  }
  for (unsigned byte = 0; byte < 256; ++byte) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", byte);
    if (const auto place = ids_.find(std::string_view(name)); place != ids_.end()) byte_ids_[byte] = place->second;
  }
}

const Bpe::Rule* Bpe::rule(std::int32_t left, std::int32_t right) const {
  const auto place = rules_.find(pair_key(left, right));
  return place == rules_.end() ? nullptr : &place->second;
}

std::vector<std::int32_t> Bpe::initial_symbols(std::string_view text) const {
  std::vector<std::int32_t> symbols;
  symbols.reserve(text.size());
  bool unk_waits = false;
  std::string decorated;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text[at]);
    std::string_view piece = text.substr(at, length);
    const bool is_first = at == 0;
    at += length;
    if ((!is_first && !options_.continuing_subword_prefix.empty()) || (at == text.size() && !options_.end_of_word_suffix.empty())) {
      decorated = (is_first ? "" : options_.continuing_subword_prefix) + std::string(piece) +
                  (at == text.size() ? options_.end_of_word_suffix : "");
      piece = decorated;
    }
    if (const auto place = ids_.find(piece); place != ids_.end()) {
      if (unk_waits) symbols.push_back(*options_.unk_id);
      unk_waits = false;
      symbols.push_back(place->second);
      continue;
    }
    if (options_.byte_fallback) {
      const std::size_t before = symbols.size();
      for (const char byte : piece) {
        const auto id = byte_ids_[static_cast<std::uint8_t>(byte)];
        if (!id) break;
        symbols.push_back(*id);
      }
      // An unk that waits goes on waiting behind the bytes: the order of the reference.
      if (symbols.size() - before == piece.size()) continue;
      symbols.resize(before);
    }
    if (!options_.unk_id) continue;
    if (unk_waits && !options_.fuse_unk) symbols.push_back(*options_.unk_id);
    unk_waits = true;
  }
  if (unk_waits) symbols.push_back(*options_.unk_id);
  return symbols;
}

void Bpe::encode(std::string_view text, std::vector<std::int32_t>& ids) const {
  if (text.empty()) return;
  if (options_.ignore_merges) {
    if (const auto place = ids_.find(text); place != ids_.end()) {
      ids.push_back(place->second);
      return;
    }
  }
  const auto start = initial_symbols(text);
  const auto count = static_cast<std::int32_t>(start.size());
  std::vector<Symbol> symbols(start.size());
  std::vector<Candidate> heap_storage;
  heap_storage.reserve(start.size());
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> heap(std::greater<>(), std::move(heap_storage));
  const auto consider = [&](std::int32_t position) {
    const auto& symbol = symbols[static_cast<std::size_t>(position)];
    if (symbol.next < 0) return;
    if (const auto* found = rule(symbol.id, symbols[static_cast<std::size_t>(symbol.next)].id))
      heap.push({found->rank, position, found->result});
  };
  for (std::int32_t i = 0; i < count; ++i)
    symbols[static_cast<std::size_t>(i)] = {start[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1};
  for (std::int32_t i = 0; i < count; ++i) consider(i);
  while (!heap.empty()) {
    const Candidate top = heap.top();
    heap.pop();
    auto& symbol = symbols[static_cast<std::size_t>(top.position)];
    if (symbol.gone || symbol.next < 0) continue;
    auto& right = symbols[static_cast<std::size_t>(symbol.next)];
    const auto* found = rule(symbol.id, right.id);
    if (found == nullptr || found->result != top.result) continue;  // the pair is no longer what it was when this was noted
    symbol.id = top.result;
    right.gone = true;
    symbol.next = right.next;
    if (symbol.next >= 0) symbols[static_cast<std::size_t>(symbol.next)].previous = top.position;
    if (symbol.previous >= 0) consider(symbol.previous);
    consider(top.position);
  }
  for (const auto& symbol : symbols) {
    if (!symbol.gone) ids.push_back(symbol.id);
  }
}

}  // namespace fantascope
