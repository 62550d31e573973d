#include "ui/bridge/undo_stack.h"

namespace fantascope::ui {

void UndoStack::push(const QString& text, std::function<void()> redo, std::function<void()> undo, const QString& merge) {
  redo();
  undone_.clear();
  if (!merge.isEmpty() && !done_.empty() && done_.back().merge == merge) {
    done_.back().redo = std::move(redo);
  } else {
    done_.push_back({text, merge, std::move(redo), std::move(undo)});
    if (done_.size() > kStepsMax) done_.pop_front();
  }
  Q_EMIT changed();
}

bool UndoStack::undo() {
  if (done_.empty()) return false;
  Step step = std::move(done_.back());
  done_.pop_back();
  step.undo();
  undone_.push_back(std::move(step));
  Q_EMIT changed();
  return true;
}

bool UndoStack::redo() {
  if (undone_.empty()) return false;
  Step step = std::move(undone_.back());
  undone_.pop_back();
  step.redo();
  done_.push_back(std::move(step));
  Q_EMIT changed();
  return true;
}

QStringList UndoStack::history() const {
  QStringList texts;
  for (auto step = done_.rbegin(); step != done_.rend(); ++step) texts << step->text;
  return texts;
}

}  // namespace fantascope::ui
