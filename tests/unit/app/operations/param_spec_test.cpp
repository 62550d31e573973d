#include "app/operations/param_spec.h"

#include <gmock/gmock.h>

namespace fantascope {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const OperationSpec& spec() {
  static const OperationSpec kSpec = {"try",
                                      "for tests",
                                      {{.name = "prompt", .type = ParamType::kText, .positional = true, .required = true, .bytes_max = 10},
                                       {.name = "num_frames", .type = ParamType::kInteger, .min = 1, .max = 100},
                                       {.name = "seed", .type = ParamType::kInteger, .min = 0, .max = INT64_MAX},
                                       {.name = "scale", .type = ParamType::kNumber, .min_number = 0, .max_number = 2},
                                       {.name = "size", .type = ParamType::kSize},
                                       {.name = "fps", .type = ParamType::kRate},
                                       {.name = "snap", .type = ParamType::kSwitch},
                                       {.name = "dtype", .type = ParamType::kChoice, .choices = "bf16|fp32"}}};
  return kSpec;
}

Result<json> with(const char* text) {
  json arguments = json::parse(text);
  if (!arguments.contains("prompt")) arguments["prompt"] = "ball";
  return check_arguments(spec(), arguments);
}

TEST(ParamSpec, TakesGoodValuesAndNormalisesThem) {
  const auto checked = with(
      R"({"num_frames": 100, "seed": 9223372036854775807, "scale": 2, "size": "64X48", "fps": 23.976, "snap": true, "dtype": "fp32"})");
  ASSERT_TRUE(checked) << checked.error().to_string();
  EXPECT_EQ((*checked)["size"], "64x48");
  EXPECT_EQ((*checked)["fps"], "2997/125");
  EXPECT_EQ((*checked)["seed"], INT64_MAX);
  EXPECT_FALSE(with("{}")->contains("scale")) << "what was not given stays away";
}

TEST(ParamSpec, RefusesEachBadValueByItsName) {
  const std::pair<const char*, const char*> cases[] = {{R"({"num_frames": 0})", "num_frames"},
                                                       {R"({"num_frames": 101})", "num_frames"},
                                                       {R"({"num_frames": 1.5})", "num_frames"},
                                                       {R"({"num_frames": "7"})", "num_frames"},
                                                       {R"({"num_frames": true})", "num_frames"},
                                                       {R"({"num_frames": null})", "num_frames"},
                                                       {R"({"seed": 9223372036854775808})", "seed"},
                                                       {R"({"seed": 1208925819614629174706176})", "seed"},
                                                       {R"({"seed": -1})", "seed"},
                                                       {R"({"scale": 2.1})", "scale"},
                                                       {R"({"scale": "1"})", "scale"},
                                                       {R"({"size": "64"})", "size"},
                                                       {R"({"size": "64x"})", "size"},
                                                       {R"({"size": "-1x5"})", "size"},
                                                       {R"({"size": "64x48x2"})", "size"},
                                                       {R"({"size": [64, 48]})", "size"},
                                                       {R"({"fps": 0})", "fps"},
                                                       {R"({"fps": "1/0"})", "fps"},
                                                       {R"({"fps": {}})", "fps"},
                                                       {R"({"snap": 1})", "snap"},
                                                       {R"({"dtype": "bf16|fp32"})", "dtype"},
                                                       {R"({"dtype": ""})", "dtype"},
                                                       {R"({"prompt": "more than ten"})", "prompt"},
                                                       {R"({"prompt": 5})", "prompt"},
                                                       {R"({"prompt": "a\u0000b"})", "prompt"},
                                                       {R"({"num-frames": 5})", "num-frames"},
                                                       {R"({"unknown": 5})", "unknown"}};
  for (const auto& [text, field] : cases) {
    const auto refused = with(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument) << text;
    EXPECT_EQ(refused.error().subject, field) << text;
    EXPECT_FALSE(refused.error().allowed.empty()) << text;
  }
  EXPECT_EQ(check_arguments(spec(), json::object()).error().subject, "prompt") << "required";
  EXPECT_FALSE(check_arguments(spec(), json::array()));
  EXPECT_FALSE(check_arguments(spec(), json::parse(R"({"prompt": "x", "scale": 1e999})", nullptr, false)));
}

TEST(ParamSpec, ReadsTextOfTheCommandLine) {
  const auto parse = [](const char* name, const char* text) {
    for (const ParamSpec& param : spec().params) {
      if (std::string(name) == param.name) return parse_param(param, text);
    }
    return Result<json>(Error{});
  };
  EXPECT_EQ(*parse("num_frames", "42"), 42);
  EXPECT_EQ(*parse("scale", "1.5"), 1.5);
  EXPECT_EQ(*parse("fps", "24000/1001"), "24000/1001");
  EXPECT_EQ(*parse("snap", "false"), false);
  for (const auto& [name, text] : {std::pair{"num_frames", ""},
                                   {"num_frames", "4x"},
                                   {"num_frames", " 4"},
                                   {"num_frames", "0x10"},
                                   {"num_frames", "99999999999999999999"},
                                   {"scale", "nan"},
                                   {"scale", "inf"},
                                   {"scale", "1,5"},
                                   {"scale", ""},
                                   {"snap", "yes"},
                                   {"fps", "fast"}}) {
    EXPECT_FALSE(parse(name, text)) << name << "=" << text;
  }
  EXPECT_EQ(flag_name(spec().params[1]), "--num-frames");
}

TEST(ParamSpec, GivesTheSchemaOfTheSameRows) {
  const json schema = arguments_schema(spec());
  EXPECT_EQ(schema["required"], json::array({"prompt"}));
  EXPECT_EQ(schema["properties"]["num_frames"]["maximum"], 100);
  EXPECT_EQ(schema["properties"]["dtype"]["enum"], json::array({"bf16", "fp32"}));
  EXPECT_EQ(schema["additionalProperties"], false);
}

}  // namespace
}  // namespace fantascope
