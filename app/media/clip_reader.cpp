#include "app/media/clip_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "app/media/internal/av.h"

extern "C" {
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace fantascope {
namespace {

using media::av_error;
using media::AvPtr;
using media::Demuxer;

constexpr std::uint64_t kMaxDecodedBytes = std::uint64_t{8} << 30;

std::string text_or_unknown(const char* text) { return text != nullptr ? text : "unknown"; }

Error bad_file(const std::string& message, const std::string& path) {
  return Error{ErrorCode::kBadFile, message + ": " + path, path, {}, {}, "The file is damaged or not finished."};
}

/// True if the box "moov" comes before the first "mdat" (ISO/IEC 14496-12, 4.2).
bool index_comes_first(int fd, std::uint64_t size_bytes) {
  std::uint64_t offset = 0;
  for (int i = 0; i < 1000 && offset + 8 <= size_bytes; ++i) {
    unsigned char head[16] = {};
    if (::pread(fd, head, sizeof head, static_cast<off_t>(offset)) < 8) return false;
    if (std::memcmp(head + 4, "moov", 4) == 0) return true;
    if (std::memcmp(head + 4, "mdat", 4) == 0) return false;
    std::uint64_t size = 0;
    for (int k = 0; k < 4; ++k) size = size << 8 | head[k];
    if (size == 1) {
      size = 0;
      for (int k = 8; k < 16; ++k) size = size << 8 | head[k];
    }
    if (size < 8 || size > size_bytes - offset) return false;
    offset += size;
  }
  return false;
}

/// The first stream of a kind, or -1.
int find_stream(const AVFormatContext& format, AVMediaType type) {
  for (unsigned i = 0; i < format.nb_streams; ++i)
    if (format.streams[i]->codecpar->codec_type == type) return static_cast<int>(i);
  return -1;
}

/// What the packets of one stream say, in the stream's time base.
struct PacketStatistics {
  std::vector<std::int64_t> times;  ///< presentation, of packets that are shown
  std::int64_t end = 0;
  int since_key_frame = 0, key_frame_interval_max = 0;

  void add(const AVPacket& packet) {
    const std::int64_t time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
    constexpr std::int64_t kLimit = std::int64_t{1} << 60;  // a hostile file's numbers must not overflow in the sums below
    if (time == AV_NOPTS_VALUE || time < -kLimit || time > kLimit || packet.duration > kLimit) return;
    times.push_back(time);
    end = std::max(end, time + std::max<std::int64_t>(packet.duration, 0));
    since_key_frame = (packet.flags & AV_PKT_FLAG_KEY) != 0 ? 1 : since_key_frame + 1;
    key_frame_interval_max = std::max(key_frame_interval_max, since_key_frame);
  }
};

void describe_video(const AVStream& stream, PacketStatistics& packets, ClipInfo& info) {
  const AVCodecParameters& codec = *stream.codecpar;
  info.video_codec = avcodec_get_name(codec.codec_id);
  info.video_profile = text_or_unknown(avcodec_profile_name(codec.codec_id, codec.profile));
  info.pixel_format = text_or_unknown(av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format)));
  info.color_primaries = text_or_unknown(av_color_primaries_name(codec.color_primaries));
  info.color_transfer = text_or_unknown(av_color_transfer_name(codec.color_trc));
  info.color_matrix = text_or_unknown(av_color_space_name(codec.color_space));
  info.color_range = text_or_unknown(av_color_range_name(codec.color_range));
  info.width = codec.width;
  info.height = codec.height;
  info.num_frames = static_cast<int>(packets.times.size());
  info.key_frame_interval_max = packets.key_frame_interval_max;
  std::sort(packets.times.begin(), packets.times.end());
  const AVRational rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
  if (rate.num > 0 && rate.den > 0) {
    const int divisor = std::gcd(rate.num, rate.den);
    info.fps = {rate.num / divisor, rate.den / divisor};
  }
  info.constant_frame_rate = rate.num > 0 && rate.den > 0;
  for (std::size_t i = 1; info.constant_frame_rate && i < packets.times.size(); ++i) {
    const std::int64_t expected = packets.times.front() + av_rescale_q(static_cast<std::int64_t>(i), av_inv_q(rate), stream.time_base);
    if (std::abs(packets.times[i] - expected) > 1) info.constant_frame_rate = false;
  }
  if (!packets.times.empty()) info.video_duration_s = static_cast<double>(packets.end - packets.times.front()) * av_q2d(stream.time_base);
}

void describe_audio(const AVStream& stream, const PacketStatistics& packets, ClipInfo& info) {
  const AVCodecParameters& codec = *stream.codecpar;
  info.has_audio = true;
  info.audio_codec = avcodec_get_name(codec.codec_id);
  info.audio_profile = text_or_unknown(avcodec_profile_name(codec.codec_id, codec.profile));
  info.audio_sample_rate = codec.sample_rate;
  info.audio_num_channels = codec.ch_layout.nb_channels;
  // Packets before time 0 only prime the decoder.
  const std::int64_t start =
      packets.times.empty() ? 0 : std::max<std::int64_t>(0, *std::min_element(packets.times.begin(), packets.times.end()));
  info.audio_duration_s = static_cast<double>(packets.end - start) * av_q2d(stream.time_base);
}

Result<AvPtr<AVCodecContext>> open_decoder(const AVStream& stream, const std::string& path) {
  const AVCodec* codec = nullptr;
  switch (stream.codecpar->codec_id) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_AAC:
    case AV_CODEC_ID_ALAC:
    case AV_CODEC_ID_MP3:
    case AV_CODEC_ID_OPUS:
    case AV_CODEC_ID_PCM_S16LE:
    case AV_CODEC_ID_PCM_S16BE:
    case AV_CODEC_ID_PCM_S24LE:
      codec = avcodec_find_decoder(stream.codecpar->codec_id);
      break;
    default:
      break;
  }
  if (codec == nullptr)
    return Error{ErrorCode::kUnsupported,
                 "this kind of stream cannot be decoded: " + path,
                 path,
                 avcodec_get_name(stream.codecpar->codec_id),
                 "H.264, HEVC, AV1, VP9, MPEG-4; AAC, ALAC, MP3, Opus, PCM",
                 "Convert it first."};
  AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  int result = avcodec_parameters_to_context(context.get(), stream.codecpar);
  context->pkt_timebase = stream.time_base;
  context->max_pixels = std::int64_t{8192} * 8192;
  context->thread_count = 2;
  if (result >= 0) result = avcodec_open2(context.get(), codec, nullptr);
  if (result < 0) return av_error(ErrorCode::kBadFile, "decode", path, result);
  return context;
}

