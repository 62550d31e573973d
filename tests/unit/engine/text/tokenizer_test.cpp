#include "engine/text/tokenizer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace fantascope {
namespace {

namespace fs = std::filesystem;

nlohmann::json read_json(const fs::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

/// Every text of a cases file against the ids that the `tokenizers` package gave.
void expect_cases(const fs::path& tokenizer_path, const fs::path& cases_path) {
  const auto tokenizer = Tokenizer::open(tokenizer_path.string());
  ASSERT_TRUE(tokenizer) << tokenizer.error().to_string();
  const auto cases = read_json(cases_path);
  ASSERT_FALSE(cases.empty());
  for (const auto& item : cases) {
    const auto ids = tokenizer->encode(item["text"].get<std::string>());
    ASSERT_TRUE(ids) << ids.error().to_string();
    ASSERT_EQ(*ids, item["ids"].get<std::vector<std::int32_t>>()) << tokenizer_path << ": " << item["text"].dump();
  }
}

TEST(Tokenizer, GivesTheIdsOfTheTokenizersPackage) {
  const char* other = std::getenv("FANTASCOPE_TOKENIZER_CASES");
  const fs::path root = other != nullptr ? fs::path(other) : fs::path(FANTASCOPE_SOURCE_DIR) / "tests/unit/engine/text/cases";
  int num_tokenizers = 0;
  for (const auto& folder : fs::directory_iterator(root)) {
    expect_cases(folder.path(), folder.path() / "cases.json");
    ++num_tokenizers;
  }
  EXPECT_GE(num_tokenizers, 10);
}

TEST(Tokenizer, AgreesWithEveryParityFixture) {
  const fs::path root = fs::path(FANTASCOPE_SOURCE_DIR) / "../shared/parity/fixtures";
  if (!fs::exists(root)) GTEST_SKIP() << "no parity fixtures beside this checkout";
  int num_fixtures = 0;
  for (const auto& folder : fs::directory_iterator(root)) {
    const auto tokenizer = folder.path() / "model/tokenizer/tokenizer.json";
    if (!fs::exists(tokenizer) || !fs::exists(folder.path() / "tokenizer_cases.json")) continue;
    const auto model = read_json(tokenizer)["model"];
    if (model["type"] != "BPE" || !model["byte_fallback"]) continue;  // kinds that are refused, see below
    expect_cases(tokenizer, folder.path() / "tokenizer_cases.json");
    ++num_fixtures;
  }
  EXPECT_GE(num_fixtures, 3);
}

/// A tokenizer that is right, as an object to plant mistakes in.
nlohmann::json good() {
  return nlohmann::json::parse(
      R"({"version":"1.0","added_tokens":[{"id":0,"content":"<unk>","special":true}],"normalizer":null,"pre_tokenizer":null,
    "post_processor":null,"model":{"type":"BPE","unk_token":"<unk>","byte_fallback":false,"fuse_unk":true,
    "vocab":{"<unk>":0,"a":1,"b":2,"ab":3},"merges":[["a","b"]]}})");
}

/// Of this process, so that a busy machine does not count.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Error refusal(const std::string& json) {
  const double start = cpu_seconds();
  auto tokenizer = Tokenizer::parse(json, "tokenizer.json");
  EXPECT_LT(cpu_seconds() - start, 2.0);
  EXPECT_FALSE(tokenizer) << json.substr(0, 300);
  return tokenizer ? Error{} : tokenizer.error();
}

struct Planted {
  const char* what;
  const char* pointer;  // JSON pointer of what is replaced
  const char* value;
  ErrorCode code;
  const char* message;  // part of it
};

class BadTokenizer : public ::testing::TestWithParam<Planted> {};

