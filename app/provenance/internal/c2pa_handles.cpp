#include "app/provenance/internal/c2pa_handles.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace fantascope::provenance {
namespace {

std::intptr_t read_stream(C2paStreamContext* context, std::uint8_t* data, std::intptr_t size) {
  for (;;) {
    const ssize_t n = ::pread(context->fd, data, static_cast<std::size_t>(size), context->position);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      if (context->error_number == 0) context->error_number = errno;
      return -1;
    }
    context->position += n;
    return n;
  }
}

std::intptr_t seek_stream(C2paStreamContext* context, std::intptr_t offset, int whence) {
  std::int64_t base = 0;
  if (whence == 1) base = context->position;
  if (whence == 2) {
    struct stat info;
    if (::fstat(context->fd, &info) != 0) return -1;
    base = info.st_size;
  }
  if (whence < 0 || whence > 2 || base + offset < 0) return -1;
  return context->position = base + offset;
}

std::intptr_t write_stream(C2paStreamContext* context, const std::uint8_t* data, std::intptr_t size) {
  const std::intptr_t wanted = size;
  while (context->error_number == 0 && size > 0) {
    const ssize_t n = ::pwrite(context->fd, data, static_cast<std::size_t>(size), context->position);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      context->error_number = n == 0 ? ENOSPC : errno;
      break;
    }
    context->position += n;
    data += n;
    size -= n;
  }
  context->end = std::max(context->end, context->position + size);
  return context->error_number != 0 ? -1 : wanted;
}

std::intptr_t flush_stream(C2paStreamContext* context) { return context->error_number != 0 ? -1 : 0; }

Error library_error(const char* what) {
  return Error{ErrorCode::kInternal, std::string("the C2PA library cannot ") + what + ": " + last_c2pa_error(), {}, {}, {}, {}};
}

}  // namespace

std::string last_c2pa_error() {
  const std::unique_ptr<char, C2paDeleter> text(c2pa_error());
  return text ? text.get() : "";
}

FdStream::FdStream(int fd) : context_(std::make_unique<C2paStreamContext>()) {
  context_->fd = fd;
  stream_.reset(c2pa_create_stream(context_.get(), read_stream, seek_stream, write_stream, flush_stream));
  FANTASCOPE_CHECK(stream_ != nullptr);
}

Result<C2paPtr<C2paContext>> make_context(const std::string& trusted_root_pem, const Signer* signer) {
  nlohmann::json settings = {{"verify", {{"remote_manifest_fetch", false}, {"ocsp_fetch", false}, {"verify_after_sign", false}}},
                             {"core", {{"allowed_network_hosts", nlohmann::json::array()}}},
                             {"builder",
                              {{"thumbnail", {{"enabled", false}}},
                               {"actions",
                                {{"auto_created_action", {{"enabled", false}}},
                                 {"auto_opened_action", {{"enabled", false}}},
                                 {"auto_placed_action", {{"enabled", false}}}}}}}};
  if (!trusted_root_pem.empty()) settings["trust"]["user_anchors"] = trusted_root_pem;
  const C2paPtr<C2paSettings> handle(c2pa_settings_new());
  if (!handle || c2pa_settings_update_from_string(handle.get(), settings.dump().c_str(), "json") < 0)
    return library_error("take the settings");
  C2paPtr<C2paContextBuilder> builder(c2pa_context_builder_new());
  if (!builder || c2pa_context_builder_set_settings(builder.get(), handle.get()) < 0) return library_error("take the settings");
  if (signer != nullptr) {
    const C2paSignerInfo info{"es256", signer->chain_pem.c_str(), signer->private_key_pem.c_str(), nullptr};
    C2paPtr<C2paSigner> signer_handle(c2pa_signer_from_info(&info));
    if (!signer_handle) return library_error("use the signing keys");
    if (c2pa_context_builder_set_signer(builder.get(), signer_handle.get()) < 0) return library_error("use the signing keys");
    (void)signer_handle.release();  // taken
  }
  C2paPtr<C2paContext> context(c2pa_context_builder_build(builder.release()));
  if (!context) return library_error("start");
  return context;
}

}  // namespace fantascope::provenance
