#include "app/settings/settings.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "app/settings/home.h"

namespace fantascope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

ReadEnvironment variables(std::map<std::string, std::string> values) {
  return [values](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(Home, IsTheVariableThenTheXdgFolderThenTheUsers) {
  EXPECT_EQ(find_home(variables({{"FANTASCOPE_HOME", "/a/ü b"}, {"XDG_DATA_HOME", "/x"}, {"HOME", "/h"}}))->dir, "/a/ü b");
  EXPECT_EQ(find_home(variables({{"XDG_DATA_HOME", "/x"}, {"HOME", "/h"}}))->dir, "/x/fantascope");
  EXPECT_EQ(find_home(variables({{"XDG_DATA_HOME", "relative"}, {"HOME", "/h"}}))->dir, "/h/.local/share/fantascope");
  EXPECT_EQ(find_home(variables({{"FANTASCOPE_HOME", "rel"}}))->dir, (fs::current_path() / "rel").string());
  const auto none = find_home(variables({}));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().subject, "FANTASCOPE_HOME");
}

TEST(Home, ItsFoldersArePrivate) {
  const std::string dir = ::testing::TempDir() + "fantascope-home-" + std::to_string(::getpid());
  const Home home{dir + "/deep/home"};
  ASSERT_TRUE(create_home(home));
  for (const std::string& folder : {home.dir, home.takes(), home.work(), home.models(), home.keys(), home.exports()}) {
    EXPECT_EQ(fs::status(folder).permissions() & fs::perms::all, fs::perms::owner_all) << folder;
  }
  std::ofstream(dir + "/file") << "x";
  const auto failed = create_home(Home{dir + "/file/home"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_FALSE(failed.error().hint.empty());
  fs::remove_all(dir);
}

TEST(Home, FindsShippedModelsBesideTheProgramOrWhereTheVariableSays) {
  const std::string dir = ::testing::TempDir() + "fantascope-assets-" + std::to_string(::getpid());
  fs::create_directories(dir + "/assets/models");
  fs::create_directories(dir + "/build/release/bin");
  fs::create_directories(dir + "/usr/bin");
  fs::create_directories(dir + "/usr/share/fantascope/models");
  fs::create_directories(dir + "/other/models");
  const std::string root = fs::canonical(dir).string();
  EXPECT_THAT(find_shipped_models(variables({}), dir + "/build/release/bin/fantascope"), ::testing::ElementsAre(root + "/assets/models"));
  EXPECT_THAT(find_shipped_models(variables({}), dir + "/usr/bin/fantascope"),
              ::testing::ElementsAre(root + "/usr/share/fantascope/models"));
  EXPECT_THAT(find_shipped_models(variables({{"FANTASCOPE_ASSETS", dir + "/other"}}), dir + "/build/release/bin/fantascope"),
              ::testing::ElementsAre(root + "/other/models"));
  fs::remove_all(dir);
}

/// A change here changes files on users' disks.
TEST(SettingsTest, FieldsAreFrozen) {
  std::vector<std::string> names;
  for (const SettingField& field : setting_fields()) names.emplace_back(field.name);
  EXPECT_THAT(names, ::testing::ElementsAre("default_model", "device", "dtype", "checkpoint_interval_s", "free_space_min_mb",
                                            "prompt_in_credentials"));
}

TEST(SettingsTest, GoThereAndBackAndKeepOnlyWhatDiffers) {
  Settings settings;
  EXPECT_EQ(settings_to_json(settings), nlohmann::json::object());
  settings.dtype = "fp32";
  settings.checkpoint_interval_s = 5;
  settings.prompt_in_credentials = true;
  const auto json = settings_to_json(settings);
  EXPECT_EQ(json.size(), 3u);
  const auto read = settings_from_json(json, "settings.json");
  ASSERT_TRUE(read);
  EXPECT_EQ(settings_to_json(*read), json);
}

TEST(SettingsTest, RefuseByName) {
  const auto refused = [](const char* text) { return settings_from_json(nlohmann::json::parse(text), "settings.json").error(); };
  EXPECT_THAT(refused(R"({"colour": 1})").found, HasSubstr("colour"));
  EXPECT_THAT(refused(R"({"dtype": "int4"})").subject, HasSubstr("dtype"));
  EXPECT_THAT(refused(R"({"dtype": 4})").subject, HasSubstr("dtype"));
  EXPECT_THAT(refused(R"({"checkpoint_interval_s": -1})").subject, HasSubstr("checkpoint_interval_s"));
  EXPECT_THAT(refused(R"({"free_space_min_mb": 1.5})").subject, HasSubstr("free_space_min_mb"));
  EXPECT_THAT(refused(R"({"prompt_in_credentials": "yes"})").subject, HasSubstr("prompt_in_credentials"));
  EXPECT_EQ(refused("[]").code, ErrorCode::kInvalidArgument);
}

TEST(SettingsTest, AFileThatIsNotThereIsTheDefaultsAndABadOneIsAnError) {
  const std::string path = ::testing::TempDir() + "fantascope-settings-" + std::to_string(::getpid()) + ".json";
  EXPECT_EQ(read_settings(path)->default_model, "previz");
  Settings settings;
  settings.default_model = "ünï";
  ASSERT_TRUE(write_settings(path, settings));
  EXPECT_EQ(read_settings(path)->default_model, "ünï");
  std::ofstream(path) << "{\"dtype\": \"bf16\",";
  EXPECT_EQ(read_settings(path).error().code, ErrorCode::kBadFile);
  fs::remove(path);
}

}  // namespace
}  // namespace fantascope
