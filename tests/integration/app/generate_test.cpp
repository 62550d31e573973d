#include "app/operations/generate.h"
#include "app/operations/estimate.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <sched.h>
#include <csignal>

#include "app/files/sha256.h"
#include "app/media/clip_reader.h"
#include "app/media/image.h"
#include "app/operations/library_operations.h"
#include "app/operations/reproduce.h"
#include "app/provenance/credentials.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Generate : public ::testing::Test {
 protected:
  void open(StudioOptions options) {
    auto studio = Studio::create(std::move(options));
    ASSERT_TRUE(studio) << studio.error().to_string();
    studio_ = *std::move(studio);
  }
  void open() { open(scratch_.options()); }
  OperationContext context() {
    return {*studio_, stop_.get_token(), [this](const Progress& progress) {
              if (progress.note.empty())
                seen_.push_back(progress);
              else
                notes_.push_back(progress.note);
            }};
  }
  GenerateRequest request(const std::string& model = "tiny") {
    GenerateRequest request;
    request.prompt = "A red ball, \"quoted\" ünïcode 🦊";
    request.model = model;
    request.seed = 7;
    return request;
  }
  Result<std::vector<GeneratedTake>> make(const GenerateRequest& request) {
    OperationContext call = context();
    return generate(call, request);
  }

  Scratch scratch_;
  std::unique_ptr<Studio> studio_;
  std::stop_source stop_;
  std::vector<Progress> seen_;
  std::vector<std::string> notes_;
};

TEST_F(Generate, MakesASignedTakeWithEverythingInItsFolder) {
  scratch_.add_model("tiny");
  open();
  const auto takes = make(request());
  ASSERT_TRUE(takes) << takes.error().to_string();
  const GeneratedTake& take = takes->front();
  const std::string dir = scratch_.home() + "/takes/" + take.take_id;
  EXPECT_EQ(take.path, dir + "/clip.mp4");
  for (const char* name : {"clip.mp4", "recipe.json", "poster.webp", "filmstrip.jpg", "latents.safetensors"})
    EXPECT_TRUE(fs::is_regular_file(dir + "/" + name)) << name;
  const auto clip = probe_clip(take.path);
  ASSERT_TRUE(clip) << clip.error().to_string();
  EXPECT_EQ(clip->num_frames, 9);
  EXPECT_EQ(clip->width, 64);
  EXPECT_TRUE(clip->has_audio);
  const auto credentials = read_credentials(take.path, read_text(scratch_.home() + "/keys/signing_root.pem"));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->state, CredentialState::kTrusted);
  EXPECT_EQ(credentials->manifest_json.find("red ball"), std::string::npos) << "the prompt is private unless asked for";
  const auto recipe = read_recipe(dir + "/recipe.json");
  ASSERT_TRUE(recipe) << recipe.error().to_string();
  EXPECT_EQ(recipe->prompt, request().prompt);
  EXPECT_EQ(recipe->sigmas, (std::vector<double>{1, 0.75, 0.5, 0.25, 0}));
  EXPECT_EQ(recipe->weights.at("weights.safetensors"), sha256_text("weights"));
  EXPECT_EQ(recipe_sha256(*recipe), take.recipe_sha256);
  for (const char* name : {"text", "denoise", "decode", "audio", "mux", "sign", "total"})
    EXPECT_TRUE(take.timings_s.contains(name)) << name;
  EXPECT_EQ(scratch_.num_work_folders(), 0u);
  EXPECT_EQ(scratch_.takes().size(), 1u);
}

TEST_F(Generate, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  scratch_.add_model("tiny");
  open();
  const auto first = make(request()), second = make(request());
  GenerateRequest other = request();
  other.seed = 8;
  const auto third = make(other);
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(first->front().unsigned_sha256, second->front().unsigned_sha256);
  EXPECT_EQ(first->front().latents_sha256, second->front().latents_sha256);
  EXPECT_EQ(first->front().recipe_sha256, second->front().recipe_sha256);
  EXPECT_NE(first->front().take_id, second->front().take_id);
  EXPECT_NE(first->front().unsigned_sha256, third->front().unsigned_sha256);
}

