#include "engine/text/sentencepiece_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

static_assert(std::endian::native == std::endian::little, "fixed32 is read as it lies");

constexpr int kMaxVarintBytes = 10;
/// Enums and field numbers of sentencepiece_model.proto.
enum PieceType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };
constexpr std::int64_t kBpe = 2;
const std::string kSpace = "\xE2\x96\x81";  // ▁

struct Piece {
  std::string text;
  float score = 0;
  std::int64_t type = kNormal;
};

/// What of the trainer's and the normalizer's settings counts here; defaults are the proto's.
struct Settings {
  std::int64_t model_type = 1, bos_id = 1;
  bool has_charsmap = false, add_dummy_prefix = true, remove_extra_whitespaces = true, escape_whitespaces = true;
  std::string normalizer;
};

/// One field of a message: a number, or bytes.
struct Field {
  std::uint64_t number = 0;
  int wire_type = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

class Message {
 public:
  /// `offset`: where the message begins in the file, for messages.
  Message(std::string_view bytes, std::size_t offset, std::string name, const std::string& subject)
      : bytes_(bytes), offset_(offset), name_(std::move(name)), subject_(subject) {}

  /// The next field, or none at the end.
  Result<std::optional<Field>> next() {
    if (at_ == bytes_.size()) return std::optional<Field>();
    FANTASCOPE_TRY(const std::uint64_t key, varint());
    Field field{key >> 3, static_cast<int>(key & 7), 0, {}};
    if (field.number == 0) return damaged("field number 0");
    switch (field.wire_type) {
      case 0: {
        FANTASCOPE_TRY(field.value, varint());
        return std::optional<Field>(field);
      }
      case 1:
        return fixed(field, 8);
      case 5:
        return fixed(field, 4);
      case 2: {
        FANTASCOPE_TRY(const std::uint64_t length, varint());
        if (length > bytes_.size() - at_)
          return damaged("a length of " + std::to_string(length) + " runs past the end (" + std::to_string(bytes_.size() - at_) +
                         " bytes left)");
        field.bytes = bytes_.substr(at_, static_cast<std::size_t>(length));
        at_ += static_cast<std::size_t>(length);
        return std::optional<Field>(field);
      }
      default:
        return damaged("wire type " + std::to_string(field.wire_type) + " is not one that such a file has");
    }
  }
  /// Where `part`, which lies in this message, begins in the file.
  std::size_t offset_of(std::string_view part) const { return offset_ + static_cast<std::size_t>(part.data() - bytes_.data()); }
  Error damaged(const std::string& problem) const {
    return {ErrorCode::kBadFile,
            subject_ + ": " + name_ + ": " + problem + ", at byte " + std::to_string(offset_ + at_),
            subject_,
            problem,
            "a sentencepiece model",
            "Download the file again."};
  }

 private:
  Result<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (int i = 0; i < kMaxVarintBytes; ++i) {
      if (at_ == bytes_.size()) return damaged("ends inside a number");
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      if (i == kMaxVarintBytes - 1 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
      if (byte < 0x80) return value;
    }
    return damaged("a number longer than 64 bits");
  }
  Result<std::optional<Field>> fixed(Field field, std::size_t size) {
    if (bytes_.size() - at_ < size) return damaged("ends inside a number");
    field.bytes = bytes_.substr(at_, size);
    at_ += size;
    return std::optional<Field>(field);
  }

