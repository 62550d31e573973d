#include "ui/bridge/navigator.h"

#include <QUrlQuery>

namespace fantascope::ui {
namespace {

constexpr int kHistoryMax = 100;

}  // namespace

QString Route::toString() const {
  QString text = screen;
  if (!subject.isEmpty()) text += QLatin1Char('/') + subject;
  QUrlQuery items;
  for (auto item = query.begin(); item != query.end(); ++item) items.addQueryItem(item.key(), item.value().toString());
  if (!items.isEmpty()) text += QLatin1Char('?') + items.toString(QUrl::FullyEncoded);
  return text;
}

Route Route::parse(const QString& text) {
  Route route;
  const qsizetype question = text.indexOf(QLatin1Char('?'));
  const QString path = question < 0 ? text : text.left(question);
  const qsizetype slash = path.indexOf(QLatin1Char('/'));
  route.screen = slash < 0 ? path : path.left(slash);
  if (slash >= 0) route.subject = path.mid(slash + 1);
  if (question >= 0) {
    const QUrlQuery items(text.mid(question + 1));
    for (const auto& [key, value] : items.queryItems(QUrl::FullyDecoded)) route.query.insert(key, value);
  }
  return route;
}

bool Navigator::go(const QString& text) {
  const Route next = Route::parse(text);
  if (!screens_.contains(next.screen)) return false;
  if (next.toString() == current_.toString()) return true;
  if (!current_.screen.isEmpty()) back_ << current_.toString();
  if (back_.size() > kHistoryMax) back_.removeFirst();
  forward_.clear();
  current_ = next;
  Q_EMIT routeChanged();
  return true;
}

void Navigator::replaceQuery(const QVariantMap& query) {
  if (current_.query == query) return;
  current_.query = query;
  Q_EMIT routeChanged();
}

bool Navigator::back() {
  if (back_.isEmpty()) return false;
  forward_ << current_.toString();
  current_ = Route::parse(back_.takeLast());
  Q_EMIT routeChanged();
  return true;
}

bool Navigator::forward() {
  if (forward_.isEmpty()) return false;
  back_ << current_.toString();
  current_ = Route::parse(forward_.takeLast());
  Q_EMIT routeChanged();
  return true;
}

}  // namespace fantascope::ui
