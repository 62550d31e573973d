#include "engine/text/word_tokenizer.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/bounded_json.h"
#include "engine/text/normalizer.h"
#include "engine/text/unicode.h"

namespace fantascope {
namespace {

constexpr std::size_t kMaxWords = 100'000;
constexpr std::size_t kMaxWordBytes = 200;
constexpr std::size_t kMaxListBytes = std::size_t{4} << 20;
constexpr const char* kSpecials[] = {"<pad>", "<eos>", "<bos>", "<unk>"};
constexpr const char* kSpaceMark = "\xE2\x96\x81";  // ▁
constexpr const char* kPunctuation[] = {".", ",", ";", ":", "!", "?", "(", ")", "…"};
constexpr const char* kLikeSpace[] = {"\n", "\r", "\t", "\xC2\xA0", "-", "–", "—", "/", "\"", "'", "“", "”", "‘", "’"};

/// Runs of spaces are halved this often, and so become one space up to 2^n long.
constexpr int kSpaceHalvings = 8;

nlohmann::json replace_step(const std::string& pattern, const std::string& content) {
  return {{"type", "Replace"}, {"pattern", {{"String", pattern}}}, {"content", content}};
}

/// Lower case, punctuation apart, single spaces: "A ball, red!" becomes "a ball , red !".
nlohmann::json spacing_steps() {
  nlohmann::json steps = nlohmann::json::array({{{"type", "Lowercase"}}});
  for (const char* mark : kLikeSpace) steps.push_back(replace_step(mark, " "));
  for (const char* mark : kPunctuation) steps.push_back(replace_step(mark, " " + std::string(mark) + " "));
  for (int i = 0; i < kSpaceHalvings; ++i) steps.push_back(replace_step("  ", " "));
  steps.push_back({{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}});
  return steps;
}

nlohmann::json normalizer_json() {
  auto steps = spacing_steps();
  steps.push_back({{"type", "Prepend"}, {"prepend", kSpaceMark}});
  steps.push_back(replace_step(" ", kSpaceMark));
  return {{"type", "Sequence"}, {"normalizers", steps}};
}

Error bad_word(const std::string& word, const std::string& why) {
  return Error{ErrorCode::kInvalidArgument,   "vocabulary: \"" + word.substr(0, kMaxWordBytes) + "\" " + why, "vocabulary",
               word.substr(0, kMaxWordBytes), "lower case, no spaces or punctuation, every word once",        "Correct the list."};
}

Result<void> check_words(const std::vector<std::string>& words) {
  if (words.size() > kMaxWords) return bad_word("", "holds more than 100,000 words");
  const nlohmann::json steps = {{"type", "Sequence"}, {"normalizers", spacing_steps()}};
  FANTASCOPE_TRY(const auto normalizer, Normalizer::parse(steps, "vocabulary"));
  std::set<std::string> seen;
  for (const auto& word : words) {
    if (word.empty() || word.size() > kMaxWordBytes || first_invalid_utf8(word))
      return bad_word("", "holds a word that is empty, over 200 bytes or not UTF-8");
    FANTASCOPE_TRY(const auto normal, normalizer.apply(word));
    if (normal.text != word || word.find(' ') != std::string::npos || word.find(kSpaceMark) != std::string::npos)
      return bad_word(word, "is not a single lower-case word");
    if (!seen.insert(word).second) return bad_word(word, "is there twice");
  }
  return {};
}

/// Numbers tokens in the order of adding.
struct Vocabulary {
  nlohmann::json ids = nlohmann::json::object();
  bool add(const std::string& token) {
    const auto number = ids.size();
    return ids.emplace(token, number).second;
  }
};

nlohmann::json special_token_json(const char* content, int id) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

}  // namespace

Result<std::string> make_word_tokenizer(const std::vector<std::string>& words) {
  FANTASCOPE_TRY_VOID(check_words(words));
  Vocabulary vocabulary;
  nlohmann::json added = nlohmann::json::array();
  for (const char* special : kSpecials) {
    added.push_back(special_token_json(special, static_cast<int>(vocabulary.ids.size())));
    vocabulary.add(special);
  }
  // Words first, so that the ids in use are low; then punctuation, which the normalizer makes words too.
  std::vector<std::string> units = words;
  units.insert(units.end(), std::begin(kPunctuation), std::end(kPunctuation));
  for (const auto& unit : units) vocabulary.add(kSpaceMark + unit);
  for (unsigned byte = 0; byte < 256; ++byte) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", byte);
    vocabulary.add(name);
  }
  vocabulary.add(kSpaceMark);
  // A word grows from its mark letter by letter: every merge has a beginning of a word on its left and one letter on its right, so no two
  // merges ever compete, and a word becomes one token whatever stands around it.
  nlohmann::json merges = nlohmann::json::array();
  std::set<std::string> prefixes;
  for (const auto& unit : units) {
    std::string prefix = kSpaceMark;
    for (std::size_t at = 0; at < unit.size();) {
      const std::size_t length = utf8_length(unit[at]);
      const std::string letter = unit.substr(at, length);
      vocabulary.add(letter);
      if (prefixes.insert(prefix + letter).second) {
        vocabulary.add(prefix + letter);
        merges.push_back({prefix, letter});
      }
      prefix += letter;
      at += length;
    }
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) vocabulary.add(std::string(1, letter));
  for (char digit = '0'; digit <= '9'; ++digit) vocabulary.add(std::string(1, digit));
  const nlohmann::json bos = {{"SpecialToken", {{"id", "<bos>"}, {"type_id", 0}}}};
  const auto text = [](const char* name) { return nlohmann::json{{"Sequence", {{"id", name}, {"type_id", 0}}}}; };
  const nlohmann::json document = {
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", added},
      {"normalizer", normalizer_json()},
      {"pre_tokenizer", nullptr},
      {"post_processor",
       {{"type", "TemplateProcessing"},
        {"single", nlohmann::json::array({bos, text("A")})},
        {"pair", nlohmann::json::array({bos, text("A"), text("B")})},
        {"special_tokens", {{"<bos>", {{"id", "<bos>"}, {"ids", {2}}, {"tokens", {"<bos>"}}}}}}}},
      {"decoder", {{"type", "Sequence"}, {"decoders", {replace_step(kSpaceMark, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}}}}},
      {"model",
       {{"type", "BPE"},
        {"dropout", nullptr},
        {"unk_token", "<unk>"},
        {"continuing_subword_prefix", nullptr},
        {"end_of_word_suffix", nullptr},
        {"fuse_unk", true},
        {"byte_fallback", true},
        {"ignore_merges", false},
        {"vocab", vocabulary.ids},
        {"merges", merges}}}};
  return document.dump(1) + "\n";
}

