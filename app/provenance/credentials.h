#pragma once
/// C2PA content credentials of clips: writing and reading them. Nothing here touches the network.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/provenance/signing_keys.h"
#include "engine/base/result.h"

namespace fantascope {

/// What a generated clip says about itself. The prompt is private and only written when the user asked for it.
struct ClipProvenance {
  std::string title;
  std::string app_name, app_version;
  std::string model_name, model_version, model_family;
  std::string weights_sha256;  ///< over the model's weight files
  std::string recipe_sha256;
  std::uint64_t seed = 0;  ///< written as decimal text: JSON readers round large numbers
  std::string take_id;     ///< unique id of this clip
  std::optional<std::string> prompt;
};

enum class CredentialState {
  kNone,     // the file carries no credentials
  kInvalid,  // it does, and the file or they were changed, or they are malformed
  kValid,    // unchanged since signing, by a signer that is not trusted here
  kTrusted,  // unchanged since signing, by a signer under the given root
};
const char* credential_state_name(CredentialState state);  ///< "none", "invalid", "valid", "trusted"

struct Credentials {
  CredentialState state = CredentialState::kNone;
  std::vector<std::string> success_codes, failure_codes;  ///< C2PA status codes of the active manifest
  std::string generator_name, generator_version;
  std::string title, issuer, signer_common_name;
  std::string signed_at;             ///< RFC 3339; of the time stamp if there is one, else what the first action claims
  std::vector<std::string> actions;  ///< "c2pa.created", …
  std::string digital_source_type;   ///< of the first action
  std::string generation_json;       ///< our own assertion (label kGenerationLabel); empty in foreign files
  std::string manifest_json;         ///< everything that the library reported
};

inline constexpr char kGenerationLabel[] = "app.fantascope.generation";

/// Signs an MP4 into a new file: c2pa.created, trainedAlgorithmicMedia, our assertion. What was written is read back and must be
/// trusted under our own root before it becomes visible at `path`; any failure leaves no file there. Sign last: a remux drops it.
/// `source` must carry no credentials yet (kInvalidArgument): signing over them would silently drop their history.
Result<void> sign_clip(const SigningKeys& keys, const std::string& source, const std::string& path, const ClipProvenance& provenance);

/// Reads and checks. `trusted_root_pem` may be empty: then a good signature is kValid. An unreadable file is an error; one without
/// credentials, or with bad ones, is not.
Result<Credentials> read_credentials(const std::string& path, const std::string& trusted_root_pem);

}  // namespace fantascope
