#include "models/ltx2/pipeline_vocabulary.h"

#include <sstream>
#include <utility>

#include "engine/base/bounded_json.h"
#include "engine/text/word_tokenizer.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

}  // namespace

Result<Vocabulary> Vocabulary::read(const std::string& path) {
  Vocabulary vocabulary;
  if (path.empty()) return vocabulary;
  FANTASCOPE_TRY(const std::string text, read_bounded_file(path, kMaxBytes));
  std::vector<std::string> words;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && !line.starts_with("# ")) words.push_back(std::move(line));
  }
  auto list = WordList::create(std::move(words));
  if (!list) {
    Error error = list.error();
    error.subject = path;
    return error;
  }
  vocabulary.words_ = std::make_shared<WordList>(*std::move(list));
  return vocabulary;
}

std::vector<PromptWarning> Vocabulary::warnings(const std::string& model_name, const std::string& prompt) const {
  std::vector<PromptWarning> found;
  if (!words_) return found;
  // A prompt that is not UTF-8 is refused elsewhere.
  const auto unknown = words_->unknown_words(prompt);
  if (!unknown) return found;
  for (const std::string& word : *unknown) found.push_back({word, model_name + " does not know: " + word});
  return found;
}

}  // namespace fantascope::models::ltx2
