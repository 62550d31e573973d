#include "ui/bridge/job_feed.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/fake_backend.h"
#include "ui/bridge/job_list_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

json job(const char* id, const char* state, int step = 0) {
  return {{"job_id", id},  {"state", state}, {"phase", "denoise"}, {"step", step}, {"num_steps", 30}, {"prompt", "a red ball bounces"},
          {"take_id", "t"}};
}
constexpr int kAfterFlush_ms = 160;

}  // namespace

TEST(JobFeed, HandsOverTheNewestOfManyNewsAtOnce) {
  FakeStudio studio;
  int changes = 0;
  QObject::connect(&studio.jobs, &JobFeed::jobChanged, [&changes] { ++changes; });
  std::thread worker([&studio] {
    studio.jobs.on_job(job("a", "running"));
    for (int step = 1; step <= 20; ++step) studio.jobs.on_job({{"job_id", "a"}, {"step", step}});
  });
  worker.join();
  FakeStudio::settle(kAfterFlush_ms);
  ASSERT_TRUE(studio.jobs.jobs().contains(u"a"_s));
  EXPECT_EQ(studio.jobs.jobs()[u"a"_s].job["step"], 20);
  EXPECT_EQ(studio.jobs.jobs()[u"a"_s].job["prompt"], "a red ball bounces");
  EXPECT_LE(changes, 2);
}

TEST(JobFeed, ProgressNeverPushesOutAChangeOfState) {
  FakeStudio studio;
  studio.jobs.on_job(job("a", "running"));
  FakeStudio::settle(kAfterFlush_ms);
  QString ended;
  QObject::connect(&studio.jobs, &JobFeed::jobEnded, [&ended](const QString&, const QString& state) { ended = state; });
  studio.jobs.on_job(job("a", "done", 30));
  studio.jobs.on_job({{"job_id", "a"}, {"fraction", 1.0}});
  FakeStudio::settle(kAfterFlush_ms);
  EXPECT_EQ(ended, u"done"_s);
  EXPECT_TRUE(studio.jobs.jobs().isEmpty());
}

TEST(JobFeed, ProgressOfAnUnknownJobIsNoJob) {
  FakeStudio studio;
  studio.jobs.on_job({{"job_id", "ghost"}, {"step", 3}});
  FakeStudio::settle(kAfterFlush_ms);
  EXPECT_TRUE(studio.jobs.jobs().isEmpty());
}

TEST(JobListModel, ListsWhatRunsThenWhatWaitsThenWhatNeedsAPerson) {
  FakeStudio studio;
  JobListModel model(studio.context);
  studio.jobs.setJobs(json::array({job("f", "failed"), job("q1", "queued"), job("r", "running", 14), job("q2", "queued")}));
  ASSERT_EQ(model.count(), 4);
  EXPECT_EQ(model.idAt(0), u"r"_s);
  EXPECT_EQ(model.idAt(1), u"q1"_s);
  EXPECT_EQ(model.idAt(2), u"q2"_s);
  EXPECT_EQ(model.idAt(3), u"f"_s);
  EXPECT_NE(model.data(model.index(0), JobListModel::LineRole).toString().indexOf(u"step 14 of 30"_s), -1);
  EXPECT_NE(JobListModel::summary(studio.jobs).indexOf(u"then"_s), -1);
}

TEST(JobListModel, SaysHowLongIsLeftOnlyWhereItIsKnown) {
  JobFeed::JobNews news;
  news.job = job("a", "running", 3);
  EXPECT_EQ(job_line(news).indexOf(u"left"_s), -1);
  news.job["remaining_s"] = 38.0;
  EXPECT_NE(job_line(news).indexOf(u"about 40 s left"_s), -1);
  news.job["remaining_is_partial"] = true;
  EXPECT_NE(job_line(news).indexOf(u"at least"_s), -1);
}

TEST(JobListModel, ShowsOnlyTheJobsOfItsShot) {
  FakeStudio studio;
  JobListModel model(studio.context);
  model.setOnlyThese(true);
  studio.jobs.setJobs(json::array({job("a", "queued"), job("b", "queued")}));
  EXPECT_EQ(model.count(), 0);
  model.setJobIds({u"b"_s});
  ASSERT_EQ(model.count(), 1);
  EXPECT_EQ(model.idAt(0), u"b"_s);
}

}  // namespace fantascope::ui
