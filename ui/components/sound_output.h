#pragma once
/// Plays the sound of one decoded clip from a given time. Without a device nothing plays and `deviceMissing` says so; pictures go on by
/// their own clock. The sink is opened at the first sound and kept. GUI thread; the sink pulls from here on it.
#include <QIODevice>
#include <QObject>
#include <QPointer>
#include <memory>

#include "ui/components/clip_cache.h"

class QAudioSink;

namespace fantascope::ui {

class SoundOutput final : public QObject {
  Q_OBJECT
  Q_PROPERTY(bool deviceMissing READ deviceMissing NOTIFY deviceChanged)
  Q_PROPERTY(bool muted READ muted WRITE setMuted NOTIFY mutedChanged)
  Q_PROPERTY(double volume READ volume WRITE setVolume NOTIFY mutedChanged)
 public:
  explicit SoundOutput(QObject* parent = nullptr);
  ~SoundOutput() override;
  bool deviceMissing() const { return device_missing_; }
  bool muted() const { return muted_; }
  void setMuted(bool muted);
  double volume() const { return volume_; }
  void setVolume(double volume);
  Q_INVOKABLE void play(fantascope::ui::ClipHandle* clip, double time_s);
  Q_INVOKABLE void stop();

 Q_SIGNALS:
  void deviceChanged();
  void mutedChanged();

 private:
  class Source;
  bool open(int sample_rate);

  std::unique_ptr<Source> source_;
  std::unique_ptr<QAudioSink> sink_;
  int sample_rate_ = 0;
  bool device_missing_ = false, muted_ = false;
  double volume_ = 1.0;
};

}  // namespace fantascope::ui
