#include "models/ltx2/video_vae_fast.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "models/ltx2/video_vae_rows.h"

#ifndef _OPENMP
#error "at::parallel_for runs on one thread in a file that is compiled without -fopenmp"
#endif

namespace fantascope::models::ltx2 {
namespace {

template <typename T>
T* data_of(const at::Tensor& t) {
  return static_cast<T*>(t.data_ptr());
}

/// Calls `work` with a value of the type that the rows of `t` have for the row kernels.
template <typename Work>
void with_row_type(const at::Tensor& t, const Work& work) {
  t.scalar_type() == at::kFloat ? work(float{}) : work(std::uint16_t{});
}

struct Size {
  std::int64_t frames, rows, columns, channels;
  static Size of(const at::Tensor& x_THWC) { return {x_THWC.size(0), x_THWC.size(1), x_THWC.size(2), x_THWC.size(3)}; }
  std::int64_t padded_elements() const { return (frames + 2) * (rows + 2) * (columns + 2) * channels; }
};

/// The row or column of the picture that a place just outside it (-1 or `size`) shows; -1 for black.
std::int64_t outside(const std::string& mode, std::int64_t place, std::int64_t size) {
  if (mode == "reflect") return place < 0 ? 1 : size - 2;
  if (mode == "replicate") return place < 0 ? 0 : size - 1;
  if (mode == "circular") return place < 0 ? size - 1 : 0;
  return -1;
}

enum class Fill { kCopy, kNormSilu };

/// Writes x, one pixel and frame larger on every side (two frames in front if causal), into `padded`.
template <typename T>
void fill_padded_rows(const at::Tensor& x_THWC, const at::Tensor& padded, const ConvBorder& border, Fill fill) {
  const Size s = Size::of(x_THWC);
  const T* const source = data_of<T>(x_THWC);
  T* const target = data_of<T>(padded);
  const std::int64_t pixel = s.channels, row = (s.columns + 2) * pixel, frame = (s.rows + 2) * row, front = border.causal ? 2 : 1;
  const std::int64_t left = outside(border.spatial_padding_mode, -1, s.columns),
                     right = outside(border.spatial_padding_mode, s.columns, s.columns);
  const std::int64_t top = outside(border.spatial_padding_mode, -1, s.rows), bottom = outside(border.spatial_padding_mode, s.rows, s.rows);
  const auto edge = [&](T* to, const T* first, std::int64_t from) {
    if (from < 0) {
      std::memset(to, 0, pixel * sizeof(T));
    } else {
      std::memcpy(to, first + from * pixel, pixel * sizeof(T));
    }
  };
  at::parallel_for(0, s.frames * s.rows, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t t = i / s.rows, h = i % s.rows;
      T* const whole = target + (t + front) * frame + (h + 1) * row;
      T* const first = whole + pixel;
      const T* const from = source + i * s.columns * pixel;
      if (fill == Fill::kNormSilu) {
        norm_silu_row(from, first, s.columns, s.channels);
      } else {
        std::memcpy(first, from, s.columns * pixel * sizeof(T));
      }
      edge(whole, first, left);
      edge(first + s.columns * pixel, first, right);
      const std::int64_t first_frame = t == 0 ? 0 : t + front;
      const std::int64_t last_frame = t == s.frames - 1 && !border.causal ? t + front + 1 : t + front;
      for (std::int64_t f = first_frame; f <= last_frame; ++f) {
        const auto put = [&](std::int64_t r) { std::memcpy(target + f * frame + r * row, whole, row * sizeof(T)); };
        if (f != t + front) put(h + 1);
        if (h == top) put(0);
        if (h == bottom) put(s.rows + 1);
        if (top < 0 && h == 0) std::memset(target + f * frame, 0, row * sizeof(T));
        if (bottom < 0 && h == s.rows - 1) std::memset(target + f * frame + (s.rows + 1) * row, 0, row * sizeof(T));
      }
    }
  });
}

void fill_padded(const at::Tensor& x_THWC, const at::Tensor& padded, const ConvBorder& border, Fill fill) {
  with_row_type(x_THWC, [&](auto type) { fill_padded_rows<decltype(type)>(x_THWC, padded, border, fill); });
}

