#include "app/main/desktop_engine.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "app/main/work_thread.h"
#include "app/media/clip_reader.h"
#include "app/media/image.h"
#include "app/operations/queue.h"
#include "app/operations/views.h"
#include "app/operations/worker.h"
#include "models/registry.h"

namespace fantascope {
namespace {

constexpr int kEngineNice = 10;
constexpr auto kPoll = std::chrono::milliseconds(500);
constexpr int kLivePixelsMax = 256;

void be_nice() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kEngineNice); }

/// The worker's news in the words of the window's backend.
class NewsRelay final : public WorkerListener {
 public:
  explicit NewsRelay(ui::BackendListener& listener) : listener_(listener) {}
  void job_changed(const QueueEntry& job) override {
    busy_ = job.state == JobState::kRunning || job.state == JobState::kCanceling;
    listener_.on_job(job.to_json());
    if (job.state == JobState::kDone) listener_.on_takes_changed();
  }
  void job_progress(const std::string& job_id, const Progress& progress) override {
    if (!progress.note.empty()) return;
    nlohmann::json news = {{"job_id", job_id},
                           {"phase", progress.phase == "hash" ? "prepare" : progress.phase},
                           {"elapsed_s", progress.elapsed_s},
                           {"fraction", progress.fraction},
                           {"remaining_is_partial", progress.remaining_is_partial},
                           {"peak_memory_bytes", progress.peak_memory_bytes},
                           {"remaining_s", progress.remaining_s ? nlohmann::json(*progress.remaining_s) : nlohmann::json(nullptr)}};
    if (progress.num_steps > 0) {
      news["step"] = progress.step;
      news["num_steps"] = progress.num_steps;
    }
    listener_.on_job(std::move(news));
  }
  void job_preview(const std::string& job_id, int /*step*/, const VideoFrames& frames) override {
    if (frames.num_frames < 1) return;
    RgbImage image = frame_image(frames, frames.num_frames / 2);
    if (const int longest = std::max(image.width, image.height); longest > kLivePixelsMax)
      image = resize_image(image, image.width * kLivePixelsMax / longest, image.height * kLivePixelsMax / longest);
    listener_.on_picture(job_id, std::make_shared<const RgbImage>(std::move(image)));
  }
  void take_made(const GeneratedTake&) override { listener_.on_takes_changed(); }
  bool busy() const { return busy_; }

 private:
  ui::BackendListener& listener_;
  std::atomic<bool> busy_ = false;
};

Result<ui::ClipPointer> decode(const std::string& path) {
  FANTASCOPE_TRY(const VideoFrames frames, read_frames(path));
  auto clip = std::make_shared<ui::DecodedClip>();
  clip->width = frames.width;
  clip->height = frames.height;
  clip->fps = frames.fps;
  for (int i = 0; i < frames.num_frames; ++i) clip->frames.push_back(frame_image(frames, i).pixels);
  auto sound = read_audio(path);
  if (sound)
    clip->sound = *std::move(sound);
  else if (sound.error().code != ErrorCode::kNotFound)
    return sound.error();
  return ui::ClipPointer(std::move(clip));
}

class DesktopBackend final : public ui::Backend {
 public:
  DesktopBackend(std::unique_ptr<Studio> studio, ui::BackendListener& listener)
      : studio_(std::move(studio)), listener_(listener), relay_(listener) {
    worker_thread_ = std::jthread([this](std::stop_token stop) { work(stop); });
    poll_thread_ = std::jthread([this](std::stop_token stop) { poll(stop); });
  }
  ~DesktopBackend() override {
    stop_.request_stop();
    worker_thread_.request_stop();
    poll_thread_.request_stop();
  }

  void ask(ui::Lane lane, const std::string& name, nlohmann::json arguments, Answer answer) override {
    WorkThread& thread = lane == ui::Lane::kQuick ? quick_ : lane == ui::Lane::kEstimate ? estimate_ : slow_;
    thread.post([this, name, arguments = std::move(arguments), answer = std::move(answer)] {
      OperationContext context{*studio_, stop_.get_token(), {}};
      answer(run_by_name(context, name, arguments));
      if (name.starts_with("queue ") && name != "queue list") wake();
    });
  }
  void read_clip(const std::string& path, ClipAnswer answer) override {
    decode_.post([path, answer = std::move(answer)] { answer(decode(path)); });
  }

 private:
  void wake() {
    const std::lock_guard lock(worker_mutex_);
    if (worker_ != nullptr) worker_->wake();
  }

  void work(std::stop_token stop) {
    be_nice();
    Worker worker(*studio_, {.listener = &relay_});
    {
      const std::lock_guard lock(worker_mutex_);
      worker_ = &worker;
    }
    while (!stop.stop_requested()) {
      // An error here is the queue's own (a library that cannot be read); it is tried again, and every question shows it meanwhile.
      if (auto done = worker.run(stop, WorkUntil::kStopped); !done) std::this_thread::sleep_for(kPoll);
    }
    const std::lock_guard lock(worker_mutex_);
    worker_ = nullptr;
  }

  /// Other programs change the library too: what changed is asked for again.
  void poll(std::stop_token stop) {
    std::int64_t seen = -1;
    while (!stop.stop_requested()) {
      OperationContext context{*studio_, stop, {}};
      if (const auto revision = queue_revision(context); revision && *revision != seen) {
        seen = *revision;
        // While a job runs here every step is a change; what matters of it the worker tells by itself.
        if (!relay_.busy()) listener_.on_takes_changed();
      }
      std::this_thread::sleep_for(kPoll);
    }
  }

  std::unique_ptr<Studio> studio_;
  ui::BackendListener& listener_;
  NewsRelay relay_;
  std::stop_source stop_;
  std::mutex worker_mutex_;
  Worker* worker_ = nullptr;
  WorkThread quick_, estimate_, slow_, decode_;
  std::jthread worker_thread_, poll_thread_;  // last: they end first
};

}  // namespace
}  // namespace fantascope

fantascope::ui::Backend* fantascope_open_engine(const fantascope::DesktopEngineOptions& options, fantascope::ui::BackendListener& listener,
                                                std::string& error) {
  fantascope::StudioOptions studio_options;
  studio_options.environment = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  studio_options.program_file = options.program_file;
  studio_options.families = &fantascope::builtin_families();
  auto studio = fantascope::Studio::create(std::move(studio_options));
  if (!studio) {
    error = studio.error().to_string();
    return nullptr;
  }
  return new fantascope::DesktopBackend(*std::move(studio), listener);
}
