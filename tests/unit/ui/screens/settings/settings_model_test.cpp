#include "ui/screens/settings/settings_model.h"

#include <gtest/gtest.h>

#include <QLocale>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

struct SettingsTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    auto& handlers = studio.backend.handlers;
    handlers["view settings"] = [this](const json&) {
      return json{{"fields",
                   {{{"name", "default_model"}, {"help", "h"}, {"value", "m"}, {"in_use", "m"}, {"allowed", ""}},
                    {{"name", "dtype"}, {"help", "h"}, {"value", "bf16"}, {"in_use", "fp32"}, {"allowed", "bf16|fp32"}},
                    {{"name", "free_space_min_mb"}, {"help", "h"}, {"value", space}, {"in_use", 500}, {"allowed", ""}},
                    {{"name", "something_new"}, {"help", "h"}, {"value", true}, {"in_use", true}, {"allowed", ""}}}}};
    };
    handlers["view home"] = [](const json&) {
      return json{{"folders", {{{"name", "takes"}, {"path", "/home/takes"}, {"size_bytes", 18'000'000}}}},
                  {"free_bytes", 5'000'000'000},
                  {"version", "0.1.0"}};
    };
    handlers["set setting"] = [this](const json& arguments) -> Result<json> {
      set = arguments;
      if (arguments["value"] == 1)
        return Error{ErrorCode::kInvalidArgument, "too little space", "free_space_min_mb", "1", "100 and more", ""};
      space = arguments["value"];
      return json::object();
    };
    studio.open();
  }
  FakeStudio studio;
  json set, space = 500;
};

TEST_F(SettingsTest, EveryFieldOfTheTableIsShownAsWhatItIs) {
  SettingsModel model(studio.context);
  FakeStudio::settle();
  ASSERT_EQ(model.fields().size(), 4);
  const auto kind = [&](int i) { return model.fields()[i].toMap()[u"kind"_s].toString(); };
  EXPECT_EQ(kind(0), u"text"_s);
  EXPECT_EQ(kind(1), u"choice"_s);
  EXPECT_EQ(kind(2), u"number"_s);
  EXPECT_EQ(kind(3), u"switch"_s);
  EXPECT_EQ(model.fields()[3].toMap()[u"title"_s].toString(), u"something new"_s) << "a setting without a title of its own is not lost";
  EXPECT_TRUE(model.fields()[1].toMap()[u"later"_s].toBool()) << "in use from the next start on";
}

TEST_F(SettingsTest, AChangeIsKeptAtOnceWithItsType) {
  SettingsModel model(studio.context);
  FakeStudio::settle();
  model.set(u"free_space_min_mb"_s, u"800"_s);
  FakeStudio::settle();
  EXPECT_EQ(set["value"], 800);
  EXPECT_TRUE(set["value"].is_number_integer());
  EXPECT_EQ(model.fields()[2].toMap()[u"value"_s].toInt(), 800);
}

TEST_F(SettingsTest, ARefusedValueIsSaidAndTheOldOneStands) {
  SettingsModel model(studio.context);
  FakeStudio::settle();
  model.set(u"free_space_min_mb"_s, 1);
  FakeStudio::settle();
  EXPECT_TRUE(studio.notices.isError());
  EXPECT_EQ(model.fields()[2].toMap()[u"value"_s].toInt(), 500);
}

TEST_F(SettingsTest, FoldersAreShownWithWhatTheyHold) {
  SettingsModel model(studio.context);
  FakeStudio::settle();
  ASSERT_EQ(model.folders().size(), 1);
  EXPECT_EQ(model.folders()[0].toMap()[u"sizeText"_s], u"18 MB"_s);
  EXPECT_TRUE(model.freeText().contains(u"5.0 GB"_s));
}

}  // namespace
}  // namespace fantascope::ui
