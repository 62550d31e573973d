#include "app/jobs/job_state.h"

#include <gtest/gtest.h>

namespace fantascope {
namespace {

TEST(JobState, MovesPairByPair) {
  // Rows are from, columns to, both in the order of kJobStates.
  constexpr const char* kMoves[] = {
      // queued running paused canceling canceled failed parked done
      ".rp.c.k.",  // queued
      "q.pg.fkd",  // running
      "q...c...",  // paused
      "....cf.d",  // canceling
      "........",  // canceled
      "q...c...",  // failed
      "q...c...",  // parked
      "........",  // done
  };
  for (std::size_t from = 0; from < kJobStates.size(); ++from) {
    for (std::size_t to = 0; to < kJobStates.size(); ++to) {
      EXPECT_EQ(can_move(kJobStates[from], kJobStates[to]), kMoves[from][to] != '.')
          << job_state_name(kJobStates[from]) << " to " << job_state_name(kJobStates[to]);
    }
  }
  static_assert(can_move(JobState::kQueued, JobState::kRunning));
  static_assert(!can_move(JobState::kDone, JobState::kQueued));
}

TEST(JobState, NamesReadBack) {
  for (const JobState state : kJobStates) EXPECT_EQ(parse_job_state(job_state_name(state)), state);
  for (const JobPhase phase : kJobPhases) EXPECT_EQ(parse_job_phase(job_phase_name(phase)), phase);
  EXPECT_FALSE(parse_job_state("Queued"));
  EXPECT_FALSE(parse_job_phase(""));
}

}  // namespace
}  // namespace fantascope
