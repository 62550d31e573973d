#include "ui/bridge/operations.h"

#include <QPointer>

namespace fantascope::ui {
namespace {

/// Runs `act(result)` on the thread of `context` if that still lives. The guard is only looked at on that thread.
template <typename T, typename Act>
std::function<void(Result<T>)> on_thread_of(QObject* context, Act act) {
  QPointer<QObject> guard(context);
  QObject* relay = context->thread() ? new QObject : nullptr;  // lives on this thread, so that a dead context is never touched
  return [guard, relay, act = std::move(act)](Result<T> result) {
    QMetaObject::invokeMethod(
        relay,
        [guard, relay, act, result = std::move(result)] {
          if (guard) act(result);
          relay->deleteLater();
        },
        Qt::QueuedConnection);
  };
}

}  // namespace

void Operations::whenReady(std::function<void()> act) {
  if (backend_ != nullptr || !error_.isEmpty())
    act();
  else
    waiting_.push_back(std::move(act));
}

Error Operations::unavailable() const {
  return {ErrorCode::kInternal, "the engine could not be loaded", "", error_.toStdString(), "", "Install the program again"};
}

void Operations::ask(Lane lane, const std::string& name, nlohmann::json arguments, QObject* context, Answered answered) {
  auto answer = on_thread_of<nlohmann::json>(context, std::move(answered));
  whenReady([this, lane, name, arguments = std::move(arguments), answer = std::move(answer)] {
    if (backend_ == nullptr) return answer(unavailable());
    backend_->ask(lane, name, arguments, answer);
  });
}

void Operations::readClip(const QString& path, QObject* context, ClipAnswered answered) {
  auto answer = on_thread_of<ClipPointer>(context, std::move(answered));
  whenReady([this, path = path.toStdString(), answer = std::move(answer)] {
    if (backend_ == nullptr) return answer(unavailable());
    backend_->read_clip(path, answer);
  });
}

void Operations::setBackend(Backend* backend, const QString& error) {
  backend_ = backend;
  error_ = error;
  Q_EMIT readyChanged();
  for (auto waiting = std::exchange(waiting_, {}); const auto& act : waiting) act();
}

}  // namespace fantascope::ui
