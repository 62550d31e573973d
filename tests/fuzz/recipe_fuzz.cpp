// A recipe.json, as a sidecar from elsewhere would be. What is accepted survives being written and read again, hash and all.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "app/operations/recipe.h"
#include "engine/base/bounded_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fantascope;
  const auto json = parse_bounded_json({reinterpret_cast<const char*>(data), size}, "input");
  if (!json) return 0;
  const auto recipe = recipe_from_json(*json, "input");
  if (!recipe) {
    FANTASCOPE_CHECK(!recipe.error().message.empty());
    return 0;
  }
  const auto again = recipe_from_json(recipe_to_json(*recipe), "again");
  FANTASCOPE_CHECK(again && recipe_sha256(*again) == recipe_sha256(*recipe));
  return 0;
}
