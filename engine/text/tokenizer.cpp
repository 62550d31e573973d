#include "engine/text/tokenizer.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "engine/base/bounded_json.h"
#include "engine/base/json_fields.h"
#include "engine/text/added_tokens.h"
#include "engine/text/bpe.h"
#include "engine/text/normalizer.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/sentencepiece_file.h"
#include "engine/text/tokenizer_file.h"

namespace fantascope {

struct Tokenizer::Impl {
  std::string subject;
  std::optional<Bpe> model;
  bool word_level = false;
  std::optional<std::int32_t> unk_id;
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  AddedTokenFinder raw_tokens, normalized_tokens;
  std::vector<std::string> tokens;  // by id
  TokenIds added_ids;
  std::vector<std::int32_t> before, after;  // what the post-processor puts around the text

  Error bad(const std::string& problem, std::string found = {}, std::string allowed = {}) const {
    return Error{ErrorCode::kBadFile, subject + ": " + problem, subject,
                 std::move(found),    std::move(allowed),       "Fetch the tokenizer again, or correct it."};
  }
  Error unsupported(const std::string& what, const std::string& allowed) const {
    return Error{ErrorCode::kUnsupported,
                 subject + ": " + what + " is not supported",
                 subject,
                 what,
                 allowed,
                 "This tokenizer needs a newer version."};
  }
  std::optional<std::int32_t> find(std::string_view token) const {
    if (const auto place = added_ids.find(token); place != added_ids.end()) return place->second;
    const auto place = model->ids().find(token);
    return place == model->ids().end() ? std::nullopt : std::optional(place->second);
  }

