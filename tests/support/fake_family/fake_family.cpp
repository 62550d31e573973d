#include "tests/support/fake_family/fake_family.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;

std::uint64_t mix(std::uint64_t value) {  // splitmix64
  value += 0x9e3779b97f4a7c15ull;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
  return value ^ (value >> 31);
}

std::uint64_t hash_bytes(const std::string& bytes) {
  std::uint64_t hash = 1469598103934665603ull;
  for (const char c : bytes) hash = mix(hash ^ static_cast<unsigned char>(c));
  return hash;
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class FakeState final : public PhaseState {
 public:
  FakeState(int step, std::vector<std::uint64_t> values) : step_(step), values_(std::move(values)) {}
  int step() const override { return step_; }
  const std::vector<std::uint64_t>& values() const { return values_; }
  Result<void> save(const std::string& path) const override {
    std::ofstream file(path, std::ios::binary);
    file << "FAKE " << step_ << " " << values_.size() << "\n";
    file.write(reinterpret_cast<const char*>(values_.data()), static_cast<std::streamsize>(values_.size() * 8));
    file.flush();
    if (!file) return Error{ErrorCode::kIo, "cannot write the state", path, std::strerror(errno), "", ""};
    return {};
  }
  std::string sha256() const override {
    std::string hex;
    std::uint64_t hash = mix(static_cast<std::uint64_t>(step_));
    for (const std::uint64_t value : values_) hash = mix(hash ^ value);
    for (int i = 0; i < 4; ++i) {
      char text[17];
      std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(mix(hash + static_cast<unsigned>(i))));
      hex += text;
    }
    return hex;
  }

 private:
  int step_;
  std::vector<std::uint64_t> values_;
};

ModelInfo describe(const std::string& dir) {
  ModelInfo info;
  info.name = fs::path(dir).filename().string();
  info.family = "fake";
  const auto index = nlohmann::json::parse(read_all(dir + "/model_index.json"), nullptr, false);
  info.licence = index.is_object() ? index.value("licence", "Apache-2.0") : "Apache-2.0";
  info.dir = dir;
  std::error_code error;
  info.weights_bytes = fs::file_size(dir + "/weights.safetensors", error);
  info.size_multiple = 16;
  info.size_min = 16;
  info.size_max = 256;
  info.frames_max = 97;
  info.steps_max = 50;
  info.defaults.width = 64;
  info.defaults.height = 48;
  info.defaults.num_frames = 9;
  info.defaults.fps = {12, 1};
  info.defaults.num_inference_steps = 4;
  return info;
}

void wait_ms(const nlohmann::json& behaviour, const char* key) {
  if (behaviour.contains(key)) std::this_thread::sleep_for(std::chrono::milliseconds(behaviour[key].get<int>()));
}

/// Value i of a state stands for latent frame i * F / 16; those that a retake leaves alone.
bool stays(const GenerationRequest& request, std::size_t i, std::size_t count) {
  const ParentClip& parent = request.parent;
  if (!parent.latents || parent.retake_latent_frames == 0) return false;
  const std::size_t frames = static_cast<std::size_t>(request.num_frames - 1) / 8 + 1, frame = i * frames / count;
  const auto first = static_cast<std::size_t>(parent.retake_latent_frame);
  return frame < first || frame >= first + static_cast<std::size_t>(parent.retake_latent_frames);
}

std::atomic<int> models_loaded = 0;

