#pragma once
/// The installation's own signing identity: root CA → intermediate → leaf (P-256, emailProtection), made once, kept in one private
/// file so that a crash cannot leave half of it. It proves "unchanged since this computer signed it" and nothing about who. Others
/// can check that only if they are given the root certificate, which is public and lies beside as signing_root.pem.
#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace fantascope {

struct SigningKeys {
  std::string root_certificate_pem;
  std::string chain_pem;            ///< leaf, then intermediate
  std::string private_key_pem;      ///< the leaf's, PKCS#8. Never log it
  std::int64_t leaf_not_after = 0;  ///< seconds since 1970
};

/// Reads `keys_dir`/signing_keys.pem; makes the folder (0700) and the file (0600) on first use, and a new leaf under the same root when
/// the old one has less than a year left (a signature without time stamp is valid as long as its leaf). Damaged files are an error,
/// never replaced: the root is what others trust. Safe in several processes at once.
/// `now`: seconds since 1970, 0 for the clock.
Result<SigningKeys> open_signing_keys(const std::string& keys_dir, std::int64_t now = 0);

}  // namespace fantascope
