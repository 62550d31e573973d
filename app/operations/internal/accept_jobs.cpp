#include "app/operations/internal/accept_jobs.h"

#include <filesystem>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "app/media/image.h"
#include "app/operations/internal/continuation.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/internal/work_folder.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kImageBytesMax = std::uint64_t{256} << 20;

/// Copies a picture into the job's folder, so that the job does not depend on the user's file staying as it is.
Result<RecipeConditioning> keep_image(const std::string& kind, const std::string& path, const std::string& dir) {
  FANTASCOPE_TRY(const std::string bytes, read_file(path, kImageBytesMax));
  const std::string file = kind + (bytes.starts_with("\x89PNG") ? ".png" : bytes.starts_with("\xff\xd8") ? ".jpg" : ".webp");
  FANTASCOPE_TRY_VOID(write_file(dir + "/" + file, bytes));
  FANTASCOPE_TRY_VOID([&]() -> Result<void> {
    auto image = load_image(dir + "/" + file);
    if (image) return {};
    Error error = image.error();
    error.subject = path;
    return error;
  }());
  return RecipeConditioning{kind, sha256_text(bytes), file};
}

Result<NewJob> make_job(Studio& studio, const GenerateRequest& request, const PlannedGeneration& plan, int take) {
  NewJob job{JobId::random(), kGenerateJob, "", plan.recipe.sketch_steps > 0 ? plan.recipe.sketch_steps : plan.recipe.steps};
  JobOrder order{plan.recipe, plan.model.info.dir, request.wav, request.png, "", request.save_latents};
  order.recipe.seed += static_cast<std::uint64_t>(take);
  order.linked = plan.model.origin == "linked";
  if (request.out) order.out = fs::absolute(out_name(*request.out, take + 1, request.takes)).string();
  const std::string dir = work_dir(studio.home(), job.job_id);
  const auto kept = [&]() -> Result<void> {
    if (plan.parent) {
      FANTASCOPE_TRY_VOID(create_private_dir(dir));
      FANTASCOPE_TRY_VOID(keep_parent(*plan.parent, dir, order));
    }
    for (const auto& [kind, path] : {std::pair{"first_image", request.image}, std::pair{"last_image", request.last_image}}) {
      if (!path) continue;
      FANTASCOPE_TRY_VOID(create_private_dir(dir));
      FANTASCOPE_TRY(const RecipeConditioning item, keep_image(kind, *path, dir));
      order.recipe.conditioning.push_back(item);
    }
    // The folder's name is durable before the row that relies on it.
    return order.recipe.conditioning.empty() && !plan.parent ? Result<void>() : sync_dir(studio.home().work());
  }();
  if (!kept) {
    remove_work(studio, job.job_id);
    return kept.error();
  }
  job.recipe = order_to_text(order);
  return job;
}

}  // namespace

Result<void> check_out(const std::string& out) {
  std::error_code error;
  const fs::path folder = fs::path(out).has_parent_path() ? fs::path(out).parent_path() : fs::path(".");
  if (!fs::is_directory(folder, error))
    return Error{ErrorCode::kInvalidArgument,
                 "the folder of the output file is not there",
                 "out",
                 folder.string(),
                 "an existing folder",
                 "Make it first"};
  if (fs::is_directory(out, error))
    return Error{ErrorCode::kInvalidArgument, "the output is a folder", "out", out, "a file name", "Add a file name, such as clip.mp4"};
  if (fs::path(out).extension() != ".mp4") {
    return Error{ErrorCode::kInvalidArgument,       "clips are MP4 files",      "out",
                 fs::path(out).filename().string(), "a name that ends in .mp4", ""};
  }
  return {};
}

std::string out_name(const std::string& out, int take, int num_takes) {
  if (num_takes == 1) return out;
  const fs::path path(out);
  return (path.parent_path() / (path.stem().string() + "-" + std::to_string(take) + path.extension().string())).string();
}

Error disk_error(const std::string& folder, std::uint64_t needed, std::uint64_t available) {
  return {ErrorCode::kIo,
          "there is not enough free space for this clip",
          folder,
          std::to_string(available >> 20) + " MiB free",
          "at least " + std::to_string(needed >> 20) + " MiB",
          "Free some space, choose a smaller size, or set FANTASCOPE_HOME to another disk"};
}

Result<void> check_space(const Studio& studio, std::uint64_t bytes) {
  FANTASCOPE_TRY(const std::uint64_t available, studio.free_space(studio.home().dir));
  return available < bytes ? Result<void>(disk_error(studio.home().dir, bytes, available)) : Result<void>();
}

void remove_work(const Studio& studio, const JobId& id) { WorkFolder(work_dir(studio.home(), id), "").remove(); }

Result<std::vector<NewJob>> make_jobs(Studio& studio, const GenerateRequest& request, const PlannedGeneration& plan) {
  std::vector<NewJob> jobs;
  for (int take = 0; take < request.takes; ++take) {
    auto job = make_job(studio, request, plan, take);
    if (!job) {
      for (const NewJob& made : jobs) remove_work(studio, made.job_id);
      return job.error();
    }
    jobs.push_back(*std::move(job));
  }
  return jobs;
}

Result<std::vector<NewJob>> make_duplicate(Studio& studio, const Job& original, const JobOrder& order) {
  NewJob job{JobId::random(), original.kind, order_to_text(order), original.num_steps};
  const std::string dir = work_dir(studio.home(), job.job_id);
  const auto kept = [&]() -> Result<void> {
    for (const RecipeConditioning& item : order.recipe.conditioning) {
      const std::string folder =
          original.state == JobState::kDone ? take_dir(studio.home(), original.take_id) : work_dir(studio.home(), original.job_id);
      FANTASCOPE_TRY_VOID(create_private_dir(dir));
      FANTASCOPE_TRY(const std::string bytes, read_file(folder + "/" + item.file, kImageBytesMax));
      FANTASCOPE_TRY_VOID(write_file(dir + "/" + item.file, bytes));
    }
    return order.recipe.conditioning.empty() ? Result<void>() : sync_dir(studio.home().work());
  }();
  if (!kept) {
    remove_work(studio, job.job_id);
    return kept.error();
  }
  return std::vector<NewJob>{job};
}

Result<std::vector<Job>> accept_jobs(Studio& studio, JobQueue& queue, std::span<const NewJob> jobs, AcceptFor who) {
  auto accepted = queue.accept(jobs, who);
  if (!accepted) {
    for (const NewJob& job : jobs) remove_work(studio, job.job_id);
  }
  return accepted;
}

}  // namespace fantascope
