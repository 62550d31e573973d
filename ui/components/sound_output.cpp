#include "ui/components/sound_output.h"

#include <QAudioDevice>
#include <QAudioFormat>
#include <QAudioSink>
#include <QFileInfo>
#include <QMediaDevices>
#include <algorithm>
#include <cstring>

namespace fantascope::ui {
namespace {

constexpr int kBuffer_ms = 80;

/// Qt on Linux plays through a PulseAudio socket and waits a second on the GUI thread for one that is not there.
bool sound_server_is_there() {
  if (!qEnvironmentVariableIsEmpty("PULSE_SERVER")) return true;
  const QString runtime = qEnvironmentVariable("PULSE_RUNTIME_PATH", qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/pulse"));
  return QFileInfo::exists(runtime + QStringLiteral("/native")) || QFileInfo::exists(QStringLiteral("/run/pulse/native"));
}

}  // namespace

/// Interleaved stereo floats out of planar samples; silence when there is nothing to play.
class SoundOutput::Source final : public QIODevice {
 public:
  Source() { open(QIODevice::ReadOnly); }
  void set(ClipPointer clip, std::int64_t sample) {
    clip_ = std::move(clip);
    sample_ = sample;
  }
  bool isSequential() const override { return true; }
  qint64 bytesAvailable() const override { return 1 << 20; }

 protected:
  qint64 readData(char* data, qint64 size) override {
    const qint64 frames = size / static_cast<qint64>(2 * sizeof(float));
    auto* out = reinterpret_cast<float*>(data);
    for (qint64 i = 0; i < frames; ++i, ++sample_) {
      for (int channel = 0; channel < 2; ++channel) {
        float value = 0;
        if (clip_ && sample_ >= 0 && sample_ < clip_->sound.num_samples) {
          const int from = std::min(channel, clip_->sound.num_channels - 1);
          value = clip_->sound.samples[static_cast<std::size_t>(from * clip_->sound.num_samples + sample_)];
        }
        *out++ = value;
      }
    }
    return frames * static_cast<qint64>(2 * sizeof(float));
  }
  qint64 writeData(const char*, qint64) override { return -1; }

 private:
  ClipPointer clip_;
  std::int64_t sample_ = 0;
};

SoundOutput::SoundOutput(QObject* parent) : QObject(parent), source_(std::make_unique<Source>()) {}
SoundOutput::~SoundOutput() {
  if (sink_) sink_->stop();
}

bool SoundOutput::open(int sample_rate) {
  if (sink_ && sample_rate_ == sample_rate) return true;
  const QAudioDevice device = sound_server_is_there() ? QMediaDevices::defaultAudioOutput() : QAudioDevice();
  if (const bool missing = device.isNull(); missing != device_missing_) {
    device_missing_ = missing;
    Q_EMIT deviceChanged();
  }
  if (device_missing_) return false;
  QAudioFormat format;
  format.setSampleRate(sample_rate);
  format.setChannelCount(2);
  format.setSampleFormat(QAudioFormat::Float);
  sink_ = std::make_unique<QAudioSink>(device, format);
  sink_->setBufferSize(static_cast<qsizetype>(format.bytesForDuration(kBuffer_ms * 1000)));
  sink_->setVolume(muted_ ? 0 : volume_);
  sample_rate_ = sample_rate;
  sink_->start(source_.get());
  return sink_->error() == QAudio::NoError;
}

void SoundOutput::setMuted(bool muted) {
  muted_ = muted;
  if (sink_) sink_->setVolume(muted_ ? 0 : volume_);
  Q_EMIT mutedChanged();
}

void SoundOutput::setVolume(double volume) {
  volume_ = std::clamp(volume, 0.0, 1.0);
  if (sink_) sink_->setVolume(muted_ ? 0 : volume_);
  Q_EMIT mutedChanged();
}

void SoundOutput::play(ClipHandle* clip, double time_s) {
  if (clip == nullptr || !clip->hasSound() || !open(clip->clip()->sound.sample_rate)) return stop();
  source_->set(clip->clip(), static_cast<std::int64_t>(time_s * clip->clip()->sound.sample_rate));
}

void SoundOutput::stop() { source_->set(nullptr, 0); }

}  // namespace fantascope::ui
