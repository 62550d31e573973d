#include "app/media/compressed_image.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "app/media/internal/av.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace fantascope {
namespace {

using media::av_error;
using media::AvPtr;

constexpr int kCrfMax = 51;
constexpr const char* kWhat = "the given picture";

Error failed(int result) { return av_error(ErrorCode::kInternal, "compress", kWhat, result); }

Result<AvPtr<AVFrame>> make_frame(int width, int height, AVPixelFormat format) {
  AvPtr<AVFrame> frame(av_frame_alloc());
  frame->width = width;
  frame->height = height;
  frame->format = format;
  const int result = av_frame_get_buffer(frame.get(), 0);
  if (result < 0) return failed(result);
  return frame;
}

/// Between RGB and 4:2:0; same size. The colour matrix is libswscale's own choice both ways (BT.601, as the reference's), so it cancels
/// out.
Result<void> convert(const AVFrame& from, AVFrame& to) {
  const AvPtr<SwsContext> scaler(sws_getContext(from.width, from.height, static_cast<AVPixelFormat>(from.format), to.width, to.height,
                                                static_cast<AVPixelFormat>(to.format), SWS_BILINEAR, nullptr, nullptr, nullptr));
  if (!scaler) return failed(AVERROR(EINVAL));
  const int rows = sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to.data, to.linesize);
  if (rows < 0) return failed(rows);
  return {};
}

Result<AvPtr<AVCodecContext>> open_encoder(int width, int height, int crf) {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (codec == nullptr) return Error{ErrorCode::kUnsupported, "this FFmpeg has no libx264", {}, {}, {}, "Install Debian's libavcodec."};
  AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  context->width = width;
  context->height = height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->time_base = {1, 1};
  context->thread_count = 1;
  media::make_reproducible(*context);
  av_opt_set(context->priv_data, "preset", "veryfast", 0);
  av_opt_set_double(context->priv_data, "crf", crf, 0);
  const int result = avcodec_open2(context.get(), codec, nullptr);
  if (result < 0) return failed(result);
  return context;
}

Result<AvPtr<AVPacket>> encode(const AVFrame& frame, int crf) {
  FANTASCOPE_TRY(const AvPtr<AVCodecContext> encoder, open_encoder(frame.width, frame.height, crf));
  AvPtr<AVPacket> packet(av_packet_alloc());
  int result = avcodec_send_frame(encoder.get(), &frame);
  if (result >= 0) result = avcodec_send_frame(encoder.get(), nullptr);
  if (result >= 0) result = avcodec_receive_packet(encoder.get(), packet.get());
  if (result < 0) return failed(result);
  return packet;
}

Result<AvPtr<AVFrame>> decode(const AVPacket& packet) {
  const AvPtr<AVCodecContext> decoder(avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264)));
  AvPtr<AVFrame> frame(av_frame_alloc());
  int result = avcodec_open2(decoder.get(), nullptr, nullptr);
  if (result >= 0) result = avcodec_send_packet(decoder.get(), &packet);
  if (result >= 0) result = avcodec_send_packet(decoder.get(), nullptr);
  if (result >= 0) result = avcodec_receive_frame(decoder.get(), frame.get());
  if (result < 0) return failed(result);
  return frame;
}

}  // namespace

Result<RgbImage> compress_image(const RgbImage& image, int crf) {
  if (crf < 0 || crf > kCrfMax)
    return Error{ErrorCode::kInvalidArgument, "quality is outside what is allowed", "image_crf", std::to_string(crf), "0 to 51", {}};
  if (crf == 0) return image;
  media::silence_av();
  const int width = image.width / 2 * 2, height = image.height / 2 * 2;
  FANTASCOPE_TRY(const AvPtr<AVFrame> rgb, make_frame(width, height, AV_PIX_FMT_RGB24));
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = image.pixels.data() + static_cast<std::size_t>(y) * image.width * 3;
    std::copy(row, row + width * 3, rgb->data[0] + static_cast<std::ptrdiff_t>(y) * rgb->linesize[0]);
  }
  FANTASCOPE_TRY(const AvPtr<AVFrame> planes, make_frame(width, height, AV_PIX_FMT_YUV420P));
  FANTASCOPE_TRY_VOID(convert(*rgb, *planes));
  FANTASCOPE_TRY(const AvPtr<AVPacket> packet, encode(*planes, crf));
  FANTASCOPE_TRY(const AvPtr<AVFrame> decoded, decode(*packet));
  FANTASCOPE_TRY_VOID(convert(*decoded, *rgb));
  RgbImage out{width, height, {}};
  out.pixels.reserve(static_cast<std::size_t>(width) * height * 3);
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = rgb->data[0] + static_cast<std::ptrdiff_t>(y) * rgb->linesize[0];
    out.pixels.insert(out.pixels.end(), row, row + width * 3);
  }
  return out;
}

}  // namespace fantascope