  std::string_view bytes_;
  std::size_t at_ = 0, offset_;
  std::string name_;
  const std::string& subject_;
};

Error refused(const std::string& subject, const std::string& problem, const std::string& allowed = {}) {
  return {ErrorCode::kBadFile, subject + ": " + problem, subject, problem, allowed, "Use a tokenizer.json of the same model."};
}

Result<Piece> read_piece(Message message, const std::string& subject, std::size_t index) {
  Piece piece;
  for (;;) {
    FANTASCOPE_TRY(const std::optional<Field> field, message.next());
    if (!field) break;
    if (field->number == 1 && field->wire_type == 2) piece.text = field->bytes;
    if (field->number == 2 && field->wire_type == 5) std::memcpy(&piece.score, field->bytes.data(), sizeof piece.score);
    if (field->number == 3 && field->wire_type == 0) piece.type = static_cast<std::int64_t>(field->value);
  }
  const std::string name = "piece " + std::to_string(index);
  if (piece.text.empty()) return refused(subject, name + " is empty");
  if (piece.text.size() > kMaxPieceBytes)
    return refused(subject, name + " is " + std::to_string(piece.text.size()) + " bytes long", "at most " + std::to_string(kMaxPieceBytes));
  if (first_invalid_utf8(piece.text)) return refused(subject, name + " is not UTF-8");
  if (!std::isfinite(piece.score)) return refused(subject, name + " " + shown_token(piece.text) + ": its score is not a number");
  if (piece.type < kNormal || piece.type > kByte)
    return refused(subject, name + " " + shown_token(piece.text) + " is of type " + std::to_string(piece.type), "1…6");
  return piece;
}

Result<void> read_trainer(Message message, Settings& settings) {
  for (;;) {
    FANTASCOPE_TRY(const std::optional<Field> field, message.next());
    if (!field) return {};
    if (field->wire_type != 0) continue;
    if (field->number == 3) settings.model_type = static_cast<std::int64_t>(field->value);
    if (field->number == 41) settings.bos_id = static_cast<std::int32_t>(field->value);
  }
}

Result<void> read_normalizer(Message message, Settings& settings) {
  for (;;) {
    FANTASCOPE_TRY(const std::optional<Field> field, message.next());
    if (!field) return {};
    if (field->number == 1 && field->wire_type == 2) settings.normalizer = field->bytes;
    if (field->number == 2 && field->wire_type == 2) settings.has_charsmap = !field->bytes.empty();
    if (field->number == 3 && field->wire_type == 0) settings.add_dummy_prefix = field->value != 0;
    if (field->number == 4 && field->wire_type == 0) settings.remove_extra_whitespaces = field->value != 0;
    if (field->number == 5 && field->wire_type == 0) settings.escape_whitespaces = field->value != 0;
  }
}

Result<void> check_settings(const Settings& s, const std::string& subject) {
  if (s.model_type != kBpe) return refused(subject, "model type " + std::to_string(s.model_type) + " is not supported", "2 (BPE)");
  if (s.has_charsmap)
    return refused(subject, "its normalizer " + shown_token(s.normalizer) + " changes characters, which is not supported", "identity");
  if (s.remove_extra_whitespaces)
    return refused(subject, "it removes extra spaces, which is not supported", "remove_extra_whitespaces false");
  if (!s.escape_whitespaces) return refused(subject, "it keeps spaces as they are, which is not supported", "escape_whitespaces true");
  return {};
}

std::size_t num_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Every piece as a merge of two others, in the order in which they are to be made.
Result<std::vector<std::pair<std::string, std::string>>> merges_of(const std::vector<Piece>& pieces,
                                                                   const std::unordered_map<std::string_view, std::size_t>& index,
                                                                   const std::string& subject) {
  struct Merge {
    std::size_t left, right, left_length, right_length;
    float score;
  };
  std::vector<Merge> merges;
  for (const Piece& piece : pieces) {
    if (piece.type != kNormal && piece.type != kUserDefined) continue;
    const std::size_t first = merges.size();
    const std::string_view text = piece.text;
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      if ((text[cut] & 0xC0) == 0x80) continue;
      const auto left = index.find(text.substr(0, cut)), right = index.find(text.substr(cut));
      if (left == index.end() || right == index.end()) continue;
      merges.push_back({left->second, right->second, num_characters(left->first), num_characters(right->first), piece.score});
    }
    if (merges.size() > kMaxTokens) return refused(subject, "its pieces make more than " + std::to_string(kMaxTokens) + " merges");
    std::sort(merges.begin() + static_cast<std::ptrdiff_t>(first), merges.end(),
              [](const Merge& a, const Merge& b) { return std::pair(a.left, a.right) < std::pair(b.left, b.right); });
  }
  std::stable_sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) {
    return std::tuple(a.score, a.left_length, a.right_length) > std::tuple(b.score, b.left_length, b.right_length);
  });
  std::vector<std::pair<std::string, std::string>> named;
  named.reserve(merges.size());
  for (const Merge& merge : merges) named.emplace_back(pieces[merge.left].text, pieces[merge.right].text);
  return named;
}