TEST_F(Generate, CountsSeedsUpOverSeveralTakes) {
  scratch_.add_model("tiny");
  open();
  GenerateRequest several = request();
  several.takes = 3;
  several.out = scratch_.root() + "/clip.mp4";
  const auto takes = make(several);
  ASSERT_TRUE(takes) << takes.error().to_string();
  ASSERT_EQ(takes->size(), 3u);
  EXPECT_EQ((*takes)[2].recipe.seed, 9u);
  EXPECT_EQ((*takes)[1].out_path, scratch_.root() + "/clip-2.mp4");
  EXPECT_EQ(read_text((*takes)[1].out_path), read_text((*takes)[1].path));
}

TEST_F(Generate, NamesWordsThatTheModelDoesNotKnow) {
  scratch_.add_model("tiny");
  open();
  GenerateRequest dragon = request();
  dragon.prompt = "a dragon";
  const auto takes = make(dragon);
  ASSERT_TRUE(takes);
  EXPECT_THAT(takes->front().warnings, ::testing::Contains(HasSubstr("does not know: dragon")));
  EXPECT_THAT(notes_, ::testing::Contains(HasSubstr("does not know: dragon")));
}

TEST_F(Generate, KeepsLatentsWhenDecodeFailsAndGoesOnFromThem) {
  const std::string model = scratch_.add_model("tiny", {{"decode_error", "out of memory in decode"}});
  open();
  const auto failed = make(request());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kOutOfMemory);
  EXPECT_THAT(failed.error().hint, HasSubstr("latents are kept"));
  EXPECT_TRUE(scratch_.takes().empty());
  ASSERT_EQ(scratch_.num_work_folders(), 1u);

  std::ofstream(model + "/decode_good") << "1";
  OperationContext call = context();
  const auto jobs = run_operation(*find_operation("queue list"), call, nlohmann::json::object());
  ASSERT_TRUE(jobs);
  ASSERT_EQ((*jobs)["jobs"].size(), 1u);
  EXPECT_EQ((*jobs)["jobs"][0]["state"], "failed");
  EXPECT_EQ((*jobs)["jobs"][0]["phase"], "decode");
  ASSERT_TRUE(run_operation(*find_operation("queue retry"), call, {{"job", (*jobs)["jobs"][0]["job_id"]}}));
  seen_.clear();
  const auto worked = run_operation(*find_operation("worker"), call, {{"until_idle", true}});
  ASSERT_TRUE(worked) << worked.error().to_string();
  EXPECT_EQ((*worked)["done"].size(), 1u);
  for (const Progress& progress : seen_) EXPECT_NE(progress.phase, "denoise") << "sampling is never repeated";
  ASSERT_EQ(scratch_.takes().size(), 1u);
  EXPECT_EQ(scratch_.num_work_folders(), 0u);
}

TEST_F(Generate, EndsWithTheStepWhenTheModelProducesNaN) {
  scratch_.add_model("tiny", {{"nan_at_step", 3}});
  open();
  const auto failed = make(request());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kModelNaN);
  EXPECT_THAT(failed.error().message, HasSubstr("NaN at step 3"));
  EXPECT_TRUE(scratch_.takes().empty());
}

TEST_F(Generate, RefusesSoundWithNaN) {
  scratch_.add_model("tiny", {{"nan_sound", true}});
  open();
  const auto failed = make(request());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kModelNaN);
  EXPECT_TRUE(scratch_.takes().empty());
}

TEST_F(Generate, SaysHowMuchSpaceIsMissingBeforeItStarts) {
  scratch_.add_model("tiny");
  StudioOptions options = scratch_.options();
  options.free_space = [](const std::string&) -> Result<std::uint64_t> { return std::uint64_t{100} << 20; };
  open(std::move(options));
  const auto failed = make(request());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_EQ(failed.error().subject, scratch_.home());
  EXPECT_THAT(failed.error().found, HasSubstr("100 MiB free"));
  EXPECT_TRUE(seen_.empty());
}