TEST_P(BadTokenizer, IsRefusedByName) {
  auto json = good();
  json[nlohmann::json::json_pointer(GetParam().pointer)] = nlohmann::json::parse(GetParam().value);
  const Error error = refusal(json.dump());
  EXPECT_EQ(error.code, GetParam().code) << error.to_string();
  EXPECT_NE(error.message.find(GetParam().message), std::string::npos) << error.to_string();
  EXPECT_NE(error.message.find("tokenizer.json"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadTokenizer,
    ::testing::Values(
        // 27: merges that name unknown tokens; ids with gaps, negative, 2^31
        Planted{"MergeOfUnknownToken", "/model/merges", R"([["a","b"],["a","z"]])", ErrorCode::kBadFile,
                "entry 1 (\"a\", \"z\") needs token \"z\""},
        Planted{"MergeWithoutResult", "/model/merges", R"([["b","a"]])", ErrorCode::kBadFile, "needs token \"ba\""},
        Planted{"MergeOfThree", "/model/merges", R"(["a b c"])", ErrorCode::kBadFile, "merges: entry 0 is not a pair"},
        Planted{"MergeTripleList", "/model/merges", R"([["a","b"],["a","b","c"]])", ErrorCode::kBadFile, "merges: entry 1 is not a pair"},
        Planted{"MergeSingleList", "/model/merges", R"([["a"]])", ErrorCode::kBadFile, "merges: entry 0 is not a pair"},
        Planted{"MergeOfNumbers", "/model/merges", R"([[1,2]])", ErrorCode::kBadFile, "merges: a number where it may not be"},
        Planted{"IdGap", "/model/vocab/ab", "7", ErrorCode::kBadFile, "id 7 of token \"ab\" leaves a gap"},
        Planted{"IdNegative", "/model/vocab/ab", "-3", ErrorCode::kBadFile, "id of token \"ab\" is -3"},
        Planted{"IdTwoToThe31", "/model/vocab/ab", "2147483648", ErrorCode::kBadFile, "id of token \"ab\" is 2147483648"},
        Planted{"IdFraction", "/model/vocab/ab", "1.5", ErrorCode::kBadFile, "id of token \"ab\" is 1.5"},
        Planted{"IdHuge", "/model/vocab/ab", "1e300", ErrorCode::kBadFile, "id of token \"ab\""},
        Planted{"IdText", "/model/vocab/ab", "\"3\"", ErrorCode::kBadFile, "vocab: a text where it may not be"},
        Planted{"IdTwice", "/model/vocab/ab", "1", ErrorCode::kBadFile, "id 1 belongs to two tokens"},
        Planted{"AddedIdMismatch", "/added_tokens/0/id", "2", ErrorCode::kBadFile, "\"<unk>\" has id 2, but vocab says 0"},
        Planted{"AddedIdNegative", "/added_tokens/0/id", "-1", ErrorCode::kBadFile, "entry 0: id value outside 0…2147483647"},
        Planted{"AddedNoContent", "/added_tokens/0", R"({"id":0})", ErrorCode::kBadFile, "content is missing"},
        Planted{"AddedNotAList", "/added_tokens", "3", ErrorCode::kBadFile, "added_tokens must be a list"},
        Planted{"UnkUnknown", "/model/unk_token", "\"zz\"", ErrorCode::kBadFile, "unk_token \"zz\" is not in vocab"},
        Planted{"VocabEmpty", "/model/vocab", "{}", ErrorCode::kBadFile, "vocab must be an object"},
        Planted{"ModelMissing", "/model", "null", ErrorCode::kBadFile, "must be an object"},
        // 28: regular expressions are never run
        Planted{"RegexSplit", "/pre_tokenizer", R"({"type":"Split","pattern":{"Regex":"(a+)+$"},"behavior":"Removed","invert":false})",
                ErrorCode::kUnsupported, "regular expressions"},
        Planted{"RegexReplace", "/normalizer", R"({"type":"Replace","pattern":{"Regex":"(a|a)*b"},"content":""})", ErrorCode::kUnsupported,
                "regular expressions"},
        Planted{"ByteLevel", "/pre_tokenizer", R"({"type":"ByteLevel","add_prefix_space":false})", ErrorCode::kUnsupported,
                "ByteLevel is not supported"},
        Planted{"Precompiled", "/normalizer", R"({"type":"Precompiled","precompiled_charsmap":"AAAA"})", ErrorCode::kUnsupported,
                "Precompiled is not supported"},
        Planted{"Unigram", "/model", R"({"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0]]})", ErrorCode::kUnsupported,
                "\"Unigram\" is not supported"},
        Planted{"Dropout", "/model/dropout", "0.1", ErrorCode::kUnsupported, "dropout"},
        Planted{"EmptyPattern", "/normalizer", R"({"type":"Replace","pattern":{"String":""},"content":"x"})", ErrorCode::kUnsupported,
                "empty String"},
        // post-processors
        Planted{"PostUnknown", "/post_processor", R"({"type":"BertProcessing","sep":["a",1],"cls":["b",2]})", ErrorCode::kUnsupported,
                "BertProcessing"},
        Planted{"PostLosesText", "/post_processor", R"({"type":"TemplateProcessing","single":[],"pair":[],"special_tokens":{}})",
                ErrorCode::kBadFile, "no Sequence"},
        Planted{
            "PostIdOutside", "/post_processor",
            R"({"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"x":{"id":"x","ids":[99],"tokens":["x"]}}})",
            ErrorCode::kBadFile, "ids value outside 0…3"}),
    [](const auto& info) { return std::string(info.param.what); });

