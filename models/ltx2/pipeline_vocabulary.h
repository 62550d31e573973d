#pragma once
/// The words a model was trained on, for models with a closed vocabulary: what a prompt holds beyond them is told to the user.
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/generation.h"

namespace fantascope {
class WordList;
}

namespace fantascope::models::ltx2 {

class Vocabulary {
 public:
  /// One word a line, lower case; lines that start with "# " are comments. An empty path is an open vocabulary: no warnings.
  static Result<Vocabulary> read(const std::string& path);
  /// Every unknown word once, in the order of the prompt, cut as the tokenizer cuts it.
  std::vector<PromptWarning> warnings(const std::string& model_name, const std::string& prompt) const;

 private:
  std::shared_ptr<const WordList> words_;  // null: open
};

}  // namespace fantascope::models::ltx2