/// Calls `on_frame` for each decoded frame until it says stop, or the stream ends. Damage ends the stream.
template <typename OnFrame>
Result<void> decode_stream(Demuxer& demuxer, int index, const std::string& path, OnFrame on_frame) {
  FANTASCOPE_TRY(const AvPtr<AVCodecContext> decoder, open_decoder(*demuxer.format->streams[index], path));
  const AvPtr<AVPacket> packet(av_packet_alloc());
  const AvPtr<AVFrame> frame(av_frame_alloc());
  bool reading = true;
  while (reading) {
    const int result = av_read_frame(demuxer.format, packet.get());
    reading = result >= 0;
    if (reading && packet->stream_index != index) {
      av_packet_unref(packet.get());
      continue;
    }
    avcodec_send_packet(decoder.get(), reading ? packet.get() : nullptr);
    av_packet_unref(packet.get());
    while (avcodec_receive_frame(decoder.get(), frame.get()) >= 0) {
      FANTASCOPE_TRY(const bool more, on_frame(*frame));
      av_frame_unref(frame.get());
      if (!more) return {};
    }
  }
  return {};
}

/// Decoded picture to 8-bit RGB by the colour tags it carries; untagged ones are BT.709 from 720 lines on, BT.601 below.
class RgbConverter {
 public:
  Result<void> append(const AVFrame& frame, const std::string& path, VideoFrames& frames) {
    if (!scaler_) FANTASCOPE_TRY_VOID(open(frame, path));
    if (frame.width != frames.width || frame.height != frames.height || frame.format != format_)
      return Error{ErrorCode::kUnsupported,        "the picture changes its size inside the clip: " + path, path, {}, {},
                   "Convert it to one size first."};
    sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, rgb_->data, rgb_->linesize);
    for (int y = 0; y < frame.height; ++y) {
      const std::uint8_t* row = rgb_->data[0] + static_cast<std::ptrdiff_t>(y) * rgb_->linesize[0];
      std::transform(row, row + 3 * frame.width, std::back_inserter(frames.rgb),
                     [](std::uint8_t byte) { return static_cast<float>(byte) / 255.0f; });
    }
    ++frames.num_frames;
    return {};
  }

 private:
  Result<void> open(const AVFrame& frame, const std::string& path) {
    format_ = frame.format;
    scaler_.reset(sws_alloc_context());
    rgb_.reset(av_frame_alloc());
    SwsContext* scaler = scaler_.get();
    for (const auto& [name, value] : {std::pair<const char*, std::int64_t>{"srcw", frame.width},
                                      {"srch", frame.height},
                                      {"dstw", frame.width},
                                      {"dsth", frame.height},
                                      {"src_format", frame.format},
                                      {"dst_format", AV_PIX_FMT_RGB24},
                                      {"src_h_chr_pos", 0},
                                      {"src_v_chr_pos", 128},
                                      {"sws_flags", SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT}})
      av_opt_set_int(scaler, name, value, 0);
    int matrix = frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
    if (frame.colorspace != AVCOL_SPC_UNSPECIFIED) matrix = frame.colorspace;  // swscale's numbers are those of the tag
    const int full_range = frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
    sws_setColorspaceDetails(scaler, sws_getCoefficients(matrix), full_range, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    rgb_->format = AV_PIX_FMT_RGB24;
    rgb_->width = frame.width;
    rgb_->height = frame.height;
    int result = sws_init_context(scaler, nullptr, nullptr);
    if (result >= 0) result = av_frame_get_buffer(rgb_.get(), 0);
    if (result < 0) return av_error(ErrorCode::kUnsupported, "convert the picture of", path, result);
    return {};
  }

  AvPtr<SwsContext> scaler_;
  AvPtr<AVFrame> rgb_;
  int format_ = -1;
};

}  // namespace

