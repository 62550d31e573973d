#include "app/main/frame_watch.h"

#include <time.h>

#include <QKeyEvent>
#include <algorithm>

#include "app/main/stall_watch.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr double kKeyAge_ms_max = 5000;

double ms_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// The time of a key as the X server saw it, if that server's clock is ours (32 bits of milliseconds), else now.
double key_time_ms(const QKeyEvent& key, double now_ms) {
  const auto low = static_cast<std::uint32_t>(static_cast<std::uint64_t>(now_ms));
  const auto age = static_cast<std::int32_t>(low - static_cast<std::uint32_t>(key.timestamp()));
  return age >= 0 && age < kKeyAge_ms_max ? now_ms - age : now_ms;
}

}  // namespace

double monotonic_s() { return ms_of(CLOCK_MONOTONIC) / 1e3; }

FrameWatch::FrameWatch(QQuickWindow& window) : window_(window), gui_thread_(::pthread_self()) {
  window_.installEventFilter(this);
  connect(&window_, &QQuickWindow::frameSwapped, this, &FrameWatch::onSwapped, Qt::DirectConnection);
  connect(&window_, &QQuickWindow::afterAnimating, this, &FrameWatch::onAnimating, Qt::DirectConnection);
  connect(
      &window_, &QQuickWindow::afterSynchronizing, this,
      [this] {
        const std::lock_guard lock(mutex_);
        synced_.insert(synced_.end(), changed_.begin(), changed_.end());
        changed_.clear();
      },
      Qt::DirectConnection);
}

bool FrameWatch::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    key_arrived_ms_ = ms_of(CLOCK_MONOTONIC);
    key_ms_ = key_time_ms(*static_cast<QKeyEvent*>(event), key_arrived_ms_);
  }
  return QObject::eventFilter(object, event);
}

void FrameWatch::onSwapped() {
  clockid_t gui = CLOCK_THREAD_CPUTIME_ID;
  ::pthread_getcpuclockid(gui_thread_, &gui);
  const Costs now{ms_of(CLOCK_MONOTONIC), ms_of(gui), ms_of(CLOCK_THREAD_CPUTIME_ID), ms_of(CLOCK_PROCESS_CPUTIME_ID)};
  const std::lock_guard lock(mutex_);
  if (first_frame_s_ == 0) first_frame_s_ = now.wall_ms / 1e3;
  if (has_last_) {
    intervals_ms_.push_back(now.wall_ms - last_.wall_ms);
    gui_ms_.push_back(now.gui_ms - last_.gui_ms);
    render_ms_.push_back(now.render_ms - last_.render_ms);
    process_ms_.push_back(now.process_ms - last_.process_ms);
  }
  last_ = now;
  has_last_ = true;
  for (Followed& change : synced_) {
    change.shown_ms = now.wall_ms;
    shown_.push_back(std::move(change));
  }
  synced_.clear();
}

void FrameWatch::onAnimating() {
  if (scrolls_left_ <= 0) return;
  --scrolls_left_;
  if (flickable_ == nullptr) return;
  const double end = flickable_->property("contentHeight").toDouble() - flickable_->height();
  double to = flickable_->property("contentY").toDouble() + scroll_pixels_;
  if (to > end) to = 0;
  flickable_->setProperty("contentY", to);
  QMetaObject::invokeMethod(&window_, &QQuickWindow::update, Qt::QueuedConnection);
}

void FrameWatch::scroll(QQuickItem& flickable, double pixels, int count) {
  flickable_ = &flickable;
  scroll_pixels_ = pixels;
  scrolls_left_ = count;
  window_.update();
}

void FrameWatch::follow(QQuickItem& item) {
  if (item_ != nullptr) item_->disconnect(this);
  item_ = &item;
  // The signal of QQuickText::text is of a private class: found by name.
  connect(&item, SIGNAL(textChanged(QString)), this, SLOT(onText()));
}

void FrameWatch::onText() {
  const std::lock_guard lock(mutex_);
  changed_.push_back({item_->property("text").toString(), key_ms_, key_arrived_ms_, 0});
}

json FrameWatch::frames() {
  const std::lock_guard lock(mutex_);
  json shown = spread_of(intervals_ms_);
  shown["gui"] = spread_of(gui_ms_);
  shown["render"] = spread_of(render_ms_);
  shown["process"] = spread_of(process_ms_);
  has_last_ = false;
  return shown;
}

json FrameWatch::followed() {
  const std::lock_guard lock(mutex_);
  json rows = json::array();
  for (const Followed& change : std::exchange(shown_, {}))
    rows.push_back({{"text", change.text.toStdString()},
                    {"key_ms", change.shown_ms - change.key_ms},
                    {"typed_ms", change.shown_ms - change.arrived_ms}});
  return rows;
}

}  // namespace fantascope
