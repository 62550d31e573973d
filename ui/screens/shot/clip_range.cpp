#include "ui/screens/shot/clip_range.h"

#include <algorithm>

namespace fantascope::ui {

void ClipRange::setClip(int frames, double fps) {
  if (frames == frames_ && fps == fps_) return;
  frames_ = std::max(0, frames);
  if (fps > 0) fps_ = fps;
  if (in_ >= frames_) in_ = -1;
  if (out_ >= frames_) out_ = -1;
  Q_EMIT changed();
}

void ClipRange::setIn(int frame) {
  if (frames_ < 1) return;
  in_ = std::clamp(frame, 0, frames_ - 1);
  if (out_ >= 0 && out_ < in_) out_ = -1;
  Q_EMIT changed();
}

void ClipRange::setOut(int frame) {
  if (frames_ < 1) return;
  out_ = std::clamp(frame, 0, frames_ - 1);
  if (in_ > out_) in_ = -1;
  Q_EMIT changed();
}

void ClipRange::clear() {
  if (!isSet()) return;
  in_ = out_ = -1;
  Q_EMIT changed();
}

}  // namespace fantascope::ui
