#include "models/ltx2/pipeline_vocabulary.h"

#include <sstream>

#include "engine/base/bounded_json.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

/// Bytes above 127 belong to letters of other scripts.
bool in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 128 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '\'' ||
         byte == '-';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (in_word(c)) {
      word += lower(c);
      continue;
    }
    // Quotes and dashes around a word are not part of it.
    const std::size_t first = word.find_first_not_of("'-"), last = word.find_last_not_of("'-");
    if (first != std::string::npos) words.push_back(word.substr(first, last - first + 1));
    word.clear();
  }
  return words;
}

}  // namespace

Result<Vocabulary> Vocabulary::read(const std::string& path) {
  Vocabulary vocabulary;
  if (path.empty()) return vocabulary;
  FANTASCOPE_TRY(const std::string text, read_bounded_file(path, kMaxBytes));
  vocabulary.open_ = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    for (std::string& word : words_of(line)) vocabulary.words_.insert(std::move(word));
  }
  return vocabulary;
}

bool Vocabulary::knows(const std::string& word) const {
  if (words_.contains(word)) return true;
  std::istringstream parts(word);
  bool several = false;
  for (std::string part; std::getline(parts, part, '-');) {
    if (part.empty()) continue;
    if (part != word) several = true;
    if (!words_.contains(part)) return false;
  }
  return several;
}

std::vector<PromptWarning> Vocabulary::warnings(const std::string& model_name, const std::string& prompt) const {
  std::vector<PromptWarning> found;
  if (open_) return found;
  std::unordered_set<std::string> told;
  for (const std::string& word : words_of(prompt)) {
    if (knows(word) || !told.insert(word).second) continue;
    found.push_back({word, model_name + " does not know: " + word});
  }
  return found;
}

}  // namespace fantascope::models::ltx2