TEST_F(Generate, UsesAPictureAsItWasWhenTheJobWasAccepted) {
  scratch_.add_model("tiny");
  open();
  RgbImage image{32, 32, std::vector<std::uint8_t>(32 * 32 * 3, 200)};
  const std::string path = scratch_.root() + "/first.png";
  ASSERT_TRUE(write_png(path, image));
  GenerateRequest with_image = request();
  with_image.image = path;
  const auto takes = make(with_image), without = make(request());
  ASSERT_TRUE(takes) << takes.error().to_string();
  ASSERT_TRUE(without);
  EXPECT_NE(takes->front().unsigned_sha256, without->front().unsigned_sha256);
  ASSERT_EQ(takes->front().recipe.conditioning.size(), 1u);
  fs::remove(path);
  OperationContext call = context();
  const auto again = reproduce(call, takes->front().take_id);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_TRUE(again->equal);
}

TEST_F(Generate, PressesAPictureAsAVideoWouldWhereThatIsAskedFor) {
  scratch_.add_model("tiny");
  open();
  RgbImage image{32, 32, std::vector<std::uint8_t>(32 * 32 * 3, 200)};
  for (std::size_t i = 0; i < image.pixels.size(); i += 7) image.pixels[i] = static_cast<std::uint8_t>(i % 251);
  GenerateRequest plain = request();
  plain.image = scratch_.root() + "/first.png";
  ASSERT_TRUE(write_png(*plain.image, image));
  GenerateRequest pressed = plain;
  pressed.image_crf = 33;
  const auto as_it_is = make(plain), as_a_video = make(pressed);
  ASSERT_TRUE(as_it_is && as_a_video) << as_a_video.error().to_string();
  EXPECT_EQ(as_it_is->front().recipe.image_crf, 0);  // what this model asks for
  EXPECT_EQ(as_a_video->front().recipe.image_crf, 33);
  EXPECT_NE(as_it_is->front().unsigned_sha256, as_a_video->front().unsigned_sha256);
  OperationContext call = context();
  EXPECT_TRUE(reproduce(call, as_a_video->front().take_id)->equal);
  // Without a picture it means nothing, and stays out of the recipe.
  pressed.image.reset();
  EXPECT_EQ(make(pressed)->front().recipe_sha256, make(request())->front().recipe_sha256);
}

TEST_F(Generate, RefusesAPictureThatIsNone) {
  scratch_.add_model("tiny");
  open();
  std::ofstream(scratch_.root() + "/bad.png") << "#EXTM3U\n/etc/passwd\n";
  GenerateRequest bad = request();
  bad.image = scratch_.root() + "/bad.png";
  const auto failed = make(bad);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().subject, *bad.image);
  EXPECT_EQ(scratch_.num_work_folders(), 0u);
}

TEST_F(Generate, EstimateSaysNotMeasuredFirstAndTheMeasuredTimeAfterwards) {
  scratch_.add_model("tiny", {{"step_ms", 20}});
  open();
  OperationContext call = context();
  const auto before = estimate(call, request());
  ASSERT_TRUE(before) << before.error().to_string();
  EXPECT_FALSE(before->measured);
  EXPECT_FALSE(fs::exists(scratch_.home())) << "an estimate makes no home";
  ASSERT_TRUE(make(request()));
  const auto after = estimate(call, request());
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->measured);
  EXPECT_GE(after->total_s, 0.08);
  EXPECT_LE(after->total_s, 30);
  GenerateRequest longer = request();
  longer.frames = 17;
  const auto scaled = estimate(call, longer);
  ASSERT_TRUE(scaled);
  EXPECT_GT(scaled->total_s, after->total_s);
}

// What is kept free besides is asked for once and is no part of what clips cost.
TEST_F(Generate, EstimateCountsTheClipsAndKeepsTheReserveFreeBesides) {
  scratch_.add_model("tiny");
  StudioOptions options = scratch_.options();
  std::uint64_t free = std::uint64_t{1} << 40;
  options.free_space = [&free](const std::string&) -> Result<std::uint64_t> { return free; };
  open(std::move(options));
  OperationContext call = context();
  const auto one = estimate(call, request());
  GenerateRequest more = request();
  more.takes = 4;
  const auto four = estimate(call, more);
  ASSERT_TRUE(one && four);
  EXPECT_TRUE(four->fits);
  EXPECT_EQ(four->disk_bytes, 4 * one->disk_bytes);
  EXPECT_LT(four->disk_bytes, std::uint64_t{64} << 20);
  free = four->disk_bytes + (std::uint64_t{1} << 20);  // room for the clips, none beside them
  const auto tight = estimate(call, more);
  ASSERT_TRUE(tight);
  EXPECT_FALSE(tight->fits);
  EXPECT_THAT(tight->notes, ::testing::Contains(HasSubstr("not enough free disk space")));
}

