#pragma once
/// Owning handles for the C2PA library and byte streams over our own descriptors.
#include <memory>
#include <string>
#include <utility>

#include "app/provenance/internal/c2pa.h"
#include "engine/base/result.h"

/// The library passes this back to the stream's callbacks. The descriptor belongs to someone else.
struct C2paStreamContext {
  int fd = -1;
  std::int64_t position = 0;
  std::int64_t end = 0;  ///< furthest byte written
  int error_number = 0;  ///< errno of the first failed call; 0: none
};

namespace fantascope::provenance {

struct C2paDeleter {
  void operator()(const void* p) const { c2pa_free(p); }
};
struct StreamDeleter {
  void operator()(C2paStream* p) const { c2pa_release_stream(p); }
};
template <typename T>
using C2paPtr = std::unique_ptr<T, C2paDeleter>;

/// The library's reason for its last failure in this thread: "Kind: text".
std::string last_c2pa_error();

class FdStream {
 public:
  explicit FdStream(int fd);
  C2paStream* get() const { return stream_.get(); }
  const C2paStreamContext& context() const { return *context_; }

 private:
  std::unique_ptr<C2paStreamContext> context_;
  std::unique_ptr<C2paStream, StreamDeleter> stream_;
};

struct Signer {
  std::string chain_pem, private_key_pem;
};

/// Settings without network, thumbnails or automatic actions; `trusted_root_pem` may be empty. With a signer for writing, without for
/// reading.
Result<C2paPtr<C2paContext>> make_context(const std::string& trusted_root_pem, const Signer* signer);

}  // namespace fantascope::provenance