/// Norm and activation of every place, unpadded.
at::Tensor norm_silu(const at::Tensor& x_THWC) {
  const Size s = Size::of(x_THWC);
  at::Tensor out = at::empty_like(x_THWC);
  const std::int64_t row = s.columns * s.channels;
  with_row_type(x_THWC, [&](auto type) {
    using T = decltype(type);
    const T* const from = data_of<T>(x_THWC);
    T* const to = data_of<T>(out);
    at::parallel_for(0, s.frames * s.rows, 8, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) norm_silu_row(from + i * row, to + i * row, s.columns, s.channels);
    });
  });
  return out;
}

/// [X+2,Y+2,Z+2,C] at the start of `padded` as the [1,C,…] that a convolution takes, without a copy.
at::Tensor as_conv_input(const at::Tensor& padded, const Size& s) {
  return padded.narrow(0, 0, s.padded_elements()).view({1, s.frames + 2, s.rows + 2, s.columns + 2, s.channels}).permute({0, 4, 1, 2, 3});
}

at::Tensor from_conv_output(const at::Tensor& y) { return y.permute({0, 2, 3, 4, 1}).squeeze(0).contiguous(); }

// The library's convolution with an epilogue, and the repacking of its weights; not in every build.
using PointwiseAdd = at::Tensor&(at::Tensor&, const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, at::IntArrayRef,
                                 at::IntArrayRef, at::IntArrayRef, std::int64_t, std::string_view, std::optional<at::Scalar>,
                                 std::optional<std::string_view>, c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);

const std::optional<c10::TypedOperatorHandle<PointwiseAdd>>& pointwise_add() {
  static const auto handle = []() -> std::optional<c10::TypedOperatorHandle<PointwiseAdd>> {
    if (at::get_cpu_capability() != "AVX512") return std::nullopt;  // the library refuses bf16 there instead of taking a slower way
    auto found = c10::Dispatcher::singleton().findSchema({"mkldnn::_convolution_pointwise_", "binary"});
    if (!found || !found->hasKernelForDispatchKey(c10::DispatchKey::CPU)) return std::nullopt;
    try {
      return found->typed<PointwiseAdd>();
    } catch (const c10::Error&) {  // another version of the library, with other arguments
      return std::nullopt;
    }
  }();
  return handle;
}

/// Channels in blocks of one place, [C',st*sh*sw] as convolutions of the checkpoint give them, to [st*sh*sw,C'].
at::Tensor place_major(const at::Tensor& weight, std::int64_t volume) {
  return weight.unflatten(0, {weight.size(0) / volume, volume}).transpose(0, 1).flatten(0, 1);
}

at::Tensor channels_last(const at::Tensor& weight) { return weight.contiguous(at::MemoryFormat::ChannelsLast3d); }

std::int64_t version_of(const at::Tensor& t) { return t.is_inference() ? 0 : static_cast<std::int64_t>(t._version()); }

template <typename Visit>
void visit_convs(const VideoDecoder& decoder, const Visit& visit) {
  const auto resnets = [&](const std::vector<VideoResnetBlock>& blocks) {
    for (const auto& block : blocks) visit(block.conv1), visit(block.conv2);
  };
  visit(decoder.conv_in);
  resnets(decoder.mid_block);
  for (const auto& block : decoder.up_blocks) {
    if (block.upsampler) visit(block.upsampler->conv);
    resnets(block.resnets);
  }
  visit(*decoder.conv_out);
}

std::int64_t version_of(const VideoDecoder& decoder) {
  std::int64_t version = 0;
  visit_convs(decoder, [&](const CausalConv3d& conv) { version += version_of(conv.weight()) + version_of(conv.bias()); });
  return version;
}

}  // namespace

namespace {

/// The centre tap [C',C] of a 3x3x3 kernel whose other taps are too small to matter: together (root of the sum of squares) under 2^-10 of
/// it, which is less than what rounding the output to bf16 does; in fp32 they must be zeros. Else undefined. Decoders that start from a
/// closed form are like this.
at::Tensor lone_centre_tap(const at::Tensor& weight) {
  const double negligible = weight.scalar_type() == at::kFloat ? 0 : 1.0 / 1024;
  const at::Tensor taps = weight.to(at::kFloat).square().sum(at::IntArrayRef({0, 1})).flatten().to(at::kDouble).contiguous();
  const double centre = taps[13].item<double>(), all = taps.sum().item<double>();
  return all - centre <= negligible * negligible * centre ? weight.select(4, 1).select(3, 1).select(2, 1).contiguous() : at::Tensor();
}

}  // namespace

