#pragma once
/// Asks the backend and brings the answer back to the GUI thread. Questions asked before the engine is loaded wait for it, but for those
/// that an early backend answers. GUI thread only.
#include <QObject>
#include <QPointer>
#include <deque>
#include <functional>
#include <memory>
#include <set>
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
  /// The same, with a long answer made into what is wanted of it by `convert`, on the backend's thread.
  template <typename T>
  void askAs(Lane lane, const std::string& name, nlohmann::json arguments, QObject* context,
             std::function<T(const nlohmann::json&)> convert, std::function<void(Result<T>)> answered);
  void readClip(const QString& path, QObject* context, ClipAnswered answered);

  /// Borrowed; a null pointer with a sentence says that the engine could not be loaded: every question then fails with it.
  void setBackend(Backend* backend, const QString& error = {});
  /// Answers these questions, and only these, until the backend is there. Borrowed; outlives every answer it owes.
  void setEarlyBackend(Backend* backend, std::set<std::string> questions);
  bool ready() const { return backend_ != nullptr; }
  QString loadError() const { return error_; }

 Q_SIGNALS:
  void readyChanged();

 private:
  void whenReady(const std::string& question, std::function<void()> act);
  bool isEarly(const std::string& question) const { return early_ != nullptr && early_questions_.contains(question); }
  void pass(Lane lane, const std::string& name, nlohmann::json arguments, Backend::Answer answer);
  Error unavailable() const;

  struct Waiting {
    std::string question;
    std::function<void()> act;
  };
  Backend* backend_ = nullptr;
  Backend* early_ = nullptr;
  std::set<std::string> early_questions_;
  QString error_;
  std::deque<Waiting> waiting_;
};

/// Runs `act(result)` on the thread of `context` if that still lives. The guard is only looked at on that thread.
template <typename T, typename Act>
std::function<void(Result<T>)> on_thread_of(QObject* context, Act act) {
  QPointer<QObject> guard(context);
  QObject* relay = context->thread() ? new QObject : nullptr;  // lives on this thread, so that a dead context is never touched
  return [guard, relay, act = std::move(act)](Result<T> result) {
    QMetaObject::invokeMethod(
        relay,
        [guard, relay, act, result = std::move(result)]() mutable {
          if (guard) act(std::move(result));
          relay->deleteLater();
        },
        Qt::QueuedConnection);
  };
}

template <typename T>
void Operations::askAs(Lane lane, const std::string& name, nlohmann::json arguments, QObject* context,
                       std::function<T(const nlohmann::json&)> convert, std::function<void(Result<T>)> answered) {
  auto answer = on_thread_of<T>(context, std::move(answered));
  pass(lane, name, std::move(arguments), [convert = std::move(convert), answer = std::move(answer), name](Result<nlohmann::json> came) {
    if (!came) return answer(came.error());
    try {
      answer(convert(*came));
    } catch (const nlohmann::json::exception& error) {
      answer(Error{ErrorCode::kInternal, "an answer has the wrong form", name, error.what(), "", ""});
    }
  });
}

}  // namespace fantascope::ui
