#pragma once
/// Where the window is, as data: "library", "shot/<id>?takes=a,b&frame=17". Back and forward, links from notices and the start in the
/// same place all use it. GUI thread only.
#include <QObject>
#include <QStringList>
#include <QVariantMap>

namespace fantascope::ui {

struct Route {
  QString screen;     ///< "shot"
  QString subject;    ///< "<id>", may be empty
  QVariantMap query;  ///< texts by name
  /// Text that parse() reads back.
  QString toString() const;
  /// Anything is read; what is not a route is one with an empty screen.
  static Route parse(const QString& text);
};

class Navigator final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString route READ route NOTIFY routeChanged)
  Q_PROPERTY(QString screen READ screen NOTIFY routeChanged)
  Q_PROPERTY(QString subject READ subject NOTIFY routeChanged)
  Q_PROPERTY(QVariantMap query READ query NOTIFY routeChanged)
  Q_PROPERTY(bool canGoBack READ canGoBack NOTIFY routeChanged)
  Q_PROPERTY(bool canGoForward READ canGoForward NOTIFY routeChanged)
 public:
  using QObject::QObject;
  /// Routes to other screens than these are ignored.
  void setScreens(const QStringList& ids) { screens_ = ids; }
  QString route() const { return current_.toString(); }
  QString screen() const { return current_.screen; }
  QString subject() const { return current_.subject; }
  QVariantMap query() const { return current_.query; }
  bool canGoBack() const { return !back_.isEmpty(); }
  bool canGoForward() const { return !forward_.isEmpty(); }

  Q_INVOKABLE bool go(const QString& route);
  /// Changes where we are without a new entry in the history (the frame one looks at).
  Q_INVOKABLE void replaceQuery(const QVariantMap& query);
  Q_INVOKABLE bool back();
  Q_INVOKABLE bool forward();

 Q_SIGNALS:
  void routeChanged();

 private:
  QStringList screens_, back_, forward_;
  Route current_;
};

}  // namespace fantascope::ui
