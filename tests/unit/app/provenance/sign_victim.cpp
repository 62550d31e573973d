/// sign_victim KEYS SOURCE TARGET. Run under io_fault_shim.
#include <cstdio>

#include "app/provenance/credentials.h"

int main(int, char** argv) {
  using namespace fantascope;
  const auto keys = open_signing_keys(argv[1]);
  ClipProvenance provenance;
  provenance.app_name = "Fantascope";
  provenance.app_version = "1";
  provenance.model_name = "model";
  const auto result = keys ? sign_clip(*keys, argv[2], argv[3], provenance) : Result<void>(keys.error());
  std::printf("%s\n", result ? "saved" : result.error().to_string().c_str());
  return result ? 0 : 1;
}
