#include "ui/bridge/notices.h"

#include <QRegularExpression>

#include "ui/bridge/wording.h"

namespace fantascope::ui {
namespace {

constexpr int kShown_ms = 8000;

}  // namespace

Notices::Notices(QObject* parent) : QObject(parent) {
  timer_.setSingleShot(true);
  timer_.setInterval(kShown_ms);
  connect(&timer_, &QTimer::timeout, this, &Notices::close);
}

void Notices::say(const QString& text, const QString& action, std::function<void()> act) {
  text_ = text;
  action_ = action;
  act_ = std::move(act);
  is_error_ = false;
  timer_.start();
  Q_EMIT changed();
}

void Notices::showError(const Error& error) {
  const ErrorText shown = error_text(error);
  text_ = QStringList{shown.title, shown.cause, shown.remedy}.filter(QRegularExpression(QStringLiteral("."))).join(QLatin1Char(' '));
  action_.clear();
  act_ = {};
  is_error_ = true;
  timer_.stop();
  Q_EMIT changed();
}

void Notices::act() {
  const auto act = std::exchange(act_, {});
  close();
  if (act) act();
}

void Notices::close() {
  text_.clear();
  action_.clear();
  act_ = {};
  is_error_ = false;
  timer_.stop();
  Q_EMIT changed();
}

}  // namespace fantascope::ui