class Cancel : public Generate, public ::testing::WithParamInterface<const char*> {};

TEST_P(Cancel, LeavesNothingBehind) {
  scratch_.add_model("tiny");
  StudioOptions options = scratch_.options();
  options.fail_point = [this](const std::string& point) {
    if (point == GetParam()) stop_.request_stop();
  };
  open(std::move(options));
  const auto stopped = make(request());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(scratch_.takes().empty());
  EXPECT_EQ(scratch_.num_work_folders(), 0u);
  EXPECT_TRUE(fs::is_empty(scratch_.home() + "/takes"));
  stop_ = std::stop_source();
  OperationContext call = context();
  const auto jobs = run_operation(*find_operation("queue list"), call, {{"all", true}});
  ASSERT_TRUE(jobs);
  EXPECT_EQ((*jobs)["jobs"][0]["state"], "canceled");
}
INSTANTIATE_TEST_SUITE_P(AtEachPhase, Cancel,
                         ::testing::Values("before prepare", "after prepare", "before encode_prompt", "before denoise", "step 1", "step 3",
                                           "after denoise", "before decode", "after decode", "before audio", "before mux", "after mux",
                                           "before sign", "after sign", "before verify", "before publish", "staged"));

TEST_F(Generate, ReproducesATakeAndNamesTheFileThatDiffers) {
  const std::string model = scratch_.add_model("tiny");
  open();
  const auto takes = make(request());
  ASSERT_TRUE(takes);
  OperationContext call = context();
  const auto same = reproduce(call, takes->front().take_id.substr(0, 6));
  ASSERT_TRUE(same) << same.error().to_string();
  EXPECT_TRUE(same->equal);
  EXPECT_TRUE(same->latents_equal);
  EXPECT_TRUE(same->differences.empty());
  EXPECT_EQ(scratch_.takes().size(), 1u) << "reproduce makes no take";

  std::ofstream(model + "/weights.safetensors", std::ios::binary) << "other";
  const auto differs = reproduce(call, takes->front().take_id);
  ASSERT_FALSE(differs);
  EXPECT_EQ(differs.error().code, ErrorCode::kMismatch);
  EXPECT_THAT(differs.error().found, HasSubstr("weights: weights.safetensors"));
}

TEST_F(Generate, LibraryCheckFindsEveryPlantedFault) {
  scratch_.add_model("tiny");
  open();
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    const auto takes = make(request());
    ASSERT_TRUE(takes);
    ids.push_back(takes->front().take_id);
  }
  OperationContext call = context();
  const auto clean = check_library(call, Repair::kNo);
  ASSERT_TRUE(clean) << clean.error().to_string();
  EXPECT_TRUE(clean->ok);
  EXPECT_TRUE(clean->findings.empty()) << clean->to_json().dump(2);
  const auto dir = [&](int i) { return scratch_.home() + "/takes/" + ids[static_cast<std::size_t>(i)]; };
  {  // one bit
    std::fstream file(dir(0) + "/clip.mp4", std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(5000);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(5000);
    file.put(byte);
  }
  fs::remove(dir(1) + "/poster.webp");
  fs::resize_file(dir(2) + "/latents.safetensors", 10);
  std::ofstream(dir(3) + "/extra.txt") << "x";
  fs::create_directory(scratch_.home() + "/takes/0123456789abcdef");
  fs::create_directory(fs::path(scratch_.home()) / "work" / "0123456789abcdef");
  const auto check = check_library(call, Repair::kNo);
  ASSERT_TRUE(check);
  EXPECT_FALSE(check->ok);
  const std::string findings = check->to_json().dump();
  for (const std::string& planted : {ids[0] + "/clip.mp4", ids[1] + "/poster.webp", ids[2] + "/latents.safetensors", ids[3] + "/extra.txt",
                                     std::string("takes/0123456789abcdef"), std::string("work/0123456789abcdef")}) {
    EXPECT_THAT(findings, HasSubstr(planted));
  }
  EXPECT_EQ(check->findings.size(), 6u) << findings;
}