Result<ClipInfo> probe_clip(const std::string& path) {
  FANTASCOPE_TRY(Demuxer demuxer, media::open_demuxer(path));
  ClipInfo info;
  struct stat file;
  if (::fstat(demuxer.fd, &file) == 0) info.size_bytes = static_cast<std::uint64_t>(file.st_size);
  info.index_in_front = index_comes_first(demuxer.fd, info.size_bytes);
  const AVFormatContext& format = *demuxer.format;
  std::vector<PacketStatistics> packets(format.nb_streams);
  const AvPtr<AVPacket> packet(av_packet_alloc());
  while (av_read_frame(demuxer.format, packet.get()) >= 0) {
    packets[static_cast<std::size_t>(packet->stream_index)].add(*packet);
    av_packet_unref(packet.get());
  }
  const int video = find_stream(format, AVMEDIA_TYPE_VIDEO), audio = find_stream(format, AVMEDIA_TYPE_AUDIO);
  if (video < 0 && audio < 0) return bad_file("no picture and no sound", path);
  if (video >= 0) describe_video(*format.streams[video], packets[static_cast<std::size_t>(video)], info);
  if (audio >= 0) describe_audio(*format.streams[audio], packets[static_cast<std::size_t>(audio)], info);
  return info;
}

Result<VideoFrames> read_frames(const std::string& path, int frames_max) {
  FANTASCOPE_TRY(Demuxer demuxer, media::open_demuxer(path));
  const int index = find_stream(*demuxer.format, AVMEDIA_TYPE_VIDEO);
  if (index < 0) return bad_file("no picture", path);
  const AVStream& stream = *demuxer.format->streams[index];
  VideoFrames frames;
  frames.width = stream.codecpar->width;
  frames.height = stream.codecpar->height;
  if (const AVRational rate = stream.avg_frame_rate; rate.num > 0 && rate.den > 0) {
    const int divisor = std::gcd(rate.num, rate.den);
    frames.fps = {rate.num / divisor, rate.den / divisor};
  }
  RgbConverter converter;
  FANTASCOPE_TRY_VOID(decode_stream(demuxer, index, path, [&](const AVFrame& frame) -> Result<bool> {
    FANTASCOPE_TRY_VOID(converter.append(frame, path, frames));
    if (frames.rgb.size() * sizeof(float) > kMaxDecodedBytes)
      return Error{ErrorCode::kUnsupported,
                   "the clip is too long to be held in memory: " + path,
                   path,
                   {},
                   std::to_string(kMaxDecodedBytes) + " bytes",
                   "Ask for fewer frames."};
    return frames_max <= 0 || frames.num_frames < frames_max;
  }));
  if (frames.num_frames == 0) return bad_file("no frame could be decoded", path);
  return frames;
}

