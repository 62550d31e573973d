#include "training/trainer/other_cells.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <fstream>

#include "training/trainer/finished_model.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

using nlohmann::json;

constexpr std::uint64_t kClipSeed = 0x0CE11000000ULL, kNextSeed = 1000003;
constexpr double kRidge = 1e-3;  // of normalised latents' squares

Result<json> vae_config(const std::string& model_folder) {
  const std::string path = model_folder + "/vae/config.json";
  std::ifstream file(path);
  json config = json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (config.is_discarded()) return Error{ErrorCode::kBadFile, "cannot read a component's configuration", path, "", "", ""};
  const json types = config.is_object() ? config.value("upsample_type", json()) : json();
  if (!types.is_array() || !std::ranges::all_of(types, [](const json& type) { return type.is_string(); }))
    return Error{ErrorCode::kBadFile, "not a configuration of this VAE: " + path, "upsample_type", types.dump(), "a list of names", ""};
  return config;
}

// [1,3,T,H,W] frames to normalised tokens [T*H*W, C].
class OlderEncoder {
 public:
  static Result<OlderEncoder> open(const TrainableFamily& family, const std::string& model_folder) {
    OlderEncoder encoder;
    FANTASCOPE_TRY(NamedTensors tensors, finished_component(model_folder, "vae"));
    for (const char* name : {"latents_mean", "latents_std"}) {
      if (!tensors.contains(name)) return Error{ErrorCode::kBadFile, "the VAE has no scale: " + model_folder, name, "missing", "", ""};
    }
    encoder.mean_C_ = tensors.at("latents_mean").to(at::kDouble), encoder.std_C_ = tensors.at("latents_std").to(at::kDouble);
    encoder.parameters_ = std::make_shared<TrainableParameters>(at::kFloat, 0, std::move(tensors));
    FANTASCOPE_TRY(const json vae, vae_config(model_folder));
    const auto parameters = encoder.parameters_;
    FANTASCOPE_TRY(encoder.network_,
                   family.make_video_encoder({{"vae", vae}}, [parameters](const std::string&) -> ParameterSource& { return *parameters; }));
    return encoder;
  }

  at::Tensor tokens(const at::Tensor& video) const { return (network_(video)[0].flatten(1).t().to(at::kDouble) - mean_C_) / std_C_; }

 private:
  std::shared_ptr<TrainableParameters> parameters_;
  TrainableNetwork network_;
  at::Tensor mean_C_, std_C_;
};

// Sums over tokens from which both maps follow.
struct Moments {
  at::Tensor oo, nn, on;
  double count = 0;

  void add(const at::Tensor& older, const at::Tensor& newer) {
    if (count == 0) {
      oo = at::zeros({older.size(1), older.size(1)}, at::kDouble);
      nn = at::zeros({newer.size(1), newer.size(1)}, at::kDouble);
      on = at::zeros({older.size(1), newer.size(1)}, at::kDouble);
    }
    oo += at::matmul(older.t(), older), nn += at::matmul(newer.t(), newer), on += at::matmul(older.t(), newer);
    count += static_cast<double>(older.size(0));
  }

  // y = map x from sums over x x' and x y'.
  at::Tensor map(const at::Tensor& xx, const at::Tensor& xy) const {
    return at::linalg_solve(xx / count + kRidge * at::eye(xx.size(0), at::kDouble), xy / count).t();
  }
};

}  // namespace

Result<bool> has_other_cells(const std::string& model_folder, const json& vae) {
  FANTASCOPE_TRY(const json older, vae_config(model_folder));
  return older.at("upsample_type") != vae.at("upsample_type") || older.value("latent_channels", json()) != vae.at("latent_channels");
}