TEST_F(Generate, LibraryCheckEntersTakesThatLostTheirRow) {
  scratch_.add_model("tiny");
  open();
  const auto takes = make(request());
  ASSERT_TRUE(takes);
  studio_.reset();
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(scratch_.home() + "/library.db" + suffix);
  open();
  OperationContext call = context();
  const auto repaired = check_library(call, Repair::kAdoptOrphans);
  ASSERT_TRUE(repaired) << repaired.error().to_string();
  EXPECT_EQ(repaired->num_adopted, 1);
  const auto found = run_operation(*find_operation("library search"), call, {{"text", "red ball"}});
  ASSERT_TRUE(found);
  ASSERT_EQ((*found)["takes"].size(), 1u);
  EXPECT_EQ((*found)["takes"][0]["take_id"], takes->front().take_id);
  const auto again = reproduce(call, takes->front().take_id);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_TRUE(again->equal);
}

/// In a child with a home on a real file system of `kib` KiB; gives the error's code and text, or "done". Skips where mounting is not
/// allowed.
std::string generate_on_small_disk(const Scratch& scratch, int kib) {
  int channel[2];
  if (::pipe(channel) != 0) return "skip";
  const pid_t child = ::fork();
  if (child == 0) {
    std::string text = "skip";
    fs::create_directories(scratch.home());
    const std::string options = "size=" + std::to_string(kib) + "k";
    const bool mounted = (::geteuid() == 0 ? ::unshare(CLONE_NEWNS) : ::unshare(CLONE_NEWUSER | CLONE_NEWNS)) == 0 &&
                         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         ::mount("tmpfs", scratch.home().c_str(), "tmpfs", 0, options.c_str()) == 0;
    if (mounted) {
      StudioOptions studio_options = scratch.options();
      studio_options.free_space = [](const std::string&) -> Result<std::uint64_t> {
        return std::uint64_t{1} << 40;
      };  // the disk fills up later
      auto studio = Studio::create(std::move(studio_options));
      GenerateRequest request;
      request.prompt = "a ball";
      request.model = "tiny";
      request.seed = 1;
      request.size = "256x256";
      request.frames = 33;
      OperationContext context{**studio, {}, {}};
      const auto made = generate(context, request);
      text = made ? "done" : std::string(error_code_name(made.error().code)) + ": " + made.error().to_string();
      // Whatever happened: what is visible is whole, with its row or (if the row found no room) ready to be entered.
      const auto check = check_library(context, Repair::kNo);
      if (check && !check->ok) text = "damaged: " + check->to_json().dump();
      for (const auto& entry : fs::directory_iterator(scratch.home() + "/takes")) {
        if (!entry.path().filename().string().starts_with(".") && !probe_clip(entry.path().string() + "/clip.mp4"))
          text = "half-written take is visible after " + text;
      }
    }
    [[maybe_unused]] const auto written = ::write(channel[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(channel[1]);
  std::string text(4096, '\0');
  const auto count = ::read(channel[0], text.data(), text.size());
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  ::close(channel[0]);
  ::waitpid(child, nullptr, 0);
  return text.empty() ? "the process died" : text;
}

TEST(SmallDisk, AFullDiskIsAClearErrorAtEverySize) {
  int failed = 0, done = 0;
  for (const int kib : {64, 128, 192, 256, 320, 512, 1024, 2048, 4096, 16384, 65536}) {
    Scratch scratch;
    scratch.add_model("tiny");
    const std::string text = generate_on_small_disk(scratch, kib);
    if (text == "skip") GTEST_SKIP() << "mounting is not allowed here";
    SCOPED_TRACE(std::to_string(kib) + " KiB: " + text);
    if (text == "done") {
      ++done;
      continue;
    }
    ++failed;
    EXPECT_TRUE(text.starts_with("io: ")) << text;
    EXPECT_THAT(text, ::testing::AnyOf(HasSubstr("full"), HasSubstr("space"), HasSubstr("free")));
  }
  EXPECT_GE(failed, 3);
  EXPECT_GE(done, 1);
}

}  // namespace
}  // namespace fantascope::testing
