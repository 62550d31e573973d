#pragma once
/// One clock for everything that plays together: an integer frame index, and who drives it. Sound starts with it and follows it. GUI
/// thread.
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace fantascope::ui {

class PlaybackClock : public QObject {
  Q_OBJECT
  Q_PROPERTY(int frame READ frame WRITE seek NOTIFY frameChanged)
  Q_PROPERTY(int frames READ frames WRITE setFrames NOTIFY rangeChanged)
  Q_PROPERTY(double fps READ fps WRITE setFps NOTIFY rangeChanged)
  Q_PROPERTY(bool playing READ playing NOTIFY playingChanged)
  Q_PROPERTY(bool loop READ loop WRITE setLoop NOTIFY loopChanged)
  Q_PROPERTY(int inPoint READ inPoint WRITE setInPoint NOTIFY rangeChanged)
  Q_PROPERTY(int outPoint READ outPoint WRITE setOutPoint NOTIFY rangeChanged)
  Q_PROPERTY(QString timeText READ timeText NOTIFY frameChanged)
 public:
  explicit PlaybackClock(QObject* parent = nullptr);
  int frame() const { return frame_; }
  int frames() const { return frames_; }
  void setFrames(int frames);
  double fps() const { return fps_; }
  void setFps(double fps);
  bool playing() const { return timer_.isActive(); }
  bool loop() const { return loop_; }
  void setLoop(bool loop);
  int inPoint() const { return in_; }
  void setInPoint(int frame);
  /// The last frame of the range; -1: the clip's last.
  int outPoint() const { return out_ < 0 ? frames_ - 1 : out_; }
  void setOutPoint(int frame);
  /// "00:01:04": minutes, seconds, frames.
  QString timeText() const;

  Q_INVOKABLE void play();
  Q_INVOKABLE void pause();
  Q_INVOKABLE void toggle();
  Q_INVOKABLE void step(int frames);
  Q_INVOKABLE void seek(int frame);
  /// Faster forwards or backwards each time (J, L).
  Q_INVOKABLE void shuttle(int direction);
  double speed() const { return speed_; }
  /// For tests: what the timer does, at this time since play.
  void advance(double elapsed_s);

 Q_SIGNALS:
  void frameChanged();
  void rangeChanged();
  void playingChanged();
  void loopChanged();
  /// Play started or jumped to this frame: sound goes there. Speed 1 only.
  void soundFrom(double time_s);
  void soundStopped();

 private:
  void start(double speed);
  void show(int frame);

  QTimer timer_;
  QElapsedTimer since_;
  int frame_ = 0, frames_ = 0, start_frame_ = 0, in_ = 0, out_ = -1;
  double fps_ = 24, speed_ = 1;
  bool loop_ = true;
};

}  // namespace fantascope::ui
