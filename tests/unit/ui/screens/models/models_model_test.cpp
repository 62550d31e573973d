#include "ui/screens/models/models_model.h"

#include <gtest/gtest.h>

#include <QLocale>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

struct ModelsTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    auto& handlers = studio.backend.handlers;
    handlers["view memory"] = [](const json&) { return json{{"total_bytes", 20'000'000'000}, {"used_bytes", 1}}; };
    handlers["models list"] = [](const json&) {
      const json usual = {{"size", "192x128"}, {"frames", 25}, {"fps", "12"}, {"steps", 12}};
      return json{{"models",
                   {{{"name", "small"}, {"dir", "/s"}, {"weights_bytes", 60'000'000}, {"origin", "shipped"}, {"defaults", usual}},
                    {{"name", "large"}, {"dir", "/l"}, {"weights_bytes", 44'000'000'000}, {"origin", "linked"}, {"defaults", usual}}}},
                  {"broken", {{{"dir", "/b"}, {"error", {{"message", "the file is incomplete"}}}}}}};
    };
    handlers["models verify"] = [this](const json&) { return verify; };
    studio.open();
  }
  QVariantMap model(const ModelsModel& models, int i) { return models.models().value(i).toMap(); }
  FakeStudio studio;
  json verify = {{"ok", true}, {"num_files", 7}};
};

TEST_F(ModelsTest, SaysWhatFitsThisMachineWithNumbers) {
  ModelsModel models(studio.context);
  FakeStudio::settle();
  EXPECT_TRUE(model(models, 0)[u"fits"_s].toBool());
  EXPECT_FALSE(model(models, 1)[u"fits"_s].toBool());
  EXPECT_TRUE(model(models, 1)[u"fitText"_s].toString().contains(u"44.0 GB"_s));
  EXPECT_TRUE(model(models, 0)[u"usual"_s].toString().contains(u"192×128"_s));
  ASSERT_EQ(models.broken().size(), 1);
  EXPECT_EQ(models.broken()[0].toMap()[u"title"_s], u"the file is incomplete"_s);
}

TEST_F(ModelsTest, CheckingAModelNamesWhatIsWrong) {
  ModelsModel models(studio.context);
  FakeStudio::settle();
  models.checkFiles(u"/s"_s);
  EXPECT_FALSE(models.checks().value(u"/s"_s).toString().isEmpty()) << "says that it reads";
  FakeStudio::settle();
  EXPECT_TRUE(models.checks().value(u"/s"_s).toString().contains(QLatin1Char('7')));
  verify = {{"ok", false}, {"problems", {"vae.safetensors ends at 1.2 of 4.9 GB"}}};
  models.checkFiles(u"/s"_s);
  FakeStudio::settle();
  EXPECT_EQ(models.checks().value(u"/s"_s).toString(), u"vae.safetensors ends at 1.2 of 4.9 GB"_s);
}

TEST_F(ModelsTest, AFolderThatCannotBeLinkedIsSaid) {
  studio.backend.handlers["models add"] = [](const json&) -> Result<json> {
    return Error{ErrorCode::kBadFile, "this is not a model", "/x", "", "", ""};
  };
  ModelsModel models(studio.context);
  FakeStudio::settle();
  models.link(u"/x"_s);
  FakeStudio::settle();
  EXPECT_TRUE(studio.notices.isError());
}

}  // namespace
}  // namespace fantascope::ui