class FakePipeline final : public Pipeline {
 public:
  ~FakePipeline() override { --models_loaded; }
  explicit FakePipeline(const std::string& dir)
      : info_(describe(dir)),
        behaviour_(nlohmann::json::parse(read_all(dir + "/model_index.json"))),
        weights_(hash_bytes(read_all(dir + "/weights.safetensors"))) {
    ++models_loaded;
    wait_ms(behaviour_, "load_ms");
  }
  const ModelInfo& info() const override { return info_; }
  Result<void> validate(const GenerationRequest& request) const override {
    if (request.prompt.size() > 4096)
      return Error{ErrorCode::kInvalidArgument,
                   "the prompt has too many tokens",
                   "prompt",
                   std::to_string(request.prompt.size()),
                   "4096",
                   "Shorten it"};
    return {};
  }
  std::vector<PromptWarning> prompt_warnings(const std::string& prompt) const override {
    if (prompt.find("dragon") == std::string::npos) return {};
    return {{"dragon", info_.name + " does not know: dragon"}};
  }
  Result<SamplingPlan> sampling_plan(const GenerationRequest& request) const override {
    SamplingPlan plan{"FakeScheduler", "FakeSampler", {}};
    for (int i = 0; i <= request.num_inference_steps; ++i)
      plan.sigmas.push_back(1.0 - static_cast<double>(i) / request.num_inference_steps);
    return plan;
  }
  Result<std::shared_ptr<PhaseState>> encode_prompt(const GenerationRequest& request, RunContext& context) override {
    if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped"};
    return std::shared_ptr<PhaseState>(std::make_shared<FakeState>(0, std::vector<std::uint64_t>{hash_bytes(request.prompt), weights_}));
  }
  Result<std::shared_ptr<PhaseState>> start(const GenerationRequest& request, RunContext&) override {
    std::vector<std::uint64_t> noise(16);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = mix(request.seed * 31 + i);
    if (request.first_image) noise[0] ^= hash_bytes(std::string(request.first_image->pixels.begin(), request.first_image->pixels.end()));
    for (std::size_t i = 0; i < noise.size(); ++i) {
      if (stays(request, i, noise.size())) noise[i] = dynamic_cast<const FakeState&>(*request.parent.latents).values().at(i);
    }
    return std::shared_ptr<PhaseState>(std::make_shared<FakeState>(0, noise));
  }
  Result<std::shared_ptr<PhaseState>> denoise(const GenerationRequest& request, const PhaseState& prompt_embeds, const PhaseState& state,
                                              RunContext& context, int until_step) override {
    const auto& embeds = dynamic_cast<const FakeState&>(prompt_embeds);
    std::vector<std::uint64_t> values = dynamic_cast<const FakeState&>(state).values();
    const int last = until_step < 0 ? request.num_inference_steps : until_step;
    for (int step = state.step(); step < last; ++step) {
      if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped"};
      wait_ms(behaviour_, "step_ms");
      while (behaviour_.value("hang_at_step", -1) == step + 1 && !fs::exists(info_.dir + "/go_on"))
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (behaviour_.value("nan_at_step", -1) == step + 1) {
        return Error{ErrorCode::kModelNaN, "the model produced NaN at step " + std::to_string(step + 1), info_.name, "", "",
                     "Try --dtype fp32"};
      }
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!stays(request, i, values.size()))
          values[i] = mix(values[i] ^ embeds.values()[0] ^ (embeds.values()[1] + static_cast<unsigned>(step)));
      }
      if (context.on_step) context.on_step(step + 1, request.num_inference_steps);
      if (context.on_state) FANTASCOPE_TRY_VOID(context.on_state(FakeState(step + 1, values)));
    }
    return std::shared_ptr<PhaseState>(std::make_shared<FakeState>(last, values));
  }
  Result<VideoFrames> preview(const PhaseState& state) const override {
    wait_ms(behaviour_, "preview_ms");
    const auto& values = dynamic_cast<const FakeState&>(state).values();
    VideoFrames frames{2, 2, 1, info_.defaults.fps, std::vector<float>(12)};
    for (std::size_t i = 0; i < frames.rgb.size(); ++i) frames.rgb[i] = static_cast<float>(values[i] % 256) / 255.0f;
    return frames;
  }
  Result<VideoFrames> decode_video(const GenerationRequest& request, const PhaseState& latents, RunContext& context) override {
    wait_ms(behaviour_, "decode_ms");
    if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped"};
    if (behaviour_.contains("decode_error") && !fs::exists(info_.dir + "/decode_good"))
      return Error{ErrorCode::kOutOfMemory, behaviour_["decode_error"].get<std::string>()};
    const auto& values = dynamic_cast<const FakeState&>(latents).values();
    VideoFrames frames{request.width, request.height, request.num_frames, request.fps, {}};
    frames.rgb.resize(static_cast<std::size_t>(request.width) * static_cast<std::size_t>(request.height) *
                      static_cast<std::size_t>(request.num_frames) * 3);
    for (std::size_t i = 0; i < frames.rgb.size(); ++i)
      frames.rgb[i] = static_cast<float>((values[(i / 97) % values.size()] >> (i % 7)) % 256) / 255.0f;
    if (context.on_fraction) context.on_fraction(1.0);
    return frames;
  }
  Result<Waveform> decode_audio(const GenerationRequest& request, const PhaseState& latents, RunContext& context) override {
    if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped"};
    const auto& values = dynamic_cast<const FakeState&>(latents).values();
    Waveform waveform{16000, 1, static_cast<std::int64_t>(std::lround(request.num_frames / request.fps.value() * 16000)), {}};
    waveform.samples.resize(static_cast<std::size_t>(waveform.num_samples));
    const double pitch = 200.0 + static_cast<double>(values[0] % 400);
    for (std::size_t i = 0; i < waveform.samples.size(); ++i)
      waveform.samples[i] = 0.3f * static_cast<float>(std::sin(2 * M_PI * pitch * static_cast<double>(i) / 16000));
    if (behaviour_.value("nan_sound", false)) waveform.samples[7] = std::numeric_limits<float>::quiet_NaN();
    return waveform;
  }
  Result<std::shared_ptr<PhaseState>> load_state(const std::string& path) const override {
    std::ifstream file(path, std::ios::binary);
    std::string word;
    int step = 0;
    std::size_t count = 0;
    file >> word >> step >> count;
    if (!file || word != "FAKE" || count > 1024) return Error{ErrorCode::kBadFile, "not a state", path};
    file.get();
    std::vector<std::uint64_t> values(count);
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * 8));
    if (!file) return Error{ErrorCode::kBadFile, "the state is cut off", path};
    return std::shared_ptr<PhaseState>(std::make_shared<FakeState>(step, std::move(values)));
  }

 private:
  ModelInfo info_;
  nlohmann::json behaviour_;
  std::uint64_t weights_;
};

}  // namespace

