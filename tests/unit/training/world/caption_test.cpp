#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "training/world/world.h"

namespace fantascope::world {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(Caption, UsesOnlyWordsOfTheVocabularyAndSingleBlanks) {
  const auto list = vocabulary();
  const std::set<std::string> known(list.begin(), list.end());
  for (int seed = 0; seed < 20000; ++seed) {
    const Scene scene = sample_scene(static_cast<std::uint64_t>(seed));
    for (const std::string& text : {caption(scene, static_cast<std::uint64_t>(seed)), plain_caption(scene)}) {
      std::string joined;
      for (const auto& word : words_of(text)) {
        EXPECT_TRUE(known.count(word)) << word << " in: " << text;
        joined += (joined.empty() ? "" : " ") + word;
      }
      EXPECT_EQ(joined, text);
      EXPECT_LE(words_of(text).size(), 48u) << text;
    }
  }
}

TEST(Caption, HasManyWordingsOfOneScene) {
  const Scene scene = sample_scene(5);
  std::set<std::string> wordings;
  for (std::uint64_t seed = 0; seed < 300; ++seed) wordings.insert(caption(scene, seed));
  EXPECT_GT(wordings.size(), 200u);
  EXPECT_EQ(caption(scene, 9), caption(scene, 9));
}

TEST(Caption, AlwaysNamesTheColourAndTheSecondObjectsSide) {
  for (int seed = 0; seed < 3000; ++seed) {
    Scene scene = sample_scene(static_cast<std::uint64_t>(seed));
    scene.colour = Colour::kWhite;  // its name is part of all its wordings
    if (scene.second.present) scene.second.colour = Colour::kOrange;
    const auto words = words_of(caption(scene, static_cast<std::uint64_t>(seed) * 3));
    EXPECT_NE(std::find(words.begin(), words.end(), "white"), words.end());
    if (scene.second.present) {
      const char* side = scene.second.on_left ? "left" : "right";
      EXPECT_NE(std::find(words.begin(), words.end(), side), words.end()) << caption(scene, static_cast<std::uint64_t>(seed) * 3);
    }
  }
}

TEST(Vocabulary, IsSortedSmallAndKnowsTheReadmesPrompt) {
  const auto list = vocabulary();
  EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
  EXPECT_EQ(std::adjacent_find(list.begin(), list.end()), list.end());
  EXPECT_LT(list.size(), 300u);
  for (const auto& word : words_of("a red ball bounces across a checkered floor at sunset , slow pan left")) {
    EXPECT_TRUE(std::binary_search(list.begin(), list.end(), word)) << word;
  }
}

TEST(Caption, CanSayTheReadmesPrompt) {
  Scene scene;
  scene.action = Action::kBounces, scene.time = TimeOfDay::kSunset, scene.camera = Camera::kPanLeft;
  bool said = false;
  for (std::uint64_t seed = 0; seed < 300000 && !said; ++seed) {
    said = caption(scene, seed) == "a red ball bounces across a checkered floor at sunset , slow pan left";
  }
  EXPECT_TRUE(said);
}

}  // namespace
}  // namespace fantascope::world
