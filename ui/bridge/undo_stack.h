#pragma once
/// Named steps that can be taken back: 200 of them, over library, storyboard and form changes. GUI thread only.
#include <QObject>
#include <QStringList>
#include <deque>
#include <functional>

namespace fantascope::ui {

class UndoStack final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString undoText READ undoText NOTIFY changed)
  Q_PROPERTY(QString redoText READ redoText NOTIFY changed)
 public:
  static constexpr int kStepsMax = 200;
  using QObject::QObject;

  /// Does `redo` now and remembers both. A step with the same non-empty `merge` name as the newest one replaces its redo (typing).
  void push(const QString& text, std::function<void()> redo, std::function<void()> undo, const QString& merge = {});
  Q_INVOKABLE bool undo();
  Q_INVOKABLE bool redo();
  QString undoText() const { return done_.empty() ? QString() : done_.back().text; }
  QString redoText() const { return undone_.empty() ? QString() : undone_.back().text; }
  /// Newest first, for the history.
  Q_INVOKABLE QStringList history() const;

 Q_SIGNALS:
  void changed();

 private:
  struct Step {
    QString text, merge;
    std::function<void()> redo, undo;
  };
  std::deque<Step> done_, undone_;
};

}  // namespace fantascope::ui
