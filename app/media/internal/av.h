#pragma once
/// Owning handles and errors for FFmpeg's libraries, and file access through our own descriptors: FFmpeg never opens a file or a
/// connection itself, and every failed write is known with its errno.
#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

namespace fantascope::media {

struct AvDeleter {
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
  void operator()(AVFrame* p) const { av_frame_free(&p); }
  void operator()(AVPacket* p) const { av_packet_free(&p); }
  void operator()(SwrContext* p) const { swr_free(&p); }
  void operator()(SwsContext* p) const { sws_freeContext(p); }
};
template <typename T>
using AvPtr = std::unique_ptr<T, AvDeleter>;

/// "cannot <action> <path>: <FFmpeg's reason>".
Error av_error(ErrorCode code, const std::string& action, const std::string& path, int result);

/// FFmpeg prints to stderr by default, which belongs to our own progress; its reasons reach the user as errors. Call before using it.
void silence_av();

/// Byte stream over a descriptor that someone else owns and that outlives it. Keeps the errno of the first failed call.
class FdStream {
 public:
  enum class Access { kRead, kWrite };
  FdStream(int fd, Access access);
  ~FdStream();
  FdStream(const FdStream&) = delete;
  FdStream& operator=(const FdStream&) = delete;
  AVIOContext* io() const { return io_; }
  int error_number() const { return error_number_; }  ///< 0: none
  std::uint64_t end() const { return end_; }          ///< furthest byte written

 private:
  static int read(void* self, std::uint8_t* data, int size);
  static int write(void* self, std::uint8_t* data, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);
  int fd_;
  std::int64_t position_ = 0;
  std::uint64_t end_ = 0;
  int error_number_ = 0;
  AVIOContext* io_ = nullptr;
};

/// Opened MP4 for reading.
struct Demuxer {
  int fd = -1;
  std::unique_ptr<FdStream> stream;
  AVFormatContext* format = nullptr;
  Demuxer() = default;
  Demuxer(Demuxer&& other) noexcept { *this = std::move(other); }
  Demuxer& operator=(Demuxer&& other) noexcept;
  ~Demuxer();
};
/// Refuses by content what is not MP4 or QuickTime, and files over the limits (clip_reader.h).
Result<Demuxer> open_demuxer(const std::string& path);

/// Sets file-wide options that make two runs equal byte for byte.
void make_reproducible(AVFormatContext& format);
/// The same for an encoder of libx264 that is not open yet.
void make_reproducible(AVCodecContext& x264);

}  // namespace fantascope::media
