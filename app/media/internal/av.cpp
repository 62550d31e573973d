#include "app/media/internal/av.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "app/files/file_system.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace fantascope::media {
namespace {
constexpr int kBufferBytes = 1 << 16;
constexpr unsigned kMaxStreams = 16;
constexpr int kMaxSide = 8192;
constexpr std::int64_t kMaxSeconds = 4 * 3600;
}  // namespace

Error av_error(ErrorCode code, const std::string& action, const std::string& path, int result) {
  char reason[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(result, reason, sizeof reason);
  return Error{code, "cannot " + action + " " + path + ": " + reason, path, {}, {}, {}};
}

void silence_av() { av_log_set_level(AV_LOG_QUIET); }

FdStream::FdStream(int fd, Access access) : fd_(fd) {
  const bool writes = access == Access::kWrite;
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBufferBytes));
  io_ = avio_alloc_context(buffer, kBufferBytes, writes ? 1 : 0, this, writes ? nullptr : &FdStream::read,
                           writes ? &FdStream::write : nullptr, &FdStream::seek);
  FANTASCOPE_CHECK(io_ != nullptr);
}

FdStream::~FdStream() {
  av_freep(&io_->buffer);
  avio_context_free(&io_);
}

int FdStream::read(void* self, std::uint8_t* data, int size) {
  auto& stream = *static_cast<FdStream*>(self);
  for (;;) {
    const ssize_t n = ::pread(stream.fd_, data, static_cast<std::size_t>(size), stream.position_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      if (stream.error_number_ == 0) stream.error_number_ = errno;
      return AVERROR(errno);
    }
    stream.position_ += n;
    return n == 0 ? AVERROR_EOF : static_cast<int>(n);
  }
}

int FdStream::write(void* self, std::uint8_t* data, int size) {
  auto& stream = *static_cast<FdStream*>(self);
  const int wanted = size;
  // After a failure nothing more is written: the file is lost, and a later success would hide that.
  while (stream.error_number_ == 0 && size > 0) {
    const ssize_t n = ::pwrite(stream.fd_, data, static_cast<std::size_t>(size), stream.position_);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      stream.error_number_ = n == 0 ? ENOSPC : errno;
      break;
    }
    stream.position_ += n;
    data += n;
    size -= static_cast<int>(n);
  }
  stream.end_ = std::max(stream.end_, static_cast<std::uint64_t>(stream.position_ + size));
  return stream.error_number_ != 0 ? AVERROR(stream.error_number_) : wanted;
}

std::int64_t FdStream::seek(void* self, std::int64_t offset, int whence) {
  auto& stream = *static_cast<FdStream*>(self);
  struct stat info;
  if (::fstat(stream.fd_, &info) != 0) return AVERROR(errno);
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return info.st_size;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += stream.position_;
      break;
    case SEEK_END:
      offset += info.st_size;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return stream.position_ = offset;
}

Demuxer& Demuxer::operator=(Demuxer&& other) noexcept {
  std::swap(fd, other.fd);
  std::swap(stream, other.stream);
  std::swap(format, other.format);
  return *this;
}

Demuxer::~Demuxer() {
  if (format != nullptr) avformat_close_input(&format);
  stream.reset();
  if (fd >= 0) ::close(fd);
}

Result<Demuxer> open_demuxer(const std::string& path) {
  silence_av();
  Demuxer demuxer;
  demuxer.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (demuxer.fd < 0) return file_error("open", path, errno);
  struct stat info;
  char head[12] = {};
  if (::fstat(demuxer.fd, &info) != 0) return file_error("look at", path, errno);
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kBadFile, "not a regular file: " + path, path, {}, {}, {}};
  const bool has_head = ::pread(demuxer.fd, head, sizeof head, 0) == static_cast<ssize_t>(sizeof head);
  if (!has_head || (std::memcmp(head + 4, "ftyp", 4) != 0 && std::memcmp(head + 4, "moov", 4) != 0))
    return Error{ErrorCode::kBadFile, "not an MP4 file: " + path, path, {}, "MP4 or QuickTime", "Convert it to MP4 first."};

  demuxer.stream = std::make_unique<FdStream>(demuxer.fd, FdStream::Access::kRead);
  AVFormatContext* format = avformat_alloc_context();
  FANTASCOPE_CHECK(format != nullptr);
  format->pb = demuxer.stream->io();
  format->max_streams = static_cast<int>(kMaxStreams);
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "none", 0);
  av_dict_set(&options, "enable_drefs", "0", 0);
  av_dict_set(&options, "format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2", 0);
  av_dict_set(&options, "codec_whitelist", "h264,hevc,av1,libdav1d,vp9,mpeg4,aac,alac,mp3,mp3float,opus,pcm_s16le,pcm_s16be,pcm_s24le", 0);
  int result = avformat_open_input(&format, nullptr, av_find_input_format("mov"), &options);
  av_dict_free(&options);
  if (result < 0) {  // avformat_open_input has freed `format`
    Error error = av_error(ErrorCode::kBadFile, "read", path, result);
    error.message = "the MP4 file is unfinished or damaged: " + path;
    return error;
  }
  demuxer.format = format;
  result = avformat_find_stream_info(format, nullptr);
  if (result < 0) return av_error(ErrorCode::kBadFile, "read", path, result);
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    const AVCodecParameters& codec = *format->streams[i]->codecpar;
    if (codec.width > kMaxSide || codec.height > kMaxSide)
      return Error{ErrorCode::kUnsupported,
                   "the picture is too large: " + path,
                   path,
                   std::to_string(codec.width) + "x" + std::to_string(codec.height),
                   "at most 8192 pixels a side",
                   {}};
  }
  if (format->duration != AV_NOPTS_VALUE && format->duration / AV_TIME_BASE > kMaxSeconds)
    return Error{ErrorCode::kUnsupported,
                 "the clip is too long: " + path,
                 path,
                 std::to_string(format->duration / AV_TIME_BASE) + " s",
                 "at most 4 hours",
                 {}};
  return demuxer;
}

void make_reproducible(AVFormatContext& format) {
  format.flags |= AVFMT_FLAG_BITEXACT;  // no library version, no creation time
}

void make_reproducible(AVCodecContext& x264) {
#if defined(__x86_64__)
  // The AVX-512 code of libx264 (seen in core 164) reads memory that was never written, in macroblock-tree rate control with B frames:
  // the bytes then depend on what lay in the heap. Every processor with AVX-512 has AVX2, whose result equals that of plain C.
  if (__builtin_cpu_supports("avx512f")) av_opt_set(x264.priv_data, "x264-params", "asm=avx2", 0);
#else
  (void)x264;
#endif
}

}  // namespace fantascope::media
