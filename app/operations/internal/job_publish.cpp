#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "app/operations/internal/continuation.h"
#include "app/operations/internal/job_runner.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kClipBytesMax = std::uint64_t{64} << 30;

/// A second name for the same bytes, or a copy where the file system has no links.
Result<void> place(const std::string& source, const std::string& target) {
  std::error_code error;
  fs::create_hard_link(source, target, error);
  if (error) fs::copy_file(source, target, error);
  if (error) return file_error("write", target, error.value());
  return {};
}

/// Streams a file under a new name; the target is whole or not there.
Result<void> copy_file(const std::string& source, const std::string& target) {
  std::error_code error;
  const auto size = fs::file_size(source, error);
  if (error || size > kClipBytesMax) return Error{ErrorCode::kIo, "cannot read the clip", source, error.message(), "", ""};
  FANTASCOPE_TRY(AtomicFile file, AtomicFile::create(target, {.mode = 0644, .expected_bytes = size}));
  std::FILE* input = std::fopen(source.c_str(), "rb");
  if (input == nullptr) return file_error("read", source, errno);
  std::vector<char> buffer(1 << 20);
  Result<void> done;
  for (std::size_t count = 0; done && (count = std::fread(buffer.data(), 1, buffer.size(), input)) > 0;)
    done = file.write(std::string_view(buffer.data(), count));
  if (done && std::ferror(input) != 0) done = file_error("read", source, EIO);
  std::fclose(input);
  FANTASCOPE_TRY_VOID(done);
  return file.commit();
}

}  // namespace

Result<std::vector<TakeFile>> JobRunner::stage_files(JobRun& run, const std::string& staging) {
  std::vector<std::string> names = {kClip, "poster.webp", "filmstrip.jpg", std::string(kLatentsState) + ".safetensors"};
  if (run.order.write_wav) names.push_back("audio.wav");
  for (const RecipeConditioning& item : run.order.recipe.conditioning) names.push_back(item.file);
  std::error_code error;
  for (const std::string& name : names) FANTASCOPE_TRY_VOID(place(run.work.path(name), staging + "/" + name));
  if (run.order.write_png) {
    FANTASCOPE_TRY_VOID(create_private_dir(staging + "/frames"));
    for (const auto& entry : fs::directory_iterator(run.work.path("frames"), error)) {
      const std::string name = "frames/" + entry.path().filename().string();
      FANTASCOPE_TRY_VOID(place(entry.path().string(), staging + "/" + name));
      names.push_back(name);
    }
    if (error) return file_error("read", run.work.path("frames"), error.value());
  }
  nlohmann::json recipe = recipe_to_json(run.order.recipe);
  recipe["made"] = {{"take_id", run.job.take_id.text()},      {"job_id", run.job.job_id.text()},
                    {"recipe_sha256", run.recipe_sha256},     {"latents_sha256", run.latents->sha256()},
                    {"unsigned_sha256", run.unsigned_sha256}, {"warnings", run.warnings},
                    {"timings_s", run.clock.timings()},       {"created_ms", wall_clock_ms()}};
  if (!run.order.parent_take.empty()) recipe["made"]["parent"] = {{"take_id", run.order.parent_take}, {"relation", run.order.relation}};
  if (const auto seams = read_seams(run.work.path(kSeamsFile)); !seams.empty()) recipe["made"]["seams"] = seams;
  FANTASCOPE_TRY_VOID(write_file(staging + "/recipe.json", recipe.dump(2) + "\n"));
  names.emplace_back("recipe.json");
  std::vector<TakeFile> files;
  for (const std::string& name : names) {
    FANTASCOPE_TRY(const std::string hash, sha256_file(staging + "/" + name));
    files.push_back({name, static_cast<std::int64_t>(fs::file_size(staging + "/" + name, error)), hash});
  }
  return files;
}

Result<Take> JobRunner::publish(JobRun& run) {
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kPublish));
  const Home& home = studio_.home();
  const std::string target = take_dir(home, run.job.take_id);
  const std::string staging = home.takes() + "/" + kStagingPrefix + run.job.take_id.text();
  std::error_code error;
  FANTASCOPE_TRY(const std::optional<Take> existing, takes_.find(run.job.take_id));
  if (existing) {
    FANTASCOPE_TRY_VOID(lineage_.add(run.job.take_id, run.order.parent_take, run.order.relation));
    return *existing;
  }
  // A folder without its row: the process ended between the two. What was published is whole; it is taken in as it is.
  const std::string folder = fs::exists(target, error) ? target : staging;
  std::vector<TakeFile> files;
  if (folder == staging) {
    fs::remove_all(staging, error);
    FANTASCOPE_TRY_VOID(create_private_dir(staging));
    FANTASCOPE_TRY(files, stage_files(run, staging));
    pass(run, "staged");
    if (run.engine.stop.stop_requested()) return stopped_error();
    FANTASCOPE_TRY_VOID(publish_dir(staging, target));
    pass(run, "published");
  } else {
    for (const auto& entry : fs::recursive_directory_iterator(target, error)) {
      if (!entry.is_regular_file(error)) continue;
      FANTASCOPE_TRY(const std::string hash, sha256_file(entry.path().string()));
      files.push_back({fs::relative(entry.path(), target, error).string(), static_cast<std::int64_t>(entry.file_size(error)), hash});
    }
  }
  FANTASCOPE_TRY(const std::string recipe_text, read_file(target + "/recipe.json", 8 << 20));
  NewTake take;
  take.take_id = run.job.take_id;
  take.job_id = run.job.job_id;
  take.prompt = run.order.recipe.prompt;
  take.model = run.order.recipe.model;
  take.family = run.order.recipe.family;
  take.width = run.order.recipe.width;
  take.height = run.order.recipe.height;
  take.num_frames = run.order.recipe.frames;
  take.fps = run.order.recipe.fps.to_string();
  take.seed = static_cast<std::int64_t>(run.order.recipe.seed);
  take.recipe = recipe_text;
  take.recipe_sha256 = run.recipe_sha256;
  take.latents_sha256 = run.latents->sha256();
  take.unsigned_sha256 = run.unsigned_sha256;
  take.timings = nlohmann::json(run.clock.timings()).dump();
  take.warnings = nlohmann::json(run.warnings).dump();
  take.files = std::move(files);
  FANTASCOPE_TRY(Take inserted, takes_.insert(take));
  FANTASCOPE_TRY_VOID(lineage_.add(run.job.take_id, run.order.parent_take, run.order.relation));
  leave(run, JobPhase::kPublish);
  return inserted;
}

void JobRunner::copy_out(JobRun& run, FinishedJob& finished) {
  if (run.order.out.empty()) return;
  const std::string dir = take_dir(studio_.home(), run.job.take_id);
  const auto copied = [&]() -> Result<void> {
    FANTASCOPE_TRY_VOID(copy_file(dir + "/" + kClip, run.order.out));
    if (!run.order.out_with_latents) return {};
    return copy_file(dir + "/" + kLatentsState + ".safetensors", run.order.out + ".latents.safetensors");
  }();
  if (copied) {
    finished.out_path = run.order.out;
    return;
  }
  finished.out_error = copied.error();
  finished.out_error->hint +=
      (copied.error().hint.empty() ? "" : ". ") + std::string("The clip itself is safe in the library: ") + dir + "/" + kClip;
}

}  // namespace fantascope