TEST(Tokenizer, RefusesBadByteTokens) {  // 29
  for (const char* token : {"<0x-1>", "<0xZZ>", "<0x1>", "<0x123>", "<0x>"}) {
    auto json = good();
    json["model"]["byte_fallback"] = true;
    json["model"]["vocab"][token] = 4;
    const Error error = refusal(json.dump());
    EXPECT_NE(error.message.find("bad byte token"), std::string::npos) << token << ": " << error.to_string();
  }
}

TEST(Tokenizer, RefusesTextThatIsNotATokenizer) {
  EXPECT_NE(refusal("").message.find("not valid JSON"), std::string::npos);
  EXPECT_NE(refusal("[]").message.find("must be an object"), std::string::npos);
  EXPECT_NE(refusal("{\"model\":{\"vocab\":{\"a\":0,\"a\":1}}}").message.find("duplicate key \"a\""), std::string::npos);
  EXPECT_NE(refusal("{\"a\":1,\"a\":2}").message.find("duplicate key \"a\""), std::string::npos);
  EXPECT_NE(refusal("{\"model\":{\"vocab\":{\"\xFF\":0}}}").message.find("not UTF-8 at byte 20"), std::string::npos);
  EXPECT_NE(refusal("{\"normalizer\":" + std::string(100'000, '[')).message.find("nested deeper than 64"), std::string::npos);
  EXPECT_NE(refusal("{\"model\":{\"vocab\":" + std::string(100'000, '[')).message.find("nested deeper than 64"), std::string::npos);
  std::string many = "{\"x\":[";
  for (int i = 0; i < 1'100'000; ++i) many += "0,";
  EXPECT_NE(refusal(many + "0]}").message.find("more than 1000000 values"), std::string::npos);
}

TEST(Tokenizer, MissingFileIsNamed) {
  const auto tokenizer = Tokenizer::open("/nowhere/tokenizer.json");
  ASSERT_FALSE(tokenizer);
  EXPECT_EQ(tokenizer.error().code, ErrorCode::kNotFound);
}

TEST(Tokenizer, RefusesPromptsThatAreNotUtf8) {
  const auto tokenizer = Tokenizer::parse(good().dump(), "tokenizer.json");
  ASSERT_TRUE(tokenizer);
  const auto ids = tokenizer->encode("a\xED\xA0\x80");  // a lone surrogate
  ASSERT_FALSE(ids);
  EXPECT_NE(ids.error().message.find("byte 1"), std::string::npos);
}

TEST(Tokenizer, CutsTheEndAndKeepsSpecials) {
  auto json = good();
  json["post_processor"] = nlohmann::json::parse(
      R"({"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"s","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"s","type_id":0}}],"special_tokens":{"s":{"id":"s","ids":[0],"tokens":["s"]}}})");
  const auto tokenizer = Tokenizer::parse(json.dump(), "tokenizer.json");
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(*tokenizer->encode("aaaa", SpecialTokens::kAdd, 4), (std::vector<std::int32_t>{0, 1, 1, 0}));
  EXPECT_EQ(*tokenizer->encode("aaaa", SpecialTokens::kNone, 2), (std::vector<std::int32_t>{1, 1}));
  EXPECT_FALSE(tokenizer->encode("a", SpecialTokens::kAdd, 1));
}

TEST(Tokenizer, LongTextsTakeNLogN) {
  const auto tokenizer = Tokenizer::parse(good().dump(), "tokenizer.json");
  ASSERT_TRUE(tokenizer);
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "ab";
  const double start = cpu_seconds();
  const auto ids = tokenizer->encode(text);
  EXPECT_LT(cpu_seconds() - start, 2.0) << "a scan for every merge would take 10^10 steps";
  ASSERT_TRUE(ids);
  EXPECT_EQ(ids->size(), 100'000u);
}

}  // namespace
}  // namespace fantascope