  Result<void> read_model(TokenizerFile& file);
  Result<std::vector<AddedToken>> read_added_tokens(const nlohmann::json& rest, const TokenIds& ids) const;
  Result<void> number_tokens(const TokenIds& ids, const std::vector<AddedToken>& added);
  Result<void> read_post_processor(const nlohmann::json& json, int depth);
  Result<void> find_added_tokens(const std::vector<AddedToken>& added);
  void encode_piece(std::string_view piece, std::vector<std::int32_t>& ids) const;
};

namespace {

/// "<0x41>" is a byte; anything between "<0x" and ">" that is not two hexadecimal digits is a trap (llama.cpp #25969).
bool is_bad_byte_token(std::string_view token) {
  if (!token.starts_with("<0x") || !token.ends_with(">") || token.size() > 16) return false;
  const auto digits = token.substr(3, token.size() - 4);
  return digits.size() != 2 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos;
}

}  // namespace

Result<void> Tokenizer::Impl::read_model(TokenizerFile& file) {
  if (!file.rest.contains("model")) return bad("model is missing");
  JsonFields fields(file.rest["model"], subject + ": model");
  // Files of old versions have no type; merges tell what they are.
  const std::string type = fields.word("type", file.merges.empty() ? "WordLevel" : "BPE");
  if (type != "BPE" && type != "WordLevel") return unsupported("model type " + shown_token(type), "BPE, WordLevel");
  word_level = type == "WordLevel";
  if (file.vocab_is_list || file.vocab.empty()) return bad("model: vocab must be an object of tokens and their ids, not empty");
  if (fields.number("dropout", 0.0, 0.0, 1.0) > 0) return unsupported("model: dropout", "none");
  BpeOptions options;
  const std::string unk = fields.word("unk_token", "");
  options.fuse_unk = fields.flag("fuse_unk", false);
  options.byte_fallback = fields.flag("byte_fallback", false);
  options.ignore_merges = word_level || fields.flag("ignore_merges", false);
  options.continuing_subword_prefix = fields.word("continuing_subword_prefix", "");
  options.end_of_word_suffix = fields.word("end_of_word_suffix", "");
  FANTASCOPE_TRY_VOID(fields.finish());
  TokenIds ids;
  ids.reserve(file.vocab.size());
  for (auto& [token, id] : file.vocab) {
    if (options.byte_fallback && is_bad_byte_token(token))
      return bad("model: vocab: bad byte token " + shown_token(token), token, "<0x00>…<0xFF>");
    ids.emplace(std::move(token), id);
  }
  std::vector<BpeMerge> merges;
  merges.reserve(file.merges.size());
  std::string merged;
  for (std::size_t i = 0; i < file.merges.size(); ++i) {
    const auto& [left, right] = file.merges[i];
    const auto& prefix = options.continuing_subword_prefix;
    merged = left + (right.starts_with(prefix) ? right.substr(prefix.size()) : right);
    BpeMerge merge{};
    const std::pair<const std::string*, std::int32_t*> parts[] = {{&left, &merge.left}, {&right, &merge.right}, {&merged, &merge.result}};
    for (const auto& [token, target] : parts) {
      const auto place = ids.find(*token);
      if (place == ids.end())
        return bad("model: merges: entry " + std::to_string(i) + " (" + shown_token(left) + ", " + shown_token(right) + ") needs token " +
                   shown_token(*token) + ", which is not in vocab");
      *target = place->second;
    }
    merges.push_back(merge);
  }
  if (!unk.empty()) {
    const auto place = ids.find(unk);
    if (place == ids.end()) return bad("model: unk_token " + shown_token(unk) + " is not in vocab");
    options.unk_id = unk_id = place->second;
  }
  model.emplace(std::move(ids), merges, std::move(options));
  return {};
}

Result<std::vector<AddedToken>> Tokenizer::Impl::read_added_tokens(const nlohmann::json& rest, const TokenIds& ids) const {
  std::vector<AddedToken> added;
  if (!rest.contains("added_tokens") || rest["added_tokens"].is_null()) return added;
  if (!rest["added_tokens"].is_array()) return bad("added_tokens must be a list");
  for (const auto& item : rest["added_tokens"]) {
    JsonFields fields(item, subject + ": added_tokens: entry " + std::to_string(added.size()));
    AddedToken token;
    token.id = static_cast<std::int32_t>(fields.integer("id", {}, 0, INT32_MAX));
    token.content = fields.word("content", {});
    token.lstrip = fields.flag("lstrip", false);
    token.rstrip = fields.flag("rstrip", false);
    token.special = fields.flag("special", false);
    token.normalized = fields.flag("normalized", !token.special);
    const bool single_word = fields.flag("single_word", false);
    if (token.content.empty()) fields.refuse("content", "is empty");
    FANTASCOPE_TRY_VOID(fields.finish());
    if (single_word) return unsupported("added token " + shown_token(token.content) + " with single_word", "single_word false");
    if (const auto place = ids.find(token.content); place != ids.end() && place->second != token.id) {
      return bad("added_tokens: " + shown_token(token.content) + " has id " + std::to_string(token.id) + ", but vocab says " +
                 std::to_string(place->second));
    }
    added.push_back(std::move(token));
  }
  return added;
}

Result<void> Tokenizer::Impl::number_tokens(const TokenIds& ids, const std::vector<AddedToken>& added) {
  std::size_t count = ids.size();
  for (const auto& token : added) {
    const auto [place, fresh] = added_ids.emplace(token.content, token.id);
    if (!fresh) return bad("added_tokens: " + shown_token(token.content) + " is there twice");
    if (!ids.contains(token.content)) ++count;
  }
  if (count > kMaxTokens) return bad("more than 2,000,000 tokens");
  tokens.assign(count, {});
  const auto place_token = [&](const std::string& token, std::int32_t id) -> Result<void> {
    if (static_cast<std::size_t>(id) >= count) {
      return bad("id " + std::to_string(id) + " of token " + shown_token(token) + " leaves a gap: " + std::to_string(count) +
                 " tokens have ids 0…" + std::to_string(count - 1));
    }
    auto& slot = tokens[static_cast<std::size_t>(id)];
    if (!slot.empty() && slot != token)
      return bad("id " + std::to_string(id) + " belongs to two tokens, " + shown_token(slot) + " and " + shown_token(token));
    slot = token;
    return {};
  };
  for (const auto& [token, id] : ids) FANTASCOPE_TRY_VOID(place_token(token, id));
  for (const auto& token : added) FANTASCOPE_TRY_VOID(place_token(token.content, token.id));
  return {};
}

Result<void> Tokenizer::Impl::read_post_processor(const nlohmann::json& json, int depth) {
  if (json.is_null()) return {};
  JsonFields fields(json, subject + ": post_processor");
  const std::string type = fields.word("type", {});
  FANTASCOPE_TRY_VOID(fields.finish());
  if (type == "ByteLevel") return {};  // moves offsets only
  if (type == "Sequence" && depth < 8 && json.contains("processors") && json["processors"].is_array()) {
    for (const auto& part : json["processors"]) FANTASCOPE_TRY_VOID(read_post_processor(part, depth + 1));
    return {};
  }
  if (type != "TemplateProcessing") return unsupported("post_processor " + shown_token(type), "TemplateProcessing, ByteLevel, Sequence");
  const auto wrong = [this](const std::string& problem) { return bad("post_processor: " + problem); };
  if (!json.contains("single") || !json["single"].is_array() || json["single"].size() > 64)
    return wrong("single must be a list of at most 64 pieces");
  bool text_seen = false;
  std::vector<std::int32_t> front;
  std::vector<std::int32_t> back;
  for (const auto& piece : json["single"]) {
    if (piece.is_object() && piece.contains("Sequence") && !text_seen) {
      text_seen = true;
      continue;
    }
    if (!piece.is_object() || !piece.contains("SpecialToken") || !piece["SpecialToken"].is_object())
      return wrong("single holds what is neither a SpecialToken nor the one Sequence");
    JsonFields special(piece["SpecialToken"], subject + ": post_processor: single");
    const std::string name = special.word("id", {});
    FANTASCOPE_TRY_VOID(special.finish());
    if (!json.contains("special_tokens") || !json["special_tokens"].is_object() || !json["special_tokens"].contains(name))
      return wrong("special_tokens lacks " + shown_token(name));
    JsonFields entry(json["special_tokens"][name], subject + ": post_processor: special_tokens");
    const auto ids = entry.integers("ids", {}, 64, 0, static_cast<std::int64_t>(tokens.size()) - 1);
    FANTASCOPE_TRY_VOID(entry.finish());
    for (const auto id : ids) (text_seen ? back : front).push_back(static_cast<std::int32_t>(id));
  }
  if (!text_seen) return wrong("single has no Sequence: the text would be lost");
  before.insert(before.begin(), front.begin(), front.end());
  after.insert(after.end(), back.begin(), back.end());
  return {};
}

Result<void> Tokenizer::Impl::find_added_tokens(const std::vector<AddedToken>& added) {
  for (const auto& token : added) {
    if (token.normalized) {
      FANTASCOPE_TRY(const auto pattern, normalizer.apply(token.content));
      normalized_tokens.add(pattern.text, token);
    } else {
      raw_tokens.add(token.content, token);
    }
  }
  return {};
}

void Tokenizer::Impl::encode_piece(std::string_view piece, std::vector<std::int32_t>& ids) const {
  if (!word_level) return model->encode(piece, ids);
  if (const auto place = model->ids().find(piece); place != model->ids().end()) {
    ids.push_back(place->second);
  } else if (unk_id) {
    ids.push_back(*unk_id);
  }
}

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

Result<Tokenizer> Tokenizer::parse(std::string_view json, const std::string& subject) {
  FANTASCOPE_TRY(TokenizerFile file, TokenizerFile::parse(json, subject));
  return make(std::move(file), subject);
}

Result<Tokenizer> Tokenizer::parse_model(std::string_view bytes, const std::string& subject) {
  FANTASCOPE_TRY(TokenizerFile file, parse_sentencepiece(bytes, subject));
  return make(std::move(file), subject);
}

Result<Tokenizer> Tokenizer::make(TokenizerFile file, const std::string& subject) {
  auto impl = std::make_unique<Impl>();
  impl->subject = subject;
  FANTASCOPE_TRY_VOID(impl->read_model(file));
  const auto part = [&file](const char* key) { return file.rest.contains(key) ? file.rest[key] : nlohmann::json(); };
  FANTASCOPE_TRY(const auto added, impl->read_added_tokens(file.rest, impl->model->ids()));
  FANTASCOPE_TRY_VOID(impl->number_tokens(impl->model->ids(), added));
  FANTASCOPE_TRY(impl->normalizer, Normalizer::parse(part("normalizer"), subject));
  FANTASCOPE_TRY(impl->pre_tokenizer, PreTokenizer::parse(part("pre_tokenizer"), subject));
  FANTASCOPE_TRY_VOID(impl->read_post_processor(part("post_processor"), 0));
  FANTASCOPE_TRY_VOID(impl->find_added_tokens(added));
  return Tokenizer(std::move(impl));
}

Result<Tokenizer> Tokenizer::open(const std::string& path) {
  std::error_code ignored;
  std::string file = path;
  if (std::filesystem::is_directory(path, ignored)) {
    file = path + "/tokenizer.json";
    if (const std::string model = path + "/tokenizer.model";
        !std::filesystem::exists(file, ignored) && std::filesystem::exists(model, ignored))
      file = model;
  }
  FANTASCOPE_TRY(const std::string text, read_bounded_file(file, kMaxTokenizerBytes));
  return file.ends_with(".model") ? parse_model(text, file) : parse(text, file);
}

Result<std::vector<std::int32_t>> Tokenizer::encode(std::string_view text, SpecialTokens special, std::size_t max_tokens) const {
  if (const auto at = first_invalid_utf8(text)) {
    return Error{ErrorCode::kInvalidArgument,    "text is not UTF-8 at byte " + std::to_string(*at), "text", "", "UTF-8",
                 "Type or paste the text again."};
  }
  std::vector<std::int32_t> ids;
  bool at_start = true;
  for (const auto& raw : impl_->raw_tokens.find(text)) {
    if (raw.id) {
      ids.push_back(*raw.id);
    } else {
      FANTASCOPE_TRY(const auto normalized, impl_->normalizer.apply(raw.text));
      bool part_at_start = at_start && normalized.front_kept;
      for (const auto& part : impl_->normalized_tokens.find(normalized.text)) {
        if (part.id) {
          ids.push_back(*part.id);
        } else {
          for (const auto& piece : impl_->pre_tokenizer.apply(std::string(part.text), part_at_start)) impl_->encode_piece(piece, ids);
        }
        part_at_start = false;
      }
    }
    at_start = false;
  }
  if (special == SpecialTokens::kNone) {
    ids.resize(std::min(ids.size(), max_tokens));
    return ids;
  }
  const std::size_t num_special = impl_->before.size() + impl_->after.size();
  if (max_tokens < num_special) {
    return Error{ErrorCode::kInvalidArgument, "max_tokens: no room for the special tokens", "max_tokens",
                 std::to_string(max_tokens),  "at least " + std::to_string(num_special),    ""};
  }
  ids.resize(std::min(ids.size(), max_tokens - num_special));
  ids.insert(ids.begin(), impl_->before.begin(), impl_->before.end());
  ids.insert(ids.end(), impl_->after.begin(), impl_->after.end());
  return ids;
}

std::int32_t Tokenizer::vocabulary_size() const { return static_cast<std::int32_t>(impl_->tokens.size()); }
std::optional<std::int32_t> Tokenizer::id_of(std::string_view token) const { return impl_->find(token); }
const std::string& Tokenizer::token(std::int32_t id) const {
  FANTASCOPE_CHECK(id >= 0 && static_cast<std::size_t>(id) < impl_->tokens.size());
  return impl_->tokens[static_cast<std::size_t>(id)];
}
const std::string& Tokenizer::subject() const { return impl_->subject; }

}  // namespace fantascope