/// The parts of a tokenizer.json that such a model stands for.
nlohmann::json pipeline_of(const std::vector<Piece>& pieces, const Settings& settings) {
  nlohmann::json rest = {{"version", "1.0"}};
  rest["added_tokens"] = nlohmann::json::array();
  nlohmann::json model = {{"type", "BPE"}, {"fuse_unk", true}, {"byte_fallback", false}};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.type == kByte) model["byte_fallback"] = true;
    if (piece.type == kUnknown) model["unk_token"] = piece.text;
    if (piece.type != kControl && piece.type != kUserDefined && piece.type != kUnknown) continue;
    rest["added_tokens"].push_back({{"id", i},
                                    {"content", piece.text},
                                    {"single_word", false},
                                    {"lstrip", false},
                                    {"rstrip", false},
                                    {"normalized", false},
                                    {"special", piece.type != kUserDefined}});
  }
  rest["model"] = model;
  const nlohmann::json mark = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", kSpace}};
  rest["normalizer"] = mark;
  if (settings.add_dummy_prefix)
    rest["normalizer"] = {{"type", "Sequence"}, {"normalizers", nlohmann::json::array({{{"type", "Prepend"}, {"prepend", kSpace}}, mark})}};
  const auto bos = static_cast<std::size_t>(settings.bos_id);
  if (settings.bos_id >= 0 && bos < pieces.size() && pieces[bos].type == kControl) {
    const std::string& token = pieces[bos].text;
    rest["post_processor"] = {{"type", "TemplateProcessing"},
                              {"single", nlohmann::json::array({{{"SpecialToken", {{"id", token}, {"type_id", 0}}}},
                                                                {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}})},
                              {"special_tokens", {{token, {{"id", token}, {"ids", {bos}}, {"tokens", {token}}}}}}};
  }
  return rest;
}

}  // namespace

Result<TokenizerFile> parse_sentencepiece(std::string_view bytes, const std::string& subject) {
  if (bytes.size() > kMaxTokenizerBytes) return refused(subject, "larger than " + std::to_string(kMaxTokenizerBytes >> 20) + " MiB");
  std::vector<Piece> pieces;
  Settings settings;
  Message file(bytes, 0, "sentencepiece model", subject);
  for (;;) {
    FANTASCOPE_TRY(const std::optional<Field> field, file.next());
    if (!field) break;
    if (field->wire_type != 2) continue;
    const std::size_t offset = file.offset_of(field->bytes);
    if (field->number == 1) {
      if (pieces.size() == kMaxTokens) return refused(subject, "more than " + std::to_string(kMaxTokens) + " pieces");
      const std::string name = "piece " + std::to_string(pieces.size());
      FANTASCOPE_TRY(Piece piece, read_piece(Message(field->bytes, offset, name, subject), subject, pieces.size()));
      pieces.push_back(std::move(piece));
    }
    if (field->number == 2) FANTASCOPE_TRY_VOID(read_trainer(Message(field->bytes, offset, "trainer_spec", subject), settings));
    if (field->number == 3) FANTASCOPE_TRY_VOID(read_normalizer(Message(field->bytes, offset, "normalizer_spec", subject), settings));
  }
  if (pieces.empty()) return refused(subject, "holds no pieces");
  FANTASCOPE_TRY_VOID(check_settings(settings, subject));
  std::unordered_map<std::string_view, std::size_t> index;
  index.reserve(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto [found, fresh] = index.emplace(pieces[i].text, i);
    if (!fresh)
      return refused(subject,
                     "pieces " + std::to_string(found->second) + " and " + std::to_string(i) + " are both " + shown_token(pieces[i].text));
  }
  TokenizerFile result;
  FANTASCOPE_TRY(result.merges, merges_of(pieces, index, subject));
  result.rest = pipeline_of(pieces, settings);
  for (std::size_t i = 0; i < pieces.size(); ++i) result.vocab.emplace_back(pieces[i].text, static_cast<std::int32_t>(i));
  return result;
}

}  // namespace fantascope
