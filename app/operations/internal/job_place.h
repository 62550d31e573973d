#pragma once
/// Which shot, and so which project, new jobs belong to.
#include <optional>
#include <span>

#include "app/jobs/job_queue.h"
#include "app/library/project_store.h"
#include "app/operations/generate.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/studio.h"

namespace fantascope {

/// The project that a request names is there. Asked before anything is planned; kNotFound names the known ones.
Result<void> check_project(Studio& studio, const GenerateRequest& request);

/// Before the jobs are accepted, so that no crash leaves a take outside: with a project, the jobs get a shot of their own in it; without
/// one, a job that goes on from a take of some project stays in that take's shot. Gives the shot that was made, to be removed if the jobs
/// are not accepted.
Result<std::optional<ShotId>> place_jobs(Database& database, const GenerateRequest& request, const PlannedGeneration& plan,
                                         std::span<const NewJob> jobs);

/// Places them, then accepts them (accept_jobs.h); a shot that was made for jobs that are not accepted is removed again.
Result<std::vector<Job>> accept_placed(Studio& studio, JobQueue& queue, Database& database, const GenerateRequest& request,
                                       const PlannedGeneration& plan, std::span<const NewJob> jobs, AcceptFor who);

}  // namespace fantascope
