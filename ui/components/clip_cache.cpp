#include "ui/components/clip_cache.h"

#include <algorithm>

#include "ui/bridge/wording.h"

namespace fantascope::ui {

void ClipHandle::set(ClipPointer clip, const QString& problem) {
  clip_ = std::move(clip);
  problem_ = problem;
  Q_EMIT readyChanged();
}

ClipHandle* ClipCache::clip(const QString& path) {
  if (path.isEmpty()) return nullptr;
  ClipHandle*& handle = clips_[path];
  if (handle == nullptr) handle = new ClipHandle(path, this);
  handle->used_ = ++clock_;
  if (!std::exchange(handle->asked_, true)) {
    operations_.readClip(path, handle, [this, handle = handle](Result<ClipPointer> answer) {
      handle->set(answer ? *answer : nullptr, answer ? QString() : error_text(answer.error()).title);
      handle->asked_ = handle->ready();
      letGo();
    });
  }
  return handle;
}

void ClipCache::letGo() {
  std::size_t bytes = 0;
  for (const ClipHandle* handle : std::as_const(clips_)) bytes += handle->bytes();
  while (bytes > kBytesMax) {
    // A view that still shows a clip holds its pixels itself (shared), so letting the handle go never blanks a picture.
    ClipHandle* oldest = nullptr;
    for (ClipHandle* handle : std::as_const(clips_))
      if (handle->ready() && handle->used_ != clock_ && (oldest == nullptr || handle->used_ < oldest->used_)) oldest = handle;
    if (oldest == nullptr) return;
    bytes -= oldest->bytes();
    oldest->asked_ = false;
    oldest->clip_ = nullptr;
  }
}

}  // namespace fantascope::ui
