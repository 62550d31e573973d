// What the window asks about takes that come from each other: the family of one, the sketches of a shot as cells, single frames.
#include "app/operations/lineage.h"

#include <gmock/gmock.h>

#include "app/library/shot_store.h"
#include "app/media/clip_reader.h"
#include "app/media/image.h"
#include "app/operations/continue.h"
#include "app/operations/views.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {
namespace {

using nlohmann::json;

class Lineage : public ::testing::Test {
 protected:
  void SetUp() override {
    scratch_.add_model("tiny");
    auto studio = Studio::create(scratch_.options());
    ASSERT_TRUE(studio) << studio.error().to_string();
    studio_ = *std::move(studio);
  }
  GeneratedTake make(const GenerateRequest& request) {
    OperationContext call{*studio_, {}, {}};
    const auto takes = generate(call, request);
    EXPECT_TRUE(takes) << takes.error().to_string();
    return takes ? takes->front() : GeneratedTake{};
  }
  GeneratedTake sketch(int seed) {
    GenerateRequest request;
    request.prompt = "a red ball";
    request.model = "tiny";
    request.seed = seed;
    request.sketch = true;
    return make(request);
  }
  json ask(const char* name, const json& arguments) {
    OperationContext call{*studio_, {}, {}};
    const auto answer = run_by_name(call, name, arguments);
    EXPECT_TRUE(answer) << answer.error().to_string();
    return answer ? *answer : json();
  }
  Scratch scratch_;
  std::unique_ptr<Studio> studio_;
};

TEST_F(Lineage, TheFamilyOfATakeIsFoundFromAnyOfItsMembers) {
  const GeneratedTake first = sketch(1), other = sketch(2);
  const GeneratedTake whole = make(finish_request(first.take_id));
  const GeneratedTake remix = make(remix_request(whole.take_id, "a blue cube", 0.5)),
                      again = make(remix_request(whole.take_id, "a green cone", 0.5));
  for (const GeneratedTake* from : {&first, &whole, &remix}) {
    const json family = ask("view lineage", {{"take_id", from->take_id}});
    std::vector<std::string> ids, links;
    for (const json& take : family["takes"]) ids.push_back(take["take_id"]);
    for (const json& link : family["links"])
      links.push_back(link["take_id"].get<std::string>() + " " + link["relation"].get<std::string>());
    EXPECT_THAT(ids, ::testing::UnorderedElementsAre(first.take_id, whole.take_id, remix.take_id, again.take_id));
    EXPECT_THAT(links, ::testing::UnorderedElementsAre(whole.take_id + " finish", remix.take_id + " remix", again.take_id + " remix"));
    EXPECT_EQ(family["takes"][0]["take_id"], from->take_id) << "the nearest first";
  }
  EXPECT_TRUE(ask("view lineage", {{"take_id", other.take_id}})["links"].empty());
}

TEST_F(Lineage, WhatWasFinishedStandsInItsSketchsCell) {
  const GeneratedTake first = sketch(1), second = sketch(2);
  const GeneratedTake whole = make(finish_request(first.take_id));
  Shot shot;
  shot.shot_id = ShotId::random();
  ShotStore store(**studio_->library());
  ASSERT_TRUE(store.put(shot));
  std::vector<JobId> jobs;
  for (const GeneratedTake* take : {&first, &second, &whole}) jobs.push_back(*JobId::parse(take->job_id));
  ASSERT_TRUE(store.attach_jobs(shot.shot_id, jobs));
  const json cells = ask("view sketches", {{"shot_id", shot.shot_id.text()}})["cells"];
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_EQ(cells[0]["sketch_id"], first.take_id);
  EXPECT_EQ(cells[0]["take_id"], whole.take_id);
  EXPECT_EQ(cells[0]["sketch_steps"], 0);
  EXPECT_EQ(cells[1]["take_id"], second.take_id);
  EXPECT_GT(cells[1]["sketch_steps"], 0);
  EXPECT_EQ(ask("view sketches", {{"shot_id", shot.shot_id.text()}, {"limit", 1}})["cells"][0]["take_id"], second.take_id)
      << "the newest ones";
}

TEST_F(Lineage, AFrameIsWrittenOnceAsItIsInTheClip) {
  const GeneratedTake take = sketch(1);
  const json last = ask("library frame", {{"take", take.take_id}});
  EXPECT_EQ(last["frame"], take.recipe.frames);
  const auto picture = load_image(last["path"]);
  ASSERT_TRUE(picture) << picture.error().to_string();
  const auto frames = read_frames(take.path);
  ASSERT_TRUE(frames);
  EXPECT_EQ(picture->pixels, frame_image(*frames, take.recipe.frames - 1).pixels);
  EXPECT_EQ(ask("library frame", {{"take", take.take_id}, {"frame", take.recipe.frames}})["path"], last["path"]);
  OperationContext call{*studio_, {}, {}};
  const auto refused = run_by_name(call, "library frame", {{"take", take.take_id}, {"frame", take.recipe.frames + 1}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().subject, "frame");
}

}  // namespace
}  // namespace fantascope::testing