struct FastVideoDecoder::PackedConv {
  at::Tensor weight, bias;
  at::Tensor centre;  ///< instead of weight, where that is all there is to it

  explicit PackedConv(const CausalConv3d& conv) : PackedConv(conv.weight().detach(), conv.bias().detach()) {}
  PackedConv(const CausalConv3d& conv, std::int64_t volume)
      : PackedConv(place_major(conv.weight().detach(), volume), place_major(conv.bias().detach(), volume).contiguous()) {}
  PackedConv(const at::Tensor& kernel, at::Tensor offset) : bias(std::move(offset)), centre(lone_centre_tap(kernel)) {
    if (!centre.defined()) weight = channels_last(kernel);
  }

  /// Of x itself, which is padded into `padded` only if the kernel looks beyond a place.
  at::Tensor forward(const at::Tensor& x_THWC, at::Tensor& padded, const ConvBorder& border, Fill fill) const {
    if (centre.defined()) return at::linear(fill == Fill::kNormSilu ? norm_silu(x_THWC) : x_THWC, centre, bias);
    fill_padded(x_THWC, padded, border, fill);
    return forward(padded, Size::of(x_THWC));
  }

  at::Tensor forward(const at::Tensor& padded, const Size& s) const {
    return from_conv_output(at::conv3d(as_conv_input(padded, s), weight, bias));
  }

  /// x += convolution of norm and activation of `hidden`.
  void add_to(at::Tensor& x_THWC, const at::Tensor& hidden_THWC, at::Tensor& padded, const ConvBorder& border) const {
    if (centre.defined()) {
      x_THWC.add_(forward(hidden_THWC, padded, border, Fill::kNormSilu));
      return;
    }
    const Size s = Size::of(hidden_THWC);
    fill_padded(hidden_THWC, padded, border, Fill::kNormSilu);
    if (const auto& add = pointwise_add()) {
      auto x = x_THWC.unsqueeze(0).permute({0, 4, 1, 2, 3});
      const std::array<std::int64_t, 3> zeros{0, 0, 0}, ones{1, 1, 1};
      add->call(x, as_conv_input(padded, s), weight, bias, zeros, ones, ones, 1, "add", at::Scalar(1.0), std::nullopt,
                c10::List<std::optional<at::Scalar>>(), std::nullopt);
    } else {
      x_THWC.add_(forward(padded, s));
    }
  }
};

struct FastVideoDecoder::Resnet {
  PackedConv conv1, conv2;
};

struct FastVideoDecoder::Upsampler {
  ScaleFactors stride;
  bool residual;
  PackedConv conv;

  /// y [T,H,W,volume*C'] and the x that it came from → [T*st-(st-1),H*sh,W*sw,C'].
  at::Tensor spread(const at::Tensor& y, const at::Tensor& x) const {
    at::Tensor out;
    with_row_type(y, [&](auto type) { out = spread_rows<decltype(type)>(y, x); });
    return out;
  }

  template <typename T>
  at::Tensor spread_rows(const at::Tensor& y, const at::Tensor& x) const {
    const std::int64_t volume = stride.time * stride.height * stride.width;
    const Size s = Size::of(x);
    const std::int64_t out_channels = y.size(3) / volume, kept = s.channels / volume, skipped = stride.time - 1;
    const std::int64_t rows = s.rows * stride.height, columns = s.columns * stride.width;
    auto out = at::empty({s.frames * stride.time - skipped, rows, columns, out_channels}, y.options());
    const T *from = data_of<T>(y), *input = data_of<T>(x);
    T* to = data_of<T>(out);
    at::parallel_for(0, s.frames * s.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      std::vector<T> repeated(static_cast<std::size_t>(out_channels));
      for (std::int64_t p = begin * s.columns; p < end * s.columns; ++p) {
        const std::int64_t t = p / (s.rows * s.columns), h = p / s.columns % s.rows, w = p % s.columns;
        for (std::int64_t place = 0; place < volume; ++place) {
          const std::int64_t i = place / (stride.height * stride.width), j = place / stride.width % stride.height, k = place % stride.width;
          const std::int64_t frame = t * stride.time + i - skipped;
          if (frame < 0) continue;
          const T* values = from + (p * volume + place) * out_channels;
          T* pixel = to + ((frame * rows + h * stride.height + j) * columns + w * stride.width + k) * out_channels;
          if (!residual) {
            std::memcpy(pixel, values, out_channels * sizeof(T));
            continue;
          }
          for (std::int64_t c = 0; c < kept; ++c) repeated[c] = input[p * s.channels + c * volume + place];
          for (std::int64_t c = kept; c < out_channels; c += kept) std::copy_n(repeated.begin(), kept, repeated.begin() + c);
          add_row(values, repeated.data(), pixel, out_channels);
        }
      }
    });
    return out;
  }
};

