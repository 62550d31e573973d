#include "ui/bridge/operations.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using nlohmann::json;

TEST(Operations, WhatTheEarlyBackendKnowsIsAnsweredBeforeTheEngineIsThere) {
  FakeStudio studio;
  FakeBackend early;
  early.handlers["view takes"] = [](const json&) { return json{{"seqs", {3, 2, 1}}}; };
  QObject context;
  std::size_t takes = 0;
  int listed = 0;
  studio.operations.ask(Lane::kQuick, "view takes", {}, &context,
                        [&](Result<json> answer) { takes = answer ? (*answer)["seqs"].size() : 99; });
  studio.operations.ask(Lane::kQuick, "queue list", {}, &context, [&](Result<json>) { ++listed; });
  FakeStudio::settle();
  EXPECT_EQ(takes, 0u) << "nobody is there to ask";
  studio.operations.setEarlyBackend(&early, {"view takes"});
  FakeStudio::settle();
  EXPECT_EQ(takes, 3u);
  EXPECT_EQ(listed, 0);
  EXPECT_FALSE(studio.operations.ready());
  EXPECT_EQ(early.count("queue list"), 0);
  studio.open();
  EXPECT_EQ(listed, 1);
  studio.operations.ask(Lane::kQuick, "view takes", {}, &context, [](Result<json>) {});
  FakeStudio::settle();
  EXPECT_EQ(early.count("view takes"), 1) << "the engine's backend is there now";
  EXPECT_EQ(studio.backend.count("view takes"), 1);
}

TEST(Operations, AnEarlyBackendThatComesTooLateIsLeftAlone) {
  FakeStudio studio;
  FakeBackend early;
  studio.open();
  studio.operations.setEarlyBackend(&early, {"view takes"});
  QObject context;
  studio.operations.ask(Lane::kQuick, "view takes", {}, &context, [](Result<json>) {});
  FakeStudio::settle();
  EXPECT_EQ(early.count("view takes"), 0);
}

TEST(Operations, ALongAnswerIsMadeIntoWhatIsWantedOfIt) {
  FakeStudio studio;
  studio.backend.handlers["view takes"] = [](const json&) { return json{{"seqs", {5, 4}}}; };
  studio.open();
  QObject context;
  using Seqs = std::vector<int>;
  const auto ask = [&](const char* field) {
    Result<Seqs> came = Seqs{};
    studio.operations.askAs<Seqs>(
        Lane::kQuick, "view takes", {}, &context, [field](const json& answer) { return answer.at(field).get<Seqs>(); },
        [&came](Result<Seqs> answer) { came = std::move(answer); });
    FakeStudio::settle();
    return came;
  };
  const auto seqs = ask("seqs");
  ASSERT_TRUE(seqs);
  EXPECT_EQ(*seqs, (Seqs{5, 4}));
  const auto none = ask("numbers");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().subject, "view takes");
}

}  // namespace fantascope::ui
