#pragma once
/// The in and out points of what is played: where the loop goes round, and what a retake makes anew. Frames are counted from 0. GUI thread.
#include <QObject>

namespace fantascope::ui {

class ClipRange final : public QObject {
  Q_OBJECT
  Q_PROPERTY(bool set READ isSet NOTIFY changed)
  Q_PROPERTY(bool hasIn READ hasIn NOTIFY changed)
  Q_PROPERTY(bool hasOut READ hasOut NOTIFY changed)
  Q_PROPERTY(int first READ first NOTIFY changed)
  Q_PROPERTY(int last READ last NOTIFY changed)
  Q_PROPERTY(QString inText READ inText NOTIFY changed)
  Q_PROPERTY(QString outText READ outText NOTIFY changed)
 public:
  using QObject::QObject;
  /// Of the clip that is played. A shorter clip loses the points that it does not have.
  void setClip(int frames, double fps);
  bool hasIn() const { return in_ >= 0; }
  bool hasOut() const { return out_ >= 0; }
  bool isSet() const { return hasIn() || hasOut(); }
  /// The frames played, both included: the clip's own where a point is not set.
  int first() const { return hasIn() ? in_ : 0; }
  int last() const { return hasOut() ? out_ : frames_ - 1; }
  /// Seconds; an out point is the end of its frame.
  double fromSeconds() const { return first() / fps_; }
  double toSeconds() const { return (last() + 1) / fps_; }
  /// The frame's number counted from 1; empty where it is not set.
  QString inText() const { return hasIn() ? QString::number(in_ + 1) : QString(); }
  QString outText() const { return hasOut() ? QString::number(out_ + 1) : QString(); }

  /// A point behind the other takes the other away: the newer one is what is meant.
  Q_INVOKABLE void setIn(int frame);
  Q_INVOKABLE void setOut(int frame);
  Q_INVOKABLE void clear();

 Q_SIGNALS:
  void changed();

 private:
  int frames_ = 0, in_ = -1, out_ = -1;
  double fps_ = 24;
};

}  // namespace fantascope::ui
