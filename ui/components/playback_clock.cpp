#include "ui/components/playback_clock.h"

#include <algorithm>
#include <cmath>

namespace fantascope::ui {
namespace {

constexpr int kTick_ms = 8;
constexpr double kSpeedMax = 4;

}  // namespace

PlaybackClock::PlaybackClock(QObject* parent) : QObject(parent) {
  timer_.setTimerType(Qt::PreciseTimer);
  timer_.setInterval(kTick_ms);
  connect(&timer_, &QTimer::timeout, this, [this] { advance(static_cast<double>(since_.nsecsElapsed()) / 1e9); });
}

void PlaybackClock::setFrames(int frames) {
  if (frames_ == frames) return;
  frames_ = frames;
  in_ = std::min(in_, std::max(0, frames - 1));
  if (out_ >= frames) out_ = -1;
  Q_EMIT rangeChanged();
  if (frame_ >= frames && frames > 0) show(frames - 1);
}

void PlaybackClock::setFps(double fps) {
  if (fps <= 0 || fps == fps_) return;
  fps_ = fps;
  Q_EMIT rangeChanged();
  Q_EMIT frameChanged();
}

void PlaybackClock::setLoop(bool loop) {
  if (loop_ == loop) return;
  loop_ = loop;
  Q_EMIT loopChanged();
}

void PlaybackClock::setInPoint(int frame) {
  in_ = std::clamp(frame, 0, std::max(0, frames_ - 1));
  if (out_ >= 0 && out_ < in_) out_ = -1;
  Q_EMIT rangeChanged();
}

void PlaybackClock::setOutPoint(int frame) {
  out_ = frame < 0 || frame >= frames_ - 1 ? -1 : frame;
  if (out_ >= 0 && in_ > out_) in_ = 0;
  Q_EMIT rangeChanged();
}

QString PlaybackClock::timeText() const {
  const int rate = std::max(1, static_cast<int>(std::lround(fps_)));
  const int seconds = frame_ / rate;
  return QStringLiteral("%1:%2:%3")
      .arg(seconds / 60, 2, 10, QLatin1Char('0'))
      .arg(seconds % 60, 2, 10, QLatin1Char('0'))
      .arg(frame_ % rate, 2, 10, QLatin1Char('0'));
}

void PlaybackClock::show(int frame) {
  if (frame == frame_) return;
  frame_ = frame;
  Q_EMIT frameChanged();
}

void PlaybackClock::start(double speed) {
  if (frames_ < 1) return;
  const bool was_playing = playing();
  speed_ = speed;
  if (speed > 0 && (frame_ >= outPoint() || frame_ < in_)) show(in_);
  start_frame_ = frame_;
  since_.start();
  timer_.start();
  if (speed == 1)
    Q_EMIT soundFrom(frame_ / fps_);
  else
    Q_EMIT soundStopped();
  if (!was_playing) Q_EMIT playingChanged();
}

void PlaybackClock::play() { start(1); }

void PlaybackClock::pause() {
  if (!playing()) return;
  timer_.stop();
  Q_EMIT soundStopped();
  Q_EMIT playingChanged();
}

void PlaybackClock::toggle() {
  if (playing())
    pause();
  else
    play();
}

void PlaybackClock::step(int frames) {
  pause();
  seek(frame_ + frames);
}

void PlaybackClock::seek(int frame) {
  show(std::clamp(frame, 0, std::max(0, frames_ - 1)));
  if (playing()) start(speed_);
}

void PlaybackClock::shuttle(int direction) {
  const double next = playing() && speed_ * direction > 0 ? std::clamp(speed_ * 2, -kSpeedMax, kSpeedMax) : direction;
  start(next);
}

void PlaybackClock::advance(double elapsed_s) {
  const int first = in_, last = outPoint(), length = last - first + 1;
  if (length < 1) return pause();
  int next = start_frame_ + static_cast<int>(std::floor(elapsed_s * fps_ * std::abs(speed_))) * (speed_ < 0 ? -1 : 1);
  if (next > last || next < first) {
    if (!loop_) {
      show(std::clamp(next, first, last));
      return pause();
    }
    show(speed_ > 0 ? first : last);
    return start(speed_);
  }
  show(next);
}

}  // namespace fantascope::ui
