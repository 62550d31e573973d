#pragma once
/// What a model's folder says about its licence: which one it is, its text, and whether a person has to accept it before the first use.
/// Files that count: those whose names hold "license" or "licence", COPYING and NOTICE, in the folder and one level below (the parts of a
/// model have licences of their own); `license` in the front matter of README.md; "licence" of our own settings file.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

enum class LicenceState {
  kFree,        ///< a permissive licence that asks for no acceptance: Apache-2.0, MIT, BSD-2-Clause, BSD-3-Clause, ISC, CC0-1.0, Unlicense
  kTerms,       ///< any other
  kNotStated,   ///< nothing was found
  kDiffers,     ///< a permissive one is named, but a licence file holds other text
  kUnreadable,  ///< a licence file cannot be shown, so it cannot be accepted either: see `problem`
};
/// "free", "terms", "not_stated", "differs", "unreadable"
const char* licence_state_name(LicenceState state);

/// A sentence of the text that one should know of before using the model, word for word but for line ends.
struct LicenceTerm {
  std::string topic;  ///< "revenue", "territory", "competition", "non_commercial"
  std::string file;
  int line = 0;  ///< where it begins, from 1
  std::string text;
};

struct ModelLicence {
  LicenceState state = LicenceState::kNotStated;
  std::string name;                ///< SPDX id, or what the files call it; empty: they do not say
  std::string link;                ///< where the files say its text is; never opened
  std::vector<std::string> files;  ///< paths in the folder, those of the text
  std::string text;                ///< of all files, shown safely, with line ends
  std::string sha256;              ///< of the one file; of lines "hash  path" for several; of name and link where there is no text
  std::optional<Error> problem;
  std::vector<LicenceTerm> terms;  ///< for any licence that is not free
};

inline constexpr std::size_t kLicenceBytesMax = 1 << 20;  ///< of all files together

/// `stated` is what the model's settings say, empty if nothing. What cannot be read is in the answer: a model can always be listed.
ModelLicence read_licence(const std::string& dir, const std::string& stated);

/// The SPDX id of a permissive licence by its id in any case, or by its text; empty: it is none of them, or not only that.
std::string free_licence_by_id(std::string_view id);
std::string free_licence_by_text(std::string_view text);
std::vector<LicenceTerm> find_terms(const std::string& file, std::string_view text);

}  // namespace fantascope
