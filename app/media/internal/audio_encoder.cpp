#include "app/media/internal/audio_encoder.h"

#include <algorithm>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

namespace fantascope::media {
namespace {
Error encoder_error(const std::string& action, int result) { return av_error(ErrorCode::kInternal, action, "the sound", result); }
}  // namespace

Result<AudioEncoder> AudioEncoder::create(int sample_rate, int num_channels, int bit_rate, bool global_header) {
  if (sample_rate < 8000 || sample_rate > 384000)
    return Error{ErrorCode::kInvalidArgument, "sample rate is outside what is allowed",
                 "audio_sample_rate",         std::to_string(sample_rate),
                 "8000 to 384000 Hz",         {}};
  if (num_channels < 1 || num_channels > 64)
    return Error{ErrorCode::kInvalidArgument,
                 "number of channels is outside what is allowed",
                 "audio_num_channels",
                 std::to_string(num_channels),
                 "1 to 64",
                 {}};
  AudioEncoder encoder;
  encoder.sample_rate_ = sample_rate;
  encoder.num_channels_ = num_channels;
  const AVCodec* codec = avcodec_find_encoder_by_name("aac");
  if (codec == nullptr) return Error{ErrorCode::kUnsupported, "this FFmpeg has no AAC encoder", {}, {}, {}, "Install Debian's libavcodec."};
  encoder.codec_.reset(avcodec_alloc_context3(codec));
  AVCodecContext& context = *encoder.codec_;
  context.sample_fmt = AV_SAMPLE_FMT_FLTP;
  context.sample_rate = kAudioRate;
  context.bit_rate = bit_rate;
  context.time_base = {1, kAudioRate};
  context.thread_count = 1;
  context.flags |= AV_CODEC_FLAG_BITEXACT;
  if (global_header) context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_channel_layout_default(&context.ch_layout, 2);
  int result = avcodec_open2(&context, codec, nullptr);
  if (result < 0) return encoder_error("encode", result);
  if (sample_rate != kAudioRate) {
    SwrContext* resampler = nullptr;
    result = swr_alloc_set_opts2(&resampler, &context.ch_layout, AV_SAMPLE_FMT_FLTP, kAudioRate, &context.ch_layout, AV_SAMPLE_FMT_FLTP,
                                 sample_rate, 0, nullptr);
    encoder.resampler_.reset(resampler);
    if (result >= 0) {
      av_opt_set_int(resampler, "filter_size", 64, 0);
      av_opt_set_int(resampler, "exact_rational", 1, 0);
      result = swr_init(resampler);
    }
    if (result < 0) return encoder_error("resample", result);
  }
  encoder.frame_.reset(av_frame_alloc());
  encoder.packet_.reset(av_packet_alloc());
  return encoder;
}

Result<void> AudioEncoder::add(const Waveform& waveform) {
  if (waveform.sample_rate != sample_rate_ || waveform.num_channels != num_channels_)
    return Error{ErrorCode::kInvalidArgument,
                 "the sound does not match what was announced",
                 "waveform",
                 std::to_string(waveform.sample_rate) + " Hz, " + std::to_string(waveform.num_channels) + " channels",
                 std::to_string(sample_rate_) + " Hz, " + std::to_string(num_channels_) + " channels",
                 {}};
  if (waveform.num_samples < 0 || waveform.samples.size() != static_cast<std::size_t>(waveform.num_samples) * waveform.num_channels)
    return Error{ErrorCode::kInvalidArgument,
                 "the sound's samples do not match its length",
                 "waveform",
                 std::to_string(waveform.samples.size()),
                 std::to_string(waveform.num_samples * waveform.num_channels),
                 {}};
  const auto channel = [&](int c) {
    const auto begin = waveform.samples.begin() + c * waveform.num_samples;
    return std::vector<float>(begin, begin + waveform.num_samples);
  };
  std::vector<float> left = channel(0), right = channel(num_channels_ > 1 ? 1 : 0);
  for (auto* side : {&left, &right}) {
    for (float& sample : *side) {
      if (!(sample - sample == 0.0f))
        return Error{ErrorCode::kModelNaN, "the sound contains values that are not numbers", "waveform", {}, {}, {}};
      sample = std::clamp(sample, -1.0f, 1.0f);
    }
  }
  return resample(left, right, /*flush=*/false);
}

Result<void> AudioEncoder::resample(const std::vector<float>& left, const std::vector<float>& right, bool flush) {
  if (!resampler_) {
    left_.insert(left_.end(), left.begin(), left.end());
    right_.insert(right_.end(), right.begin(), right.end());
    return {};
  }
  constexpr std::size_t kPiece = 1 << 20;
  for (std::size_t begin = 0; begin < left.size() || flush; begin += kPiece) {
    const int count = static_cast<int>(std::min(kPiece, left.size() - std::min(begin, left.size())));
    const std::uint8_t* in[2] = {reinterpret_cast<const std::uint8_t*>(left.data() + begin),
                                 reinterpret_cast<const std::uint8_t*>(right.data() + begin)};
    const int room = swr_get_out_samples(resampler_.get(), count) + 64;
    std::vector<float> out_left(static_cast<std::size_t>(room)), out_right(static_cast<std::size_t>(room));
    std::uint8_t* out[2] = {reinterpret_cast<std::uint8_t*>(out_left.data()), reinterpret_cast<std::uint8_t*>(out_right.data())};
    const int made = swr_convert(resampler_.get(), out, room, count > 0 ? in : nullptr, count);
    if (made < 0) return encoder_error("resample", made);
    left_.insert(left_.end(), out_left.begin(), out_left.begin() + made);
    right_.insert(right_.end(), out_right.begin(), out_right.begin() + made);
    if (flush) break;
  }
  return {};
}

Result<void> AudioEncoder::encode_until(std::int64_t until, const Sink& sink) {
  const std::int64_t end = std::min<std::int64_t>(until, static_cast<std::int64_t>(left_.size()));
  while (encoded_ + codec_->frame_size <= end) FANTASCOPE_TRY_VOID(encode(codec_->frame_size, sink));
  return {};
}

Result<void> AudioEncoder::finish(std::int64_t num_samples, const Sink& sink) {
  FANTASCOPE_TRY_VOID(resample({}, {}, /*flush=*/true));
  left_.resize(static_cast<std::size_t>(num_samples), 0.0f);
  right_.resize(static_cast<std::size_t>(num_samples), 0.0f);
  FANTASCOPE_TRY_VOID(encode_until(num_samples, sink));
  if (encoded_ < num_samples) FANTASCOPE_TRY_VOID(encode(num_samples - encoded_, sink));
  const int result = avcodec_send_frame(codec_.get(), nullptr);
  if (result < 0) return encoder_error("encode", result);
  return drain(sink);
}

Result<void> AudioEncoder::encode(std::int64_t count, const Sink& sink) {
  av_frame_unref(frame_.get());
  frame_->nb_samples = static_cast<int>(count);
  frame_->format = AV_SAMPLE_FMT_FLTP;
  frame_->sample_rate = kAudioRate;
  frame_->pts = encoded_;
  int result = av_channel_layout_copy(&frame_->ch_layout, &codec_->ch_layout);
  if (result >= 0) result = av_frame_get_buffer(frame_.get(), 0);
  if (result < 0) return encoder_error("encode", result);
  std::copy_n(left_.begin() + encoded_, count, reinterpret_cast<float*>(frame_->data[0]));
  std::copy_n(right_.begin() + encoded_, count, reinterpret_cast<float*>(frame_->data[1]));
  encoded_ += count;
  result = avcodec_send_frame(codec_.get(), frame_.get());
  if (result < 0) return encoder_error("encode", result);
  return drain(sink);
}

Result<void> AudioEncoder::drain(const Sink& sink) {
  for (;;) {
    const int result = avcodec_receive_packet(codec_.get(), packet_.get());
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return {};
    if (result < 0) return encoder_error("encode", result);
    FANTASCOPE_TRY_VOID(sink(*packet_));
  }
}

}  // namespace fantascope::media
