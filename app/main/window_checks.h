#pragma once
/// What the window's tests ask of the running program, one line on standard input, one JSON line back; only when FANTASCOPE_WINDOW_TEST is
/// set. Also the heartbeat that measures how long the event loop was kept from its work.
///   where NAME → {"x","y","width","height"} of the item with this objectName or accessible name, in window pixels
///   layout     → {"problems":[…]}: elided, clipped, overlapping or too small texts now on screen
///   focus      → {"name","role","type","object","id","rect"} of the item that the keys go to; without "id" there is none
///   controls   → {"controls":[…]}: the same of all that Tab can reach now (of an open popup alone, if there is one), in the items' order
///   texts      → {"texts":[…]} now on screen
///   grab FILE  → {"file"}: a picture of the window
///   stall      → gaps of the event loop since the last question: {"max_ms","p99_ms", …, "core", "late"} (stall_watch.h). What the
///   questions
///                here take themselves does not count. With FANTASCOPE_STALL_STACKS set, "late" has the GUI thread's stacks.
///   frames     → what drawn frames cost since the last question (frame_watch.h)
///   scroll NAME PIXELS FRAMES → {}: moves a flickable that far before each frame · scrolling → {"left"}
///   follow NAME → {}: times changes of this item's text from the key to the frame · followed → {"changes":[…]}
///   clock      → {"loop_s","first_frame_s","ready_s"}: when the event loop began, a frame was first drawn, the engine was loaded
///   route TEXT → {"route"}: goes there
///   set KEY VALUE → {}: a preference · run COMMAND → {"done"} · quit → {}
#include <QQmlAbstractUrlInterceptor>
#include <QQuickWindow>
#include <QSocketNotifier>
#include <QTimer>
#include <memory>
#include <vector>

#include "app/main/frame_watch.h"
#include "app/main/stall_watch.h"
#include "ui/bridge/operations.h"
#include "ui/shell/shell.h"

namespace fantascope {

/// Views from a folder in place of the embedded ones.
class UrlsFromFolder final : public QQmlAbstractUrlInterceptor {
 public:
  explicit UrlsFromFolder(QString folder) : folder_(std::move(folder)) {}
  QUrl intercept(const QUrl& url, DataType type) override;

 private:
  QString folder_;
};

class WindowChecks final : public QObject {
 public:
  WindowChecks(QQuickWindow& window, ui::Shell& shell, ui::Operations& operations);

 private:
  void answer(const QString& line);
  nlohmann::json answerOfTimes(const QString& word, const QString& rest);

  QQuickWindow& window_;
  ui::Shell& shell_;
  ui::Operations& operations_;
  std::unique_ptr<QSocketNotifier> input_;
  QByteArray typed_;
  QTimer heart_;
  std::unique_ptr<StallWatch> stalls_;
  std::unique_ptr<FrameWatch> frames_;
  double loop_s_ = 0, ready_s_ = 0;
};

}  // namespace fantascope
