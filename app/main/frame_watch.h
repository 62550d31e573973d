#pragma once
/// What a drawn frame costs and how long a key takes to the screen, measured inside the program. For tests and measurements only.
/// Made and asked on the GUI thread; frames are seen on the thread that draws them.
#include <pthread.h>

#include <QObject>
#include <QPointer>
#include <QQuickItem>
#include <QQuickWindow>
#include <cstdint>
#include <mutex>
#include <nlohmann/json.hpp>
#include <vector>

namespace fantascope {

class FrameWatch final : public QObject {
  Q_OBJECT
 public:
  explicit FrameWatch(QQuickWindow& window);
  /// Since the last question: `interval` between frames, and of one core's time a frame: `gui` (our items and models), `render` (the scene
  /// graph's thread), `process` (with everything else, mostly the software rasteriser's threads). p50_ms, p95_ms … of each.
  nlohmann::json frames();
  /// Moves a flickable by `pixels` before each of the next `count` frames, as fast as they are drawn; from row to row at its end.
  void scroll(QQuickItem& flickable, double pixels, int count);
  int scrollsLeft() const { return scrolls_left_; }
  /// From now on, every change of this item's text that follows a key is timed to the frame it is first in.
  void follow(QQuickItem& item);
  /// Since the last question: [{text, key_ms, typed_ms}]: from the X server's time of the key, and from its arrival in the event loop.
  nlohmann::json followed();
  double firstFrame_s() const { return first_frame_s_; }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  struct Costs {
    double wall_ms = 0, gui_ms = 0, render_ms = 0, process_ms = 0;
  };
  struct Followed {
    QString text;
    double key_ms = 0, arrived_ms = 0, shown_ms = 0;
  };
  void onSwapped();    // on the drawing thread
  void onAnimating();  // on the GUI thread, before each frame
  Q_SLOT void onText();

  QQuickWindow& window_;
  pthread_t gui_thread_;
  QPointer<QQuickItem> flickable_, item_;
  double scroll_pixels_ = 0, key_ms_ = 0, key_arrived_ms_ = 0;
  int scrolls_left_ = 0;
  std::mutex mutex_;  // guards what is below
  Costs last_;
  bool has_last_ = false;
  double first_frame_s_ = 0;
  std::vector<double> intervals_ms_, gui_ms_, render_ms_, process_ms_;
  std::vector<Followed> changed_, synced_, shown_;
};

/// Seconds of the clock that Python's time.monotonic() reads.
double monotonic_s();

}  // namespace fantascope