Result<WordList> WordList::create(std::vector<std::string> words) {
  FANTASCOPE_TRY_VOID(check_words(words));
  WordList list;
  list.words_ = std::move(words);
  list.sorted_ = list.words_;
  std::sort(list.sorted_.begin(), list.sorted_.end());
  return list;
}

Result<WordList> WordList::open(const std::string& path) {
  FANTASCOPE_TRY(const std::string text, read_bounded_file(path, kMaxListBytes));
  std::vector<std::string> words;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (end > from) words.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return create(std::move(words));
}

std::string WordList::to_text() const {
  std::string text;
  for (const auto& word : words_) text += word + "\n";
  return text;
}

bool WordList::contains(std::string_view word) const { return std::binary_search(sorted_.begin(), sorted_.end(), word); }

Result<std::vector<std::string>> WordList::unknown_words(std::string_view prompt) const {
  if (const auto at = first_invalid_utf8(prompt)) {
    return Error{ErrorCode::kInvalidArgument, "prompt is not UTF-8 at byte " + std::to_string(*at), "prompt", "", "UTF-8",
                 "Type or paste it again."};
  }
  const nlohmann::json steps = {{"type", "Sequence"}, {"normalizers", spacing_steps()}};
  FANTASCOPE_TRY(const auto normalizer, Normalizer::parse(steps, "vocabulary"));
  FANTASCOPE_TRY(const auto normalized, normalizer.apply(prompt));
  const std::string& text = normalized.text;
  std::vector<std::string> unknown;
  std::set<std::string> seen;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find(' ', from), text.size());
    const std::string word = text.substr(from, end - from);
    from = end + 1;
    const bool mark = std::find(std::begin(kPunctuation), std::end(kPunctuation), word) != std::end(kPunctuation);
    if (!word.empty() && !mark && !contains(word) && seen.insert(word).second) unknown.push_back(word);
  }
  return unknown;
}

}  // namespace fantascope
