#pragma once
/// Rows of jobs as front ends see them.
#include "app/jobs/job_queue.h"
#include "app/operations/internal/job_runner.h"
#include "app/operations/queue.h"

namespace fantascope {

QueueEntry to_entry(const Job& job);
QueueRule to_rule(const QueueRuleRow& row);
GeneratedTake to_take(const Studio& studio, const Job& job, const FinishedJob& finished);

/// Why no job may start now by this rule; empty if one may. `own_load` is what this program itself adds to the load while it works.
std::string why_waiting(const QueueRule& rule, int minute_of_day, double load_average, double own_load);

}  // namespace fantascope