Result<LatentTranslation> translate_latents(const TrainConfig& config, const TrainableFamily& family, const Codecs& codecs,
                                            const std::string& model_folder, int num_clips) {
  const at::NoGradGuard no_grad;
  FANTASCOPE_TRY(const json vae, vae_config(model_folder));
  const CellShape older = cell_size(merges_of(vae)), newer = cell_size(config.codec.merges);
  if (older.time % newer.time != 0 || older.space % newer.space != 0) {
    const auto name = [](const CellShape& m) {
      return std::to_string(m.time) + " frames of " + std::to_string(m.space) + "x" + std::to_string(m.space);
    };
    return Error{ErrorCode::kUnsupported,
                 "the denoiser of the finished model cannot be translated to these latents",
                 "vae.upsample_type",
                 name(newer),
                 name(older) + " or whole fractions of them",
                 "Train the denoiser without --start"};
  }
  FANTASCOPE_TRY(const OlderEncoder encoder, OlderEncoder::open(family, model_folder));
  const std::int64_t times = older.space / newer.space, slower = older.time / newer.time;
  Moments moments;
  for (int i = 0; i < num_clips; ++i) {
    const world::Clip clip =
        world::render_clip(training_scene(kClipSeed + static_cast<std::uint64_t>(i), kNextSeed), config.buckets[0].shape);
    const at::Tensor frames = frames_tensor(clip);
    const at::Tensor large = at::upsample_bilinear2d(frames, {frames.size(2) * times, frames.size(3) * times}, /*align_corners=*/false);
    const at::Tensor slow =
        at::cat({large.slice(0, 0, 1), large.slice(0, 1).repeat_interleave(slower, 0)});  // frame 0 is a cell of its own
    moments.add(encoder.tokens(slow.permute({1, 0, 2, 3}).unsqueeze(0).contiguous()), encode_clip(codecs, clip).video_TC.to(at::kDouble));
  }
  LatentTranslation result;
  result.to_older_ON = moments.map(moments.nn, moments.on.t());
  result.to_newer_NO = moments.map(moments.oo, moments.on);
  const auto unexplained = [](const at::Tensor& map, const at::Tensor& xy, const at::Tensor& yy) {
    return 1 - (at::matmul(map, xy).trace() / yy.trace()).item<double>();
  };
  result.older_unexplained = unexplained(result.to_older_ON, moments.on.t(), moments.oo);
  result.newer_unexplained = unexplained(result.to_newer_NO, moments.on, moments.nn);
  return result;
}

void translate_denoiser(const LatentTranslation& translation, NamedTensors& transformer) {
  const auto with = [](const at::Tensor& a, const at::Tensor& b) { return at::matmul(a, b).to(at::kFloat).contiguous(); };
  at::Tensor &in = transformer.at("proj_in.weight"), &out = transformer.at("proj_out.weight"), &bias = transformer.at("proj_out.bias");
  in = with(in.to(at::kDouble), translation.to_older_ON);
  out = with(translation.to_newer_NO, out.to(at::kDouble));
  bias = with(translation.to_newer_NO, bias.to(at::kDouble));
}

Result<NamedTensors> decoder_behind(const std::string& model_folder, const json& vae) {
  FANTASCOPE_TRY(const json older, vae_config(model_folder));
  const auto had = older.at("upsample_type").get<std::vector<std::string>>(), has = vae.at("upsample_type").get<std::vector<std::string>>();
  if (has.size() > had.size() || !std::equal(has.rbegin(), has.rend(), had.rbegin())) {
    return Error{ErrorCode::kUnsupported,
                 "the decoder of the finished model has no levels such as these behind its first ones",
                 "vae.upsample_type",
                 vae.at("upsample_type").dump(),
                 "an end of " + older.at("upsample_type").dump(),
                 "Train the decoder without --start"};
  }
  FANTASCOPE_TRY(const NamedTensors all, finished_component(model_folder, "vae"));
  const std::size_t gone = had.size() - has.size();
  NamedTensors moved;
  const auto move = [&](const std::string& from, const std::string& to) {
    for (const auto& [name, tensor] : all) {
      if (name.starts_with(from)) moved[to + name.substr(from.size())] = tensor;
    }
  };
  const auto block = [](std::size_t i) { return "decoder.up_blocks." + std::to_string(i) + "."; };
  move("decoder.conv_out.", "decoder.conv_out.");
  move(gone == 0 ? "decoder.mid_block." : block(gone - 1) + "resnets.", gone == 0 ? "decoder.mid_block." : "decoder.mid_block.resnets.");
  for (std::size_t i = 0; i < has.size(); ++i) move(block(gone + i), block(i));
  return moved;
}

}  // namespace fantascope::training
