#include "ui/bridge/operations.h"

#include <utility>

namespace fantascope::ui {

void Operations::whenReady(const std::string& question, std::function<void()> act) {
  if (backend_ != nullptr || !error_.isEmpty() || isEarly(question))
    act();
  else
    waiting_.push_back({question, std::move(act)});
}

Error Operations::unavailable() const {
  return {ErrorCode::kInternal, "the engine could not be loaded", "", error_.toStdString(), "", "Install the program again"};
}

void Operations::pass(Lane lane, const std::string& name, nlohmann::json arguments, Backend::Answer answer) {
  whenReady(name, [this, lane, name, arguments = std::move(arguments), answer = std::move(answer)] {
    Backend* backend = backend_ != nullptr ? backend_ : isEarly(name) ? early_ : nullptr;
    if (backend == nullptr) return answer(unavailable());
    backend->ask(lane, name, arguments, answer);
  });
}

void Operations::ask(Lane lane, const std::string& name, nlohmann::json arguments, QObject* context, Answered answered) {
  pass(lane, name, std::move(arguments), on_thread_of<nlohmann::json>(context, std::move(answered)));
}

void Operations::readClip(const QString& path, QObject* context, ClipAnswered answered) {
  auto answer = on_thread_of<ClipPointer>(context, std::move(answered));
  whenReady("read clip", [this, path = path.toStdString(), answer = std::move(answer)] {
    if (backend_ == nullptr) return answer(unavailable());
    backend_->read_clip(path, answer);
  });
}

void Operations::setEarlyBackend(Backend* backend, std::set<std::string> questions) {
  if (backend_ != nullptr || !error_.isEmpty()) return;
  early_ = backend;
  early_questions_ = std::move(questions);
  for (Waiting& waiting : std::exchange(waiting_, {})) whenReady(waiting.question, std::move(waiting.act));
}

void Operations::setBackend(Backend* backend, const QString& error) {
  backend_ = backend;
  early_ = nullptr;
  error_ = error;
  Q_EMIT readyChanged();
  for (const Waiting& waiting : std::exchange(waiting_, {})) waiting.act();
}

}  // namespace fantascope::ui
