#include "engine/text/word_tokenizer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "engine/text/tokenizer.h"

namespace fantascope {
namespace {

const std::vector<std::string> kWords = {"a",     "red", "ball",   "balls", "bounces", "across", "checkered",
                                         "floor", "at",  "sunset", "slow",  "pan",     "left"};

TEST(WordTokenizer, KnownWordsAreOneTokenEachWhateverTheirCaseAndPunctuation) {
  const auto json = make_word_tokenizer(kWords);
  ASSERT_TRUE(json);
  const auto tokenizer = Tokenizer::parse(*json, "made");
  ASSERT_TRUE(tokenizer) << tokenizer.error().to_string();
  EXPECT_EQ(tokenizer->id_of("<pad>"), 0);
  EXPECT_EQ(tokenizer->id_of("<eos>"), 1);
  EXPECT_EQ(tokenizer->id_of("<bos>"), 2);
  EXPECT_EQ(tokenizer->id_of("<unk>"), 3);
  std::vector<std::int32_t> expected = {2};
  for (const auto& word : kWords) expected.push_back(*tokenizer->id_of("▁" + word));
  std::string sentence;
  for (const auto& word : kWords) sentence += word + "  ";
  EXPECT_EQ(*tokenizer->encode(sentence), expected);
  EXPECT_EQ(*tokenizer->encode("A RED\nBall\tballs  bounces across checkered-floor at sunset slow/pan \"left\""), expected);
  const auto with_marks = tokenizer->encode("A red, ball.");
  EXPECT_EQ(*with_marks, (std::vector<std::int32_t>{2, *tokenizer->id_of("▁a"), *tokenizer->id_of("▁red"), *tokenizer->id_of("▁,"),
                                                    *tokenizer->id_of("▁ball"), *tokenizer->id_of("▁.")}));
  const char* out = std::getenv("FANTASCOPE_WORD_TOKENIZER_OUT");  // for make_cases.py --extra
  if (out != nullptr) std::ofstream(out) << *json;
}

TEST(WordTokenizer, KeepsUnknownWordsAsPieces) {
  const auto tokenizer = Tokenizer::parse(*make_word_tokenizer(kWords), "made");
  ASSERT_TRUE(tokenizer);
  const auto ids = tokenizer->encode("dragon 龍");
  ASSERT_TRUE(ids);
  EXPECT_GT(ids->size(), 6u);
  for (const auto id : *ids) EXPECT_NE(id, 3) << "nothing becomes <unk>: bytes carry it";
}

TEST(WordTokenizer, RefusesListsThatItCannotKeepItsPromiseFor) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"Red"}, {"two words"}, {""}, {"a", "a"}, {"stop."}, {"blue-grey"}, {"\xFF"}}) {
    EXPECT_FALSE(make_word_tokenizer(words)) << words[0];
    EXPECT_FALSE(WordList::create(words)) << words[0];
  }
}

TEST(WordList, NamesUnknownWordsOnceInOrder) {
  const auto list = WordList::create(kWords);
  ASSERT_TRUE(list);
  EXPECT_EQ(*list->unknown_words("A Dragon, a red ball; the dragon bounces!"), (std::vector<std::string>{"dragon", "the"}));
  EXPECT_TRUE(list->unknown_words("A red-ball, slow pan left.")->empty());
  EXPECT_TRUE(list->unknown_words("  ")->empty());
  EXPECT_FALSE(list->unknown_words("\xC0\x80"));
}

TEST(WordList, SurvivesItsFile) {
  const auto list = WordList::create(kWords);
  ASSERT_TRUE(list);
  const std::string path = ::testing::TempDir() + "words.txt";
  std::ofstream(path) << list->to_text();
  const auto again = WordList::open(path);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->words(), kWords);
}

}  // namespace
}  // namespace fantascope
