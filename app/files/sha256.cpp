#include "app/files/sha256.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "app/files/file_system.h"

namespace fantascope {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  FANTASCOPE_CHECK(state_->context != nullptr && EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  FANTASCOPE_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}
void Sha256::update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  FANTASCOPE_CHECK(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string sha256_text(std::string_view text) {
  Sha256 hash;
  hash.update(text);
  return hash.finish();
}

Result<std::string> sha256_file(const std::string& path, std::stop_token stop) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return file_error("open", path, errno);
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  Sha256 hash;
  std::vector<std::byte> buffer(1 << 20);
  for (;;) {
    if (stop.stop_requested()) {
      ::close(fd);
      return Error{ErrorCode::kCancelled, "stopped while reading " + path, path, {}, {}, {}};
    }
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error_number = errno;
      ::close(fd);
      return file_error("read", path, error_number);
    }
    if (n == 0) break;
    hash.update(std::span(buffer.data(), static_cast<std::size_t>(n)));
  }
  ::close(fd);
  return hash.finish();
}

}  // namespace fantascope
