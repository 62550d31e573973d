#pragma once
/// How large the pictures of a shot are, and which part of them is seen: one setting for all panes, the wipe and the difference. Knows no
/// panes; FrameView does the arithmetic of places. GUI thread.
#include <QObject>
#include <QPointF>
#include <QStringList>

namespace fantascope::ui {

class PictureZoom final : public QObject {
  Q_OBJECT
  Q_PROPERTY(int level READ level WRITE setLevel NOTIFY changed)
  Q_PROPERTY(double scale READ scale NOTIFY changed)
  Q_PROPERTY(QPointF centre READ centre WRITE setCentre NOTIFY changed)
  Q_PROPERTY(QStringList names READ names CONSTANT)
 public:
  using QObject::QObject;
  /// 0: fit; then 100, 200 and 400 %.
  int level() const { return level_; }
  void setLevel(int level);
  /// Screen pixels for one of a picture's; 0: fit.
  double scale() const;
  /// The point of the pictures, as a fraction, in the middle of their panes.
  QPointF centre() const { return centre_; }
  void setCentre(const QPointF& centre);
  QStringList names() const;

  /// The next larger (1) or smaller (-1) level. `fitScale` is what fitting comes to now, so that a step always does what it says: from a
  /// small clip fitted at 310 % the next larger is 400 %, not 100 %. Nothing happens at the ends.
  Q_INVOKABLE void step(int direction, double fitScale);

 Q_SIGNALS:
  void changed();

 private:
  int level_ = 0;
  QPointF centre_{0.5, 0.5};
};

}  // namespace fantascope::ui