int fake_models_loaded() { return models_loaded; }

const std::vector<ModelFamily>& fake_families() {
  static const std::vector<ModelFamily> families = [] {
    ModelFamily family;
    family.id = "fake";
    family.detect = [](const std::string& dir) {
      const auto index = nlohmann::json::parse(read_all(dir + "/model_index.json"), nullptr, false);
      return index.is_object() && index.value("_class_name", "") == "FakePipeline";
    };
    family.describe = [](const std::string& dir) -> Result<ModelInfo> { return describe(dir); };
    family.load = [](const std::string& dir, const LoadOptions&) -> Result<std::unique_ptr<Pipeline>> {
      if (!fs::exists(dir + "/weights.safetensors"))
        return Error{ErrorCode::kNotFound, "a weight file is missing", dir + "/weights.safetensors", "", "", ""};
      return std::unique_ptr<Pipeline>(std::make_unique<FakePipeline>(dir));
    };
    family.parity = [](const std::string& dir, const LoadOptions&, const std::function<void(const ParityRow&)>& on_row) -> Result<void> {
      on_row({"first", 1e-6, 5e-5, true, ""});
      on_row({"second", 1e-3, 5e-5, !fs::exists(dir + "/bad"), ""});
      return {};
    };
    return std::vector<ModelFamily>{family};
  }();
  return families;
}

std::string make_fake_model(const std::string& parent, const std::string& name, const nlohmann::json& behaviour,
                            const std::string& weights) {
  const std::string dir = parent + "/" + name;
  fs::create_directories(dir);
  nlohmann::json index = behaviour;
  index["_class_name"] = "FakePipeline";
  std::ofstream(dir + "/model_index.json") << index.dump();
  std::ofstream(dir + "/weights.safetensors", std::ios::binary) << weights;
  return dir;
}

}  // namespace fantascope::testing
