#pragma once
/// What the window's tests ask of the running program, one line on standard input, one JSON line back; only when FANTASCOPE_WINDOW_TEST is
/// set. Also the heartbeat that measures how long the event loop was kept from its work.
///   where NAME → {"x","y","width","height"} of the item with this objectName or accessible name, in window pixels
///   layout     → {"problems":[…]}: elided, clipped, overlapping or too small texts now on screen
///   texts      → {"texts":[…]} now on screen
///   grab FILE  → {"file"}: a picture of the window
///   stall      → {"max_ms","p99_ms","beats"} since the last question
///   frames     → {"count","p50_ms","p95_ms","max_ms"} between drawn frames since the last question
///   route TEXT → {"route"}: goes there
///   set KEY VALUE → {}: a preference · run COMMAND → {"done"} · quit → {}
#include <QElapsedTimer>
#include <QQmlAbstractUrlInterceptor>
#include <QQuickWindow>
#include <QSocketNotifier>
#include <QTimer>
#include <memory>
#include <vector>

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

  QQuickWindow& window_;
  ui::Shell& shell_;
  ui::Operations& operations_;
  std::unique_ptr<QSocketNotifier> input_;
  QByteArray typed_;
  QTimer heart_;
  QElapsedTimer since_beat_, since_frame_;
  std::vector<double> gaps_ms_, frames_ms_;
};

}  // namespace fantascope
