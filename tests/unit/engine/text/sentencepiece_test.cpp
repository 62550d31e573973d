// Case 30 of the bad inputs: a tokenizer.model. What it says is compared with the sentencepiece package in tokenizer_test.cpp
// (cases/sentencepiece).
#include "engine/text/sentencepiece_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>

#include "engine/text/tokenizer.h"

namespace fantascope {
namespace {

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value > 127; value >>= 7) out += static_cast<char>((value & 127) | 128);
  return out + static_cast<char>(value);
}

std::string block(std::uint64_t number, const std::string& data) { return varint(number << 3 | 2) + varint(data.size()) + data; }

std::string piece(const std::string& text, float score = 0, std::uint64_t type = 1) {
  char bits[4];
  std::memcpy(bits, &score, 4);
  return block(1, block(1, text) + "\x15" + std::string(bits, 4) + "\x18" + varint(type));
}

const std::string kTrainer = block(2, "\x18\x02" + varint(41 << 3) + "\x01");  // BPE; bos is piece 1
std::string normalizer(const std::string& more = {}) { return block(3, block(1, "identity") + std::string("\x18\0\x20\0", 4) + more); }
std::string model(const std::string& pieces) { return pieces + kTrainer + normalizer(); }
const std::string kPieces =
    piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("ab", -1) + piece("abc", -2) + piece("a", -3) + piece("b", -4) + piece("c", -5);

TEST(SentencePiece, MakesMergesOfPiecesByTheirScore) {
  const auto tokenizer = Tokenizer::parse_model(model(kPieces), "tokenizer.model");
  ASSERT_TRUE(tokenizer) << tokenizer.error().to_string();
  EXPECT_EQ(tokenizer->vocabulary_size(), 7);
  EXPECT_EQ(*tokenizer->encode("abcab"), (std::vector<std::int32_t>{1, 3, 2}));
  EXPECT_EQ(*tokenizer->encode("cz"), (std::vector<std::int32_t>{1, 6, 0}));
}

TEST(SentencePiece, APrefixIsPutBeforeTheText) {
  const std::string with_prefix = piece("\xE2\x96\x81") + kPieces + kTrainer + block(3, block(1, "identity") + std::string("\x20\0", 2));
  const auto tokenizer = Tokenizer::parse_model(with_prefix, "tokenizer.model");
  ASSERT_TRUE(tokenizer) << tokenizer.error().to_string();
  EXPECT_EQ(*tokenizer->encode("a b", SpecialTokens::kNone), (std::vector<std::int32_t>{0, 5, 0, 6}));
}

struct BadModel {
  const char* name;
  std::string bytes, message;
};
void PrintTo(const BadModel& bad, std::ostream* out) { *out << bad.name; }

class BadSentencePiece : public testing::TestWithParam<BadModel> {};

TEST_P(BadSentencePiece, IsRefusedByName) {  // case 30
  const std::clock_t start = std::clock();
  const auto tokenizer = Tokenizer::parse_model(GetParam().bytes, "text/tokenizer.model");
  EXPECT_LT(std::clock() - start, 2 * CLOCKS_PER_SEC);
  ASSERT_FALSE(tokenizer);
  EXPECT_NE(tokenizer.error().message.find(GetParam().message), std::string::npos) << tokenizer.error().to_string();
  EXPECT_NE(tokenizer.error().message.find("text/tokenizer.model"), std::string::npos);
  EXPECT_FALSE(tokenizer.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadSentencePiece,
    testing::Values(
        BadModel{"Empty", "", "holds no pieces"}, BadModel{"NoPieces", kTrainer + normalizer(), "holds no pieces"},
        BadModel{"LengthPastTheEnd", "\x0A\x7F" + std::string(10, 'a'), "a length of 127 runs past the end (10 bytes left), at byte 2"},
        BadModel{"NestedLengthPastTheEnd", model(piece("a") + block(1, "\x0A\x20" + std::string("abc"))),
                 "piece 1: a length of 32 runs past the end (3 bytes left)"},
        BadModel{"NestedLengthOf64Bits", model(block(1, "\x0A" + std::string(9, '\xFF') + "\x01")),
                 "piece 0: a length of 18446744073709551615"},
        BadModel{"VarintOf10MiB", std::string(10 << 20, '\xFF'), "a number longer than 64 bits, at byte 10"},
        BadModel{"NestedVarint", model(block(1, "\x18" + std::string(100, '\xFF'))), "piece 0: a number longer than 64 bits"},
        BadModel{"EndsInANumber", piece("a") + "\x15\x01", "ends inside a number"},
        BadModel{"Group", piece("a") + "\x0B", "wire type 3 is not one"},
        BadModel{"FieldZero", std::string("\x02\x00", 2), "field number 0"},
        BadModel{"ScoreNaN", model(piece("a", std::numeric_limits<float>::quiet_NaN())), "piece 0 \"a\": its score is not a number"},
        BadModel{"ScoreInfinite", model(piece("b") + piece("a", std::numeric_limits<float>::infinity())), "piece 1 \"a\": its score"},
        BadModel{"EmptyPiece", model(piece("")), "piece 0 is empty"}, BadModel{"NotUtf8", model(piece("a\xFF")), "piece 0 is not UTF-8"},
        BadModel{"LongPiece", model(piece(std::string(513, 'a'))), "piece 0 is 513 bytes long"},
        BadModel{"Type", model(piece("a", 0, 9)), "piece 0 \"a\" is of type 9"},
        BadModel{"Twice", model(piece("a") + piece("b") + piece("a")), "pieces 0 and 2 are both \"a\""},
        BadModel{"ByteToken", model(piece("<0x41>", 0, 6) + piece("<0xZZ>", 0, 6)), "bad byte token"},
        BadModel{"Unigram", kPieces + block(2, "\x18\x01") + normalizer(), "model type 1 is not supported"},
        BadModel{"Charsmap", kPieces + kTrainer + normalizer(block(2, "map")), "changes characters"},
        BadModel{"ExtraSpaces", kPieces + kTrainer, "removes extra spaces"},
        BadModel{"Json", "{\"version\":\"1.0\"}", "sentencepiece model"},
        BadModel{"Pickle", "\x80\x04\x95" + std::string(40, 'a'), "sentencepiece model"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(SentencePiece, RandomDamageNeverCrashes) {
  std::ifstream file(std::string(FANTASCOPE_SOURCE_DIR) + "/tests/unit/engine/text/cases/sentencepiece/tokenizer.model", std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  ASSERT_GT(whole.size(), 1000U);
  std::mt19937 random(5);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string bytes = whole.substr(0, i % 3 == 0 ? random() % whole.size() : whole.size());
    for (int k = 0; k < 4 && !bytes.empty(); ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto tokenizer = Tokenizer::parse_model(bytes, "tokenizer.model");
    refused += tokenizer ? 0 : 1;
    if (!tokenizer) continue;
    EXPECT_TRUE(tokenizer->encode("a red ball"));
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace fantascope