struct FastVideoDecoder::Stage {
  std::optional<Upsampler> upsampler;
  std::vector<Resnet> resnets;
};

bool FastVideoDecoder::supports(const VideoDecoder& decoder) {
  bool good = true;
  visit_convs(decoder, [&](const CausalConv3d& conv) {
    const at::Tensor& weight = conv.weight();
    const bool known = weight.scalar_type() == at::kBFloat16 || weight.scalar_type() == at::kFloat;
    good = good && weight.device().is_cpu() && known && !weight.requires_grad();
  });
  for (const auto& block : decoder.up_blocks) good = good && !block.conv_in;
  return good;
}

FastVideoDecoder::FastVideoDecoder(const VideoDecoder& decoder)
    : border_(decoder.conv_in.border()),
      patch_size_(decoder.patch_size),
      weights_version_(version_of(decoder)),
      conv_in_(std::make_unique<PackedConv>(decoder.conv_in)),
      conv_out_(std::make_unique<PackedConv>(*decoder.conv_out)) {
  const auto pack = [](const std::vector<VideoResnetBlock>& blocks) {
    std::vector<Resnet> packed;
    for (const auto& block : blocks) packed.push_back({PackedConv(block.conv1), PackedConv(block.conv2)});
    return packed;
  };
  stages_.push_back({std::nullopt, pack(decoder.mid_block)});
  for (const auto& block : decoder.up_blocks) {
    Stage stage;
    if (const auto& up = block.upsampler) {
      const std::int64_t volume = up->stride.time * up->stride.height * up->stride.width;
      stage.upsampler.emplace(Upsampler{up->stride, up->residual, PackedConv(up->conv, volume)});
    }
    stage.resnets = pack(block.resnets);
    stages_.push_back(std::move(stage));
  }
}

FastVideoDecoder::~FastVideoDecoder() = default;

bool FastVideoDecoder::is_current(const VideoDecoder& decoder) const { return version_of(decoder) == weights_version_; }

void FastVideoDecoder::run_resnet(const Resnet& resnet, at::Tensor& x, at::Tensor& padded) const {
  const auto hidden = resnet.conv1.forward(x, padded, border_, Fill::kNormSilu);
  resnet.conv2.add_to(x, hidden, padded, border_);
}

at::Tensor FastVideoDecoder::decode_one(const at::Tensor& latents) const {
  auto x = latents.permute({1, 2, 3, 0}).contiguous();  // [F,h,w,C]
  // One buffer, grown to the largest frame stack that passes; stages of constant width need no more than the last.
  at::Tensor padded = at::empty({0}, latents.options());
  const auto buffer_for = [&](const at::Tensor& t) -> at::Tensor& {
    const std::int64_t needed = Size::of(t).padded_elements();
    if (padded.numel() < needed) padded = at::empty({needed}, latents.options());
    return padded;
  };
  x = conv_in_->forward(x, buffer_for(x), border_, Fill::kCopy);
  for (const auto& stage : stages_) {
    if (stage.upsampler) {
      x = stage.upsampler->spread(stage.upsampler->conv.forward(x, buffer_for(x), border_, Fill::kCopy), x);
    }
    for (const auto& resnet : stage.resnets) run_resnet(resnet, x, buffer_for(x));
  }
  const auto y = conv_out_->forward(x, buffer_for(x), border_, Fill::kNormSilu);  // [T,H,W,3*p*p]: column of the patch before its row
  const auto p = patch_size_, T = y.size(0), H = y.size(1), W = y.size(2), C = y.size(3) / (p * p);
  return y.view({T, H, W, C, p, p}).permute({3, 0, 1, 5, 2, 4}).reshape({C, T, H * p, W * p});
}

at::Tensor FastVideoDecoder::decode(const at::Tensor& latents) const {
  if (latents.size(0) == 1) return decode_one(latents[0]).unsqueeze(0);
  std::vector<at::Tensor> clips;
  for (std::int64_t i = 0; i < latents.size(0); ++i) clips.push_back(decode_one(latents[i]));
  return at::stack(clips);
}

}  // namespace fantascope::models::ltx2
