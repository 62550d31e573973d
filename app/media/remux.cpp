#include <sys/stat.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/media/internal/av.h"
#include "app/media/internal/remux.h"
#include "app/media/mp4_writer.h"

namespace fantascope {
namespace {

using media::av_error;
using media::AvPtr;
using media::FdStream;

/// Moving the index to the front, the muxer reads the file that it writes: this gives it a second stream over the same descriptor.
struct Reopener {
  int fd;
  std::unique_ptr<FdStream> stream;
  static int open(AVFormatContext* format, AVIOContext** io, const char*, int flags, AVDictionary**) {
    auto& self = *static_cast<Reopener*>(format->opaque);
    if ((flags & AVIO_FLAG_WRITE) != 0 || self.stream) return AVERROR(EACCES);
    self.stream = std::make_unique<FdStream>(self.fd, FdStream::Access::kRead);
    *io = self.stream->io();
    return 0;
  }
  static int close(AVFormatContext* format, AVIOContext*) {
    static_cast<Reopener*>(format->opaque)->stream.reset();
    return 0;
  }
};

struct OutputDeleter {
  void operator()(AVFormatContext* p) const { avformat_free_context(p); }
};

/// One stream of output for each picture or sound stream of the input; -1 for the others.
Result<std::vector<int>> copy_streams(const AVFormatContext& input, AVFormatContext& output, const std::string& path) {
  std::vector<int> target(input.nb_streams, -1);
  for (unsigned i = 0; i < input.nb_streams; ++i) {
    const AVStream& from = *input.streams[i];
    if (from.codecpar->codec_type != AVMEDIA_TYPE_VIDEO && from.codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
    AVStream* to = avformat_new_stream(&output, nullptr);
    const int result = to != nullptr ? avcodec_parameters_copy(to->codecpar, from.codecpar) : AVERROR(ENOMEM);
    if (result < 0) return av_error(ErrorCode::kInternal, "copy", path, result);
    to->codecpar->codec_tag = 0;
    to->time_base = from.time_base;
    to->avg_frame_rate = from.avg_frame_rate;
    to->sample_aspect_ratio = from.sample_aspect_ratio;
    target[i] = to->index;
  }
  if (output.nb_streams == 0) return Error{ErrorCode::kBadFile, "no picture and no sound in " + path, path, {}, {}, {}};
  return target;
}

}  // namespace

Result<void> remux_mp4(const std::string& source, const std::string& path) { return media::remux(source, path, -1); }

Result<void> media::remux(const std::string& source, const std::string& path, std::int64_t audio_end) {
  FANTASCOPE_TRY(media::Demuxer input, media::open_demuxer(source));
  struct stat info;
  if (::fstat(input.fd, &info) != 0) return file_error("look at", source, errno);
  FANTASCOPE_TRY(AtomicFile file, AtomicFile::create(path, {.expected_bytes = static_cast<std::uint64_t>(info.st_size)}));

  FdStream stream(file.fd(), FdStream::Access::kWrite);
  Reopener reopener{file.fd(), nullptr};
  AVFormatContext* raw = nullptr;
  int result = avformat_alloc_output_context2(&raw, nullptr, "mp4", nullptr);
  const std::unique_ptr<AVFormatContext, OutputDeleter> output(raw);
  if (result < 0) return av_error(ErrorCode::kInternal, "write", path, result);
  output->pb = stream.io();
  output->opaque = &reopener;
  output->io_open = &Reopener::open;
  output->io_close2 = &Reopener::close;
  media::make_reproducible(*output);
  FANTASCOPE_TRY(const std::vector<int> target, copy_streams(*input.format, *output, source));

  const auto write_failed = [&](int code) {
    return stream.error_number() != 0 ? file_error("write", path, stream.error_number(), stream.end())
                                      : av_error(ErrorCode::kInternal, "write", path, code);
  };
  AVDictionary* options = nullptr;
  av_dict_set(&options, "movflags", "faststart", 0);
  av_dict_set(&options, "movie_timescale", "48000", 0);  // the default of 1 ms rounds the length of the sound
  result = avformat_write_header(output.get(), &options);
  av_dict_free(&options);
  if (result < 0) return write_failed(result);

  AvPtr<AVPacket> packet(av_packet_alloc());
  std::int64_t num_packets = 0;
  // A read error is the end: of a file cut by a crash everything before the cut is kept.
  while (av_read_frame(input.format, packet.get()) >= 0) {
    const int index = target[static_cast<std::size_t>(packet->stream_index)];
    if (index < 0) {
      av_packet_unref(packet.get());
      continue;
    }
    const AVStream& from = *input.format->streams[packet->stream_index];
    if (audio_end >= 0 && from.codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
      const std::int64_t end = av_rescale_q(audio_end, {1, from.codecpar->sample_rate}, from.time_base);
      if (packet->pts + packet->duration > end && packet->pts < end) packet->duration = end - packet->pts;
    }
    av_packet_rescale_ts(packet.get(), from.time_base, output->streams[index]->time_base);
    packet->stream_index = index;
    packet->pos = -1;
    ++num_packets;
    result = av_interleaved_write_frame(output.get(), packet.get());
    if (result < 0 || stream.error_number() != 0) return write_failed(result);
  }
  if (num_packets == 0) return Error{ErrorCode::kBadFile, "no picture and no sound in " + source, source, {}, {}, {}};
  result = av_write_trailer(output.get());
  avio_flush(stream.io());
  if (result < 0 || stream.error_number() != 0) return write_failed(result);
  return file.commit();
}

}  // namespace fantascope
