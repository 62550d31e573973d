#include "app/media/mp4_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "app/files/file_system.h"
#include "app/media/internal/audio_encoder.h"
#include "app/media/internal/av.h"
#include "app/media/internal/remux.h"
#include "app/media/internal/yuv.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace fantascope {

using media::AudioEncoder;
using media::av_error;
using media::AvPtr;
using media::FdStream;

namespace {

// A fixed number: libx264's result depends on it, so the machine's own number of cores would change the bytes.
constexpr int kEncoderThreads = 4;

Result<void> check_options(const Mp4Options& options) {
  for (const auto& [name, value] : {std::pair{"width", options.width}, std::pair{"height", options.height}}) {
    if (value >= 16 && value <= 8192 && value % 2 == 0) continue;
    const int lower = std::clamp(value - 1, 16, 8192) / 2 * 2, upper = std::clamp(value + 1, 16, 8192) / 2 * 2;
    return Error{ErrorCode::kInvalidArgument,
                 std::string("an MP4's ") + name + " must be even, 16 to 8192",
                 name,
                 std::to_string(value),
                 lower == upper ? std::to_string(lower) : std::to_string(lower) + " or " + std::to_string(upper),
                 {}};
  }
  if (options.fps.num <= 0 || options.fps.den <= 0 || options.fps.value() > 1000)
    return Error{
        ErrorCode::kInvalidArgument, "frame rate is outside what is allowed", "fps", options.fps.to_string(), "above 0, at most 1000", {}};
  if (!(options.crf >= 0 && options.crf <= 51))
    return Error{ErrorCode::kInvalidArgument, "quality is outside what is allowed", "crf", std::to_string(options.crf), "0 to 51", {}};
  if (options.key_frame_interval < 1 || options.key_frame_interval > 24)
    return Error{ErrorCode::kInvalidArgument,
                 "key frame interval is outside what is allowed",
                 "key_frame_interval",
                 std::to_string(options.key_frame_interval),
                 "1 to 24",
                 {}};
  return {};
}

Result<AvPtr<AVCodecContext>> open_video_encoder(const Mp4Options& options) {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (codec == nullptr) return Error{ErrorCode::kUnsupported, "this FFmpeg has no libx264", {}, {}, {}, "Install Debian's libavcodec."};
  AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  context->width = options.width;
  context->height = options.height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->time_base = {static_cast<int>(options.fps.den), static_cast<int>(options.fps.num)};
  context->framerate = {static_cast<int>(options.fps.num), static_cast<int>(options.fps.den)};
  context->sample_aspect_ratio = {1, 1};
  context->color_primaries = AVCOL_PRI_BT709;
  context->color_trc = AVCOL_TRC_BT709;
  context->colorspace = AVCOL_SPC_BT709;
  context->color_range = AVCOL_RANGE_MPEG;
  context->chroma_sample_location = AVCHROMA_LOC_LEFT;
  context->gop_size = options.key_frame_interval;
  context->thread_count = kEncoderThreads;
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
  av_opt_set(context->priv_data, "profile", "high", 0);
  media::make_reproducible(*context);
  av_opt_set_double(context->priv_data, "crf", options.crf, 0);
  if (av_opt_set(context->priv_data, "preset", options.preset.c_str(), 0) < 0)
    return Error{ErrorCode::kInvalidArgument, "unknown encoder preset", "preset", options.preset, "a preset of libx264", {}};
  const int result = avcodec_open2(context.get(), codec, nullptr);
  if (result < 0) return av_error(ErrorCode::kInvalidArgument, "encode", "the picture", result);
  return context;
}

}  // namespace

struct Mp4Writer::State {
  std::string path;
  Mp4Options options;
  int part_fd = -1;
  std::unique_ptr<FdStream> part;
  AVFormatContext* format = nullptr;
  AvPtr<AVCodecContext> video;
  std::optional<AudioEncoder> audio;
  AvPtr<AVFrame> frame{av_frame_alloc()};
  AvPtr<AVPacket> packet{av_packet_alloc()};
  AVStream* video_stream = nullptr;
  AVStream* audio_stream = nullptr;
  std::int64_t num_frames = 0;

  ~State() {
    close_part();
    if (!options.part_path.empty()) ::unlink(options.part_path.c_str());
  }

  void close_part() {
    if (format != nullptr) avformat_free_context(std::exchange(format, nullptr));
    part.reset();
    if (part_fd >= 0) ::close(std::exchange(part_fd, -1));
  }

