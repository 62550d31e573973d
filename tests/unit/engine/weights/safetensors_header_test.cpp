#include "engine/weights/format/safetensors_header.h"

#include <gtest/gtest.h>

#include <ctime>

#include "tests/unit/engine/weights/planted.h"

namespace fantascope {
namespace {

struct Planted {
  const char* what;
  std::string bytes;
  const char* message;  // part of it
};

std::string one(const std::string& fields) { return "{\"w\":{" + fields + "}}"; }
std::string f32(const std::string& shape, std::uint64_t begin, std::uint64_t end) {
  return "{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

class BadHeader : public ::testing::TestWithParam<Planted> {};

TEST_P(BadHeader, IsRefusedByName) {
  const std::clock_t start = std::clock();  // of this process, so that a busy machine does not count
  const auto header = parse_safetensors_header(GetParam().bytes, GetParam().bytes.size(), "model/w.safetensors");
  EXPECT_LT(std::clock() - start, 2 * CLOCKS_PER_SEC);
  ASSERT_FALSE(header);
  EXPECT_NE(header.error().message.find(GetParam().message), std::string::npos) << header.error().to_string();
  EXPECT_NE(header.error().message.find("model/w.safetensors"), std::string::npos);
  EXPECT_EQ(header.error().subject, "model/w.safetensors");
  EXPECT_FALSE(header.error().hint.empty());
}

const std::string kZip = std::string("PK\x03\x04", 4) + std::string(60, 'x');

INSTANTIATE_TEST_SUITE_P(
    Cases, BadHeader,
    ::testing::Values(
        Planted{"C1Empty", "", "empty file"}, Planted{"C2SevenBytes", "1234567", "shorter than the 8-byte length"},
        Planted{"C3LengthMax", length_bytes(~std::uint64_t{0}) + "{}", "header length over 100,000,000"},
        Planted{"C3JustOver", length_bytes(100'000'001) + "{}", "header length over 100,000,000"},
        Planted{"C4LengthIsFileSize", length_bytes(10) + "{}", "header runs past the end"},
        Planted{"C4OneTooLong", length_bytes(3) + "{}", "header runs past the end"},
        Planted{"C5NotUtf8", planted("{\"a\xFF\":1}", 0), "header is not UTF-8 at byte 3"},
        Planted{"C5Surrogate", planted("{\"\xED\xA0\x80\":1}", 0), "header is not UTF-8 at byte 2"},
        Planted{"C6Space", planted(" {}", 0), "header must be an object"}, Planted{"C6List", planted("[]", 0), "header must be an object"},
        Planted{"C6Number", planted("3", 0), "header must be an object"}, Planted{"C6Nothing", planted("", 0), "header must be an object"},
        Planted{"C6ListOfObjects", planted("[{}]", 0), "header"},
        Planted{"C7NestedTop", planted(std::string(100'000, '['), 0), "nested deeper than 4"},
        Planted{"C7NestedInside", planted("{\"w\":" + std::string(100'000, '['), 0), "nested deeper than 4"},
        Planted{"C7NestedClosed", planted("{\"w\":{\"shape\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}}", 0),
                "nested deeper than 4"},
        Planted{"C7NestedObjects",
                planted(
                    [] {
                      std::string text;
                      for (int i = 0; i < 50'000; ++i) text += "{\"a\":";
                      return text;
                    }(),
                    0),
                "unknown field \"a\""},
        Planted{"C8DuplicateName", planted("{\"w\":" + f32("[1]", 0, 4) + ",\"w\":" + f32("[1]", 4, 8) + "}", 8), "duplicate key \"w\""},
        Planted{"C8DuplicateOffsets", planted(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4])"), 4),
                "duplicate key \"data_offsets\""},
        Planted{"C8DuplicateMetadata", planted("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0), "duplicate key \"a\""},
        Planted{"C9BeginAfterEnd", planted("{\"w\":" + f32("[1]", 8, 4) + "}", 8), "tensor \"w\": data_offsets begin after they end: 8–4"},
        Planted{"C10PastTheEnd", planted("{\"w\":" + f32("[4]", 0, 16) + "}", 8), "0–16 run past the end of the data (8 bytes; file"},
        Planted{"C11Overlap", planted("{\"a\":" + f32("[2]", 0, 8) + ",\"b\":" + f32("[2]", 4, 12) + "}", 12),
                "regions overlap: \"a\" and \"b\""},
        Planted{"C11SameRegion", planted("{\"a\":" + f32("[2]", 0, 8) + ",\"b\":" + f32("[2]", 0, 8) + "}", 8), "regions overlap"},
        Planted{"C11Hole", planted("{\"a\":" + f32("[1]", 0, 4) + ",\"b\":" + f32("[1]", 8, 12) + "}", 12),
                "bytes 4–8 belong to no tensor"},
        Planted{"C11HoleAtStart", planted("{\"a\":" + f32("[1]", 4, 8) + "}", 8), "bytes 0–4 belong to no tensor"},
        Planted{"C11HoleAtEnd", planted("{\"a\":" + f32("[1]", 0, 4) + "}", 8), "bytes 4–8 belong to no tensor"},
        Planted{"C11HoleOnly", planted("{}", 8), "bytes 0–8 belong to no tensor"},
        Planted{"C12Overflow", planted("{\"w\":" + f32("[4294967296,4294967296]", 0, 4) + "}", 4), "tensor \"w\": shape overflows"},
        Planted{"C12OverflowThenZero", planted("{\"w\":" + f32("[9223372036854775807,9223372036854775807,0]", 0, 0) + "}", 0),
                "tensor \"w\": shape overflows"},
        Planted{"C12DimTooBig", planted("{\"w\":" + f32("[18446744073709551615]", 0, 4) + "}", 4), "tensor \"w\": shape overflows"},
        Planted{"C12Negative", planted("{\"w\":" + f32("[-1]", 0, 4) + "}", 4), "not a whole number"},
        Planted{"C12TenTo30", planted("{\"w\":" + f32("[1e30]", 0, 4) + "}", 4), "not a whole number"},
        Planted{"C12TenTo999", planted("{\"w\":" + f32("[1e999]", 0, 4) + "}", 4), "not a whole number"},
        Planted{"C12BigDigits", planted("{\"w\":" + f32("[99999999999999999999999]", 0, 4) + "}", 4), "not a whole number"},
        Planted{"C12Fraction", planted("{\"w\":" + f32("[1.5]", 0, 4) + "}", 4), "not a whole number"},
        Planted{"C12NineDims", planted("{\"w\":" + f32("[1,1,1,1,1,1,1,1,1]", 0, 4) + "}", 4), "more than 8 dimensions"},
        Planted{"C13WrongSize", planted("{\"w\":" + f32("[3]", 0, 8) + "}", 8),
                "tensor \"w\": shape and dtype need 12 bytes, data_offsets give 8"},
        Planted{"C13UnknownDtype", planted(one(R"("dtype":"F33","shape":[1],"data_offsets":[0,4])"), 4),
                "tensor \"w\": unknown dtype \"F33\""},
        Planted{"MissingShape", planted(one(R"("dtype":"F32","data_offsets":[0,4])"), 4), "tensor \"w\": shape is missing"},
        Planted{"OneOffset", planted(one(R"("dtype":"F32","shape":[1],"data_offsets":[0])"), 4), "data_offsets must hold two numbers"},
        Planted{"ThreeOffsets", planted(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,8])"), 4),
                "data_offsets must hold two numbers"},
        Planted{"UnknownField", planted(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1)"), 4), "unknown field \"x\""},
        Planted{"MetadataNumber", planted(R"({"__metadata__":{"a":1}})", 0), "a number where it may not be"},
        Planted{"LongName", planted("{\"" + std::string(1025, 'n') + "\":" + f32("[1]", 0, 4) + "}", 4), "longer than 1024 bytes"},
        Planted{"Truncated", planted("{\"w\":{\"dtype\":\"F3", 0), "not valid JSON"},
        Planted{"Trailing", planted("{}x", 0), "not valid JSON"}, Planted{"C38Zip", kZip, "holds program code"},
        Planted{"C38Pickle2", std::string("\x80\x02}q\x01X\x05", 7) + std::string(40, 'a'), "holds program code"},
        Planted{"C38Pickle4", std::string("\x80\x04\x95\x10\x00\x00\x00", 7) + std::string(40, 'a'), "holds program code"},
        Planted{"C38PickleShort", std::string("\x80\x04.", 3), "holds program code"},
        Planted{"Gguf", "GGUF" + std::string(60, '\0'), "is a GGUF file"}),
    [](const auto& info) { return std::string(info.param.what); });

TEST(SafetensorsHeader, TooManyTensors) {
  std::string header = "{";
  for (int i = 0; i < 100'001; ++i) header += "\"" + std::to_string(i) + "\":" + f32("[0]", 0, 0) + ",";
  header.back() = '}';
  const std::string bytes = planted(header, 0);
  const auto parsed = parse_safetensors_header(bytes, bytes.size(), "f");
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("more than 100000 tensors"), std::string::npos);
}

TEST(SafetensorsHeader, ReadsWhatIsRight) {
  const std::string bytes = planted("{\"__metadata__\":{\"format\":\"pt\"},\"b\":" + f32("[2,1]", 4, 12) + ",\"a\":" + f32("[]", 0, 4) +
                                        ",\"none\":" + f32("[3,0]", 12, 12) + "}  ",
                                    12);
  const auto header = parse_safetensors_header(bytes, bytes.size(), "f");
  ASSERT_TRUE(header) << header.error().to_string();
  ASSERT_EQ(header->tensors.size(), 3u);
  EXPECT_EQ(header->tensors[0].name, "a");
  EXPECT_TRUE(header->tensors[0].shape.empty());
  EXPECT_EQ(header->tensors[1].shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(header->metadata.at("format"), "pt");
  EXPECT_EQ(header->data_offset, bytes.size() - 12);
}

/// A header of 640 bytes starts with 0x80 0x02 like a pickle, and is none.
TEST(SafetensorsHeader, AHeaderAsLongAsAPickleMagicIsStillAHeader) {
  std::string header = "{\"w\":" + f32("[1]", 0, 4) + "}";
  header.resize(640, ' ');
  const std::string bytes = planted(header, 4);
  ASSERT_EQ(bytes.substr(0, 2), std::string("\x80\x02", 2));
  EXPECT_TRUE(parse_safetensors_header(bytes, bytes.size(), "f"));
}

TEST(SafetensorsHeader, NamesWithControlCharactersAreShownHarmless) {
  const std::string bytes = planted("{\"a\\u001b[31m\":" + f32("[1]", 8, 4) + "}", 8);
  const auto header = parse_safetensors_header(bytes, bytes.size(), "f");
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace fantascope
