#pragma once
/// From a checked request to rows of the queue: what a job needs of the user's files is copied into its folder first.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/jobs/job_queue.h"
#include "app/operations/generate.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/studio.h"

namespace fantascope {

/// The folder of `out` is there and `out` can be a clip.
Result<void> check_out(const std::string& out);
/// clip.mp4, or clip-2.mp4 for the second of several.
std::string out_name(const std::string& out, int take, int num_takes);

/// Refused if the home's disk has less room than `bytes`.
Result<void> check_space(const Studio& studio, std::uint64_t bytes);
Error disk_error(const std::string& folder, std::uint64_t needed, std::uint64_t available);

/// One job a take, with seeds counting up; pictures lie in the jobs' folders. Nothing is accepted yet: see JobQueue::accept.
Result<std::vector<NewJob>> make_jobs(Studio& studio, const GenerateRequest& request, const PlannedGeneration& plan);
/// One job for `order`, with the pictures of `original` (from its folder, or its take's if it is done).
Result<std::vector<NewJob>> make_duplicate(Studio& studio, const Job& original, const JobOrder& order);
/// Accepts them, or leaves nothing behind.
Result<std::vector<Job>> accept_jobs(Studio& studio, JobQueue& queue, std::span<const NewJob> jobs, AcceptFor who);
void remove_work(const Studio& studio, const JobId& id);

}  // namespace fantascope
