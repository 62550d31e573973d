#include "engine/text/tokenizer_file.h"

#include <algorithm>
#include <unordered_set>

#include "engine/base/bounded_json.h"
#include "engine/base/json_tree_builder.h"

namespace fantascope {
namespace {

constexpr std::size_t kMaxOtherValues = 1'000'000;

/// Passes events on to a tree, except those inside model.vocab and model.merges.
class TokenizerReader {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return stream_ == Stream::kNone ? tree_.null() : unexpected("null"); }
  bool boolean(bool value) { return stream_ == Stream::kNone ? tree_.boolean(value) : unexpected("true or false"); }
  bool binary(binary_t&) { return false; }
  bool number_integer(number_integer_t value) {
    if (stream_ == Stream::kVocab) return bad_id(std::to_string(value));
    return stream_ == Stream::kNone ? tree_.number_integer(value) : unexpected("a number");
  }
  bool number_float(number_float_t value, const string_t& text) {
    if (stream_ == Stream::kVocab) return bad_id(text.substr(0, 60));
    return stream_ == Stream::kNone ? tree_.number_float(value, text) : unexpected("a number");
  }
  bool number_unsigned(number_unsigned_t value) {
    if (stream_ == Stream::kVocab) {
      if (value > static_cast<number_unsigned_t>(INT32_MAX)) return bad_id(std::to_string(value));
      if (file.vocab.size() >= kMaxTokens) return refuse("vocab: more than 2,000,000 tokens");
      if (!seen_.insert(token_).second) return refuse("vocab: duplicate key " + shown_token(token_));
      file.vocab.emplace_back(std::move(token_), static_cast<std::int32_t>(value));
      return true;
    }
    return stream_ == Stream::kNone ? tree_.number_unsigned(value) : unexpected("a number");
  }
  bool string(string_t& value) {
    if (stream_ == Stream::kNone) return tree_.string(value);
    if (stream_ != Stream::kMerges) return stream_ == Stream::kSkip || unexpected("a text");
    if (depth_ == kMergeDepth) {
      pair_.push_back(std::move(value));
      return pair_.size() <= 2 || bad_merge();
    }
    // The older form: "left right".
    const auto space = value.find(' ');
    if (space == std::string::npos || value.find(' ', space + 1) != std::string::npos) return bad_merge();
    return add_merge(value.substr(0, space), value.substr(space + 1));
  }
  bool start_object(std::size_t size) {
    if (stream_ == Stream::kNone && enter(Stream::kVocab, "vocab")) return tree_.start_object(size) && tree_.end_object();
    if (stream_ == Stream::kNone) return deeper() && tree_.start_object(size);
    return stream_ == Stream::kSkip ? deeper() : unexpected("an object");
  }
  bool end_object() {
    return leave([this] { return tree_.end_object(); });
  }
  bool start_array(std::size_t size) {
    if (stream_ == Stream::kNone && enter(Stream::kSkip, "vocab")) {
      file.vocab_is_list = true;
      return tree_.start_array(size) && tree_.end_array();
    }
    if (stream_ == Stream::kNone && enter(Stream::kMerges, "merges")) return tree_.start_array(size) && tree_.end_array();
    if (stream_ == Stream::kNone) return deeper() && tree_.start_array(size);
    if (stream_ == Stream::kSkip) return deeper();
    if (stream_ != Stream::kMerges || depth_ >= kMergeDepth) return unexpected("a list");
    pair_.clear();
    return deeper();
  }
  bool end_array() {
    if (stream_ == Stream::kMerges && depth_ == kMergeDepth) {
      --depth_;
      return pair_.size() == 2 ? add_merge(std::move(pair_[0]), std::move(pair_[1])) : bad_merge();
    }
    return leave([this] { return tree_.end_array(); });
  }
  bool key(string_t& name) {
    if (stream_ == Stream::kVocab) {
      token_ = std::move(name);
      return true;
    }
    if (stream_ != Stream::kNone) return true;
    if (depth_ <= 2) path_[depth_ - 1] = name;
    return tree_.key(name);
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& reason) {
    if (reason.id == 406 && stream_ == Stream::kVocab) return bad_id(token.substr(0, 60));
    return refuse("not valid JSON at byte " + std::to_string(position));
  }

  std::string problem() const { return problem_.empty() ? tree_.problem() : problem_; }
  nlohmann::json take_rest() { return tree_.take(); }
  TokenizerFile file;

 private:
  enum class Stream { kNone, kVocab, kMerges, kSkip };
  static constexpr int kMergeDepth = 4;  // inside one pair: document, model, merges, pair

  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  bool unexpected(const char* what) {
    return stream_ == Stream::kSkip ||
           refuse(std::string(stream_ == Stream::kVocab ? "vocab" : "merges") + ": " + what + " where it may not be, after entry " +
                  std::to_string(stream_ == Stream::kVocab ? file.vocab.size() : file.merges.size()));
  }
  bool bad_id(const std::string& value) {
    return refuse("vocab: id of token " + shown_token(token_) + " is " + value + ", allowed 0…2147483647");
  }
  bool bad_merge() { return refuse("merges: entry " + std::to_string(file.merges.size()) + " is not a pair of tokens"); }
  bool add_merge(std::string left, std::string right) {
    if (file.merges.size() >= kMaxTokens) return refuse("merges: more than 2,000,000");
    file.merges.emplace_back(std::move(left), std::move(right));
    return true;
  }
  bool deeper() { return ++depth_ <= kMaxTokenizerDepth || refuse("nested deeper than " + std::to_string(kMaxTokenizerDepth)); }
  bool enter(Stream stream, std::string_view name) {
    if (depth_ != 2 || path_[0] != "model" || path_[1] != name) return false;
    stream_ = stream;
    ++depth_;
    stream_depth_ = depth_;
    return true;
  }
  template <typename CloseTree>
  bool leave(CloseTree close_tree) {
    const bool was_tree = stream_ == Stream::kNone;
    if (!was_tree && depth_ == stream_depth_) stream_ = Stream::kNone;
    --depth_;
    return !was_tree || close_tree();
  }

  JsonTreeBuilder tree_{kMaxTokenizerDepth, kMaxOtherValues};
  int depth_ = 0, stream_depth_ = 0;
  std::string path_[2];  // keys of the two outermost objects
  Stream stream_ = Stream::kNone;
  std::string token_;
  std::vector<std::string> pair_;
  std::unordered_set<std::string> seen_;
  std::string problem_;
};

}  // namespace

std::string shown_token(std::string_view token) {
  std::size_t length = std::min<std::size_t>(token.size(), 80);
  while (length < token.size() && length > 0 && (static_cast<unsigned char>(token[length]) & 0xC0) == 0x80) --length;
  std::string text = "\"";
  for (const char c : token.substr(0, length)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return text + (length < token.size() ? "...\"" : "\"");
}

Result<TokenizerFile> TokenizerFile::parse(std::string_view text, const std::string& subject) {
  const auto bad = [&subject](const std::string& problem) {
    return Error{ErrorCode::kBadFile, subject + ": " + problem, subject, "", "", "Fetch the tokenizer again, or correct it."};
  };
  if (text.size() > kMaxTokenizerBytes) return bad("larger than 256 MiB");
  if (const auto at = first_invalid_utf8(text)) return bad("not UTF-8 at byte " + std::to_string(*at));
  TokenizerReader reader;
  if (!nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &reader)) return bad(reader.problem());
  reader.file.rest = reader.take_rest();
  if (!reader.file.rest.is_object()) return bad("must be an object");
  return std::move(reader.file);
}

}  // namespace fantascope
