#pragma once
/// The words a model was trained on, for models with a closed vocabulary: what a prompt holds beyond them is told to the user.
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/generation.h"

namespace fantascope::models::ltx2 {

class Vocabulary {
 public:
  /// One word a line, lower case; lines that start with # are comments. An empty path is an open vocabulary: no warnings.
  static Result<Vocabulary> read(const std::string& path);
  /// Every unknown word once, in the order of the prompt. Words are runs of letters, digits, apostrophes and hyphens; ASCII case does not
  /// count, and a hyphenated word is known if its parts are.
  std::vector<PromptWarning> warnings(const std::string& model_name, const std::string& prompt) const;

 private:
  bool knows(const std::string& word) const;

  bool open_ = true;
  std::unordered_set<std::string> words_;
};

}  // namespace fantascope::models::ltx2