  std::int64_t audio_samples() const {
    return av_rescale_rnd(num_frames, options.fps.den * media::kAudioRate, options.fps.num, AV_ROUND_NEAR_INF);
  }

  Error mux_error(int result) const {
    if (part && part->error_number() != 0) return file_error("write", options.part_path, part->error_number(), part->end());
    return av_error(ErrorCode::kInternal, "write", options.part_path, result);
  }

  Result<void> open_part() {
    ::unlink(options.part_path.c_str());  // left by a crash; whoever wanted it has copied it (remux_mp4) before encoding again
    part_fd = ::open(options.part_path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (part_fd < 0) return file_error("write", options.part_path, errno);
    part = std::make_unique<FdStream>(part_fd, FdStream::Access::kWrite);
    int result = avformat_alloc_output_context2(&format, nullptr, "mp4", nullptr);
    if (result < 0) return mux_error(result);
    format->pb = part->io();
    format->flags |= AVFMT_FLAG_FLUSH_PACKETS;  // so that a crash leaves every finished fragment
    media::make_reproducible(*format);
    video_stream = avformat_new_stream(format, nullptr);
    video_stream->time_base = video->time_base;
    video_stream->avg_frame_rate = video->framerate;
    result = avcodec_parameters_from_context(video_stream->codecpar, video.get());
    if (result >= 0 && audio) {
      audio_stream = avformat_new_stream(format, nullptr);
      audio_stream->time_base = audio->codec().time_base;
      result = avcodec_parameters_from_context(audio_stream->codecpar, &audio->codec());
    }
    AVDictionary* mux_options = nullptr;
    // delay_moov keeps the edit lists, without which the encoder's delay would shift the sound.
    av_dict_set(&mux_options, "movflags", "frag_keyframe+delay_moov+default_base_moof", 0);
    if (result >= 0) result = avformat_write_header(format, &mux_options);
    av_dict_free(&mux_options);
    if (result < 0) return mux_error(result);
    return {};
  }

  Result<void> write_packet(AVPacket& out, AVRational time_base, AVStream* stream) {
    av_packet_rescale_ts(&out, time_base, stream->time_base);
    out.stream_index = stream->index;
    // Not interleaved: the two come nearly in step, and interleaving would hold packets back that a crash then loses.
    const int result = av_write_frame(format, &out);
    av_packet_unref(&out);
    if (result < 0 || part->error_number() != 0) return mux_error(result);
    return {};
  }

  Result<void> encode_video(AVFrame* input) {
    int result = avcodec_send_frame(video.get(), input);
    if (result < 0) return av_error(ErrorCode::kInternal, "encode", "the picture", result);
    for (;;) {
      result = avcodec_receive_packet(video.get(), packet.get());
      if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return {};
      if (result < 0) return av_error(ErrorCode::kInternal, "encode", "the picture", result);
      packet->duration = 1;
      FANTASCOPE_TRY_VOID(write_packet(*packet, video->time_base, video_stream));
    }
  }

  AudioEncoder::Sink audio_sink() {
    return [this](AVPacket& out) { return write_packet(out, {1, media::kAudioRate}, audio_stream); };
  }

  Result<void> add_frame(std::span<const float> rgb) {
    av_frame_unref(frame.get());
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = options.width;
    frame->height = options.height;
    frame->color_primaries = AVCOL_PRI_BT709;
    frame->color_trc = AVCOL_TRC_BT709;
    frame->colorspace = AVCOL_SPC_BT709;
    frame->color_range = AVCOL_RANGE_MPEG;
    frame->chroma_location = AVCHROMA_LOC_LEFT;
    frame->pts = num_frames;
    const int result = av_frame_get_buffer(frame.get(), 0);
    if (result < 0) return av_error(ErrorCode::kOutOfMemory, "encode", "the picture", result);
    const media::YuvPlanes planes{frame->data[0],     frame->data[1],     frame->data[2],
                                  frame->linesize[0], frame->linesize[1], frame->linesize[2]};
    if (!media::rgb_to_yuv420_bt709(rgb, options.width, options.height, planes))
      return Error{
          ErrorCode::kModelNaN, "frame " + std::to_string(num_frames) + " contains values that are not numbers", "frames", {}, {}, {}};
    ++num_frames;
    FANTASCOPE_TRY_VOID(encode_video(frame.get()));
    if (audio) FANTASCOPE_TRY_VOID(audio->encode_until(audio_samples(), audio_sink()));
    return {};
  }
};

Mp4Writer::Mp4Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Mp4Writer::Mp4Writer(Mp4Writer&&) noexcept = default;
Mp4Writer& Mp4Writer::operator=(Mp4Writer&&) noexcept = default;
Mp4Writer::~Mp4Writer() = default;

Result<Mp4Writer> Mp4Writer::create(const std::string& path, const Mp4Options& options) {
  FANTASCOPE_TRY_VOID(check_options(options));
  media::silence_av();
  auto state = std::make_unique<State>();
  state->path = path;
  FANTASCOPE_TRY(state->video, open_video_encoder(options));
  if (options.audio_sample_rate > 0) {
    FANTASCOPE_TRY(AudioEncoder audio,
                   AudioEncoder::create(options.audio_sample_rate, options.audio_num_channels, options.audio_bit_rate, true));
    state->audio = std::move(audio);
  }
  state->options = options;
  if (state->options.part_path.empty()) state->options.part_path = path + ".part";
  FANTASCOPE_TRY_VOID(state->open_part());
  return Mp4Writer(std::move(state));
}

const std::string& Mp4Writer::part_path() const { return state_->options.part_path; }

Result<void> Mp4Writer::add_frames(std::span<const float> rgb) {
  const std::size_t frame_floats = static_cast<std::size_t>(state_->options.width) * state_->options.height * 3;
  if (rgb.size() % frame_floats != 0)
    return Error{ErrorCode::kInvalidArgument,
                 "not a whole number of frames",
                 "frames",
                 std::to_string(rgb.size()) + " values",
                 "a multiple of " + std::to_string(frame_floats),
                 {}};
  for (; !rgb.empty(); rgb = rgb.subspan(frame_floats)) FANTASCOPE_TRY_VOID(state_->add_frame(rgb.first(frame_floats)));
  return {};
}

Result<void> Mp4Writer::add_audio(const Waveform& waveform) {
  if (!state_->audio)
    return Error{ErrorCode::kInvalidArgument, "this clip was opened without sound", "audio_sample_rate", "0", "8000 to 384000 Hz", {}};
  FANTASCOPE_TRY_VOID(state_->audio->add(waveform));
  return state_->audio->encode_until(state_->audio_samples(), state_->audio_sink());
}

Result<void> Mp4Writer::finish(std::stop_token stop) {
  const std::unique_ptr<State> state = std::move(state_);
  if (state->num_frames == 0) return Error{ErrorCode::kInvalidArgument, "a clip needs at least one frame", "frames", "0", "1 or more", {}};
  FANTASCOPE_TRY_VOID(state->encode_video(nullptr));
  if (state->audio) FANTASCOPE_TRY_VOID(state->audio->finish(state->audio_samples(), state->audio_sink()));
  const int result = av_write_trailer(state->format);
  if (result < 0 || state->part->error_number() != 0) return state->mux_error(result);
  state->close_part();
  if (stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped while writing the clip", state->path, {}, {}, {}};
  return media::remux(state->options.part_path, state->path, state->audio ? state->audio_samples() : -1);
}

Result<void> write_mp4(const std::string& path, const VideoFrames& frames, const Waveform* waveform, Mp4Options options,
                       std::stop_token stop) {
  options.width = frames.width;
  options.height = frames.height;
  options.fps = frames.fps;
  options.audio_sample_rate = waveform != nullptr ? waveform->sample_rate : 0;
  options.audio_num_channels = waveform != nullptr ? waveform->num_channels : 0;
  const std::size_t frame_floats = static_cast<std::size_t>(std::max(frames.width, 0)) * std::max(frames.height, 0) * 3;
  if (frames.num_frames < 1 || frames.rgb.size() != frame_floats * frames.num_frames)
    return Error{ErrorCode::kInvalidArgument,
                 "the frames do not match their number and size",
                 "frames",
                 std::to_string(frames.rgb.size()) + " values",
                 std::to_string(frame_floats * std::max(frames.num_frames, 0)),
                 {}};
  FANTASCOPE_TRY(Mp4Writer writer, Mp4Writer::create(path, options));
  if (waveform != nullptr) FANTASCOPE_TRY_VOID(writer.add_audio(*waveform));
  for (int i = 0; i < frames.num_frames; ++i) {
    if (stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped while writing the clip", path, {}, {}, {}};
    FANTASCOPE_TRY_VOID(writer.add_frames(std::span(frames.rgb).subspan(i * frame_floats, frame_floats)));
  }
  return writer.finish(stop);
}

}  // namespace fantascope