Result<Waveform> read_audio(const std::string& path) {
  FANTASCOPE_TRY(Demuxer demuxer, media::open_demuxer(path));
  const int index = find_stream(*demuxer.format, AVMEDIA_TYPE_AUDIO);
  if (index < 0) return Error{ErrorCode::kNotFound, "no sound in " + path, path, {}, {}, {}};
  const AVCodecParameters& codec = *demuxer.format->streams[index]->codecpar;
  Waveform waveform{codec.sample_rate, codec.ch_layout.nb_channels, 0, {}};
  if (waveform.sample_rate < 1 || waveform.num_channels < 1 || waveform.num_channels > 64)
    return bad_file("the sound's rate or channels are not usable", path);
  std::vector<std::vector<float>> channels(static_cast<std::size_t>(waveform.num_channels));
  AvPtr<SwrContext> converter;
  FANTASCOPE_TRY_VOID(decode_stream(demuxer, index, path, [&](AVFrame& frame) -> Result<bool> {
    if (frame.ch_layout.nb_channels != waveform.num_channels || frame.sample_rate != waveform.sample_rate)
      return Error{ErrorCode::kUnsupported, "the sound changes its rate or channels inside the clip: " + path, path, {}, {}, {}};
    if (!converter) {
      SwrContext* raw = nullptr;
      int result = swr_alloc_set_opts2(&raw, &frame.ch_layout, AV_SAMPLE_FMT_FLTP, frame.sample_rate, &frame.ch_layout,
                                       static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
      converter.reset(raw);
      if (result >= 0) result = swr_init(raw);
      if (result < 0) return av_error(ErrorCode::kUnsupported, "convert the sound of", path, result);
    }
    std::vector<std::uint8_t*> out;
    for (auto& channel : channels) {
      channel.resize(channel.size() + static_cast<std::size_t>(frame.nb_samples));
      out.push_back(reinterpret_cast<std::uint8_t*>(channel.data() + channel.size() - frame.nb_samples));
    }
    const int made =
        swr_convert(converter.get(), out.data(), frame.nb_samples, const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
    if (made != frame.nb_samples) return bad_file("the sound cannot be converted", path);
    return channels.front().size() * channels.size() * sizeof(float) <= kMaxDecodedBytes;
  }));
  waveform.num_samples = static_cast<std::int64_t>(channels.front().size());
  if (waveform.num_samples == 0) return bad_file("no sound could be decoded", path);
  for (const auto& channel : channels) waveform.samples.insert(waveform.samples.end(), channel.begin(), channel.end());
  return waveform;
}

}  // namespace fantascope
