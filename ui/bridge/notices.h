#pragma once
/// The newest sentence the window says by itself, in the bottom line, with at most one thing to do about it. Errors stay until the next
/// notice or until closed; others go after 8 seconds. GUI thread only.
#include <QObject>
#include <QTimer>
#include <functional>

#include "engine/base/result.h"

namespace fantascope::ui {

class Notices final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString text READ text NOTIFY changed)
  Q_PROPERTY(QString action READ action NOTIFY changed)
  Q_PROPERTY(bool isError READ isError NOTIFY changed)
 public:
  explicit Notices(QObject* parent = nullptr);
  QString text() const { return text_; }
  QString action() const { return action_; }
  bool isError() const { return is_error_; }

  void say(const QString& text, const QString& action = {}, std::function<void()> act = {});
  void showError(const Error& error);
  Q_INVOKABLE void act();
  Q_INVOKABLE void close();

 Q_SIGNALS:
  void changed();

 private:
  QString text_, action_;
  bool is_error_ = false;
  std::function<void()> act_;
  QTimer timer_;
};

}  // namespace fantascope::ui
