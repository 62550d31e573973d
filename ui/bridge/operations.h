#pragma once
/// Asks the backend and brings the answer back to the GUI thread. Questions asked before the engine is loaded wait for it. GUI thread only.
#include <QObject>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "ui/bridge/backend.h"

namespace fantascope::ui {

class Operations final : public QObject {
  Q_OBJECT
  Q_PROPERTY(bool ready READ ready NOTIFY readyChanged)
  Q_PROPERTY(QString loadError READ loadError NOTIFY readyChanged)
 public:
  using Answered = std::function<void(Result<nlohmann::json>)>;
  using ClipAnswered = std::function<void(Result<ClipPointer>)>;

  explicit Operations(QObject* parent = nullptr) : QObject(parent) {}

  /// `answered` runs on the GUI thread, and not at all if `context` is gone by then.
  void ask(Lane lane, const std::string& name, nlohmann::json arguments, QObject* context, Answered answered);
  void readClip(const QString& path, QObject* context, ClipAnswered answered);

  /// Borrowed; a null pointer with a sentence says that the engine could not be loaded: every question then fails with it.
  void setBackend(Backend* backend, const QString& error = {});
  bool ready() const { return backend_ != nullptr; }
  QString loadError() const { return error_; }

 Q_SIGNALS:
  void readyChanged();

 private:
  void whenReady(std::function<void()> act);
  Error unavailable() const;

  Backend* backend_ = nullptr;
  QString error_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace fantascope::ui
