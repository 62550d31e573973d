#include "ui/components/waveform_view.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace fantascope::ui {

std::vector<float> waveform_peaks(const Waveform& sound, int columns) {
  std::vector<float> peaks(static_cast<std::size_t>(std::max(columns, 0)), 0.0f);
  for (int channel = 0; channel < sound.num_channels; ++channel) {
    const float* samples = sound.samples.data() + channel * sound.num_samples;
    for (int column = 0; column < columns; ++column) {
      const std::int64_t first = sound.num_samples * column / columns, end = sound.num_samples * (column + 1) / columns;
      float& peak = peaks[static_cast<std::size_t>(column)];
      for (std::int64_t i = first; i < end; ++i) peak = std::max(peak, std::abs(samples[i]));
    }
  }
  return peaks;
}

void WaveformView::setClip(ClipHandle* clip) {
  if (clip_ == clip) return;
  if (clip_) disconnect(clip_, nullptr, this, nullptr);
  clip_ = clip;
  if (clip_) connect(clip_, &ClipHandle::readyChanged, this, [this] { update(); });
  update();
  Q_EMIT clipChanged();
}

void WaveformView::setColor(const QColor& color) {
  color_ = color;
  update();
  Q_EMIT colorChanged();
}

void WaveformView::paint(QPainter* painter) {
  const int columns = static_cast<int>(width());
  const double middle = height() / 2;
  painter->setPen(QPen(color_, 1));
  if (!clip_ || !clip_->hasSound()) {
    painter->drawLine(QPointF(0, middle), QPointF(width(), middle));
    return;
  }
  // The root lifts quiet sounds into sight; silence stays a line.
  const std::vector<float> peaks = waveform_peaks(clip_->clip()->sound, columns);
  for (int x = 0; x < columns; ++x) {
    const double half = std::max(0.5, std::sqrt(std::min(1.0f, peaks[static_cast<std::size_t>(x)])) * (middle - 1));
    painter->drawLine(QPointF(x + 0.5, middle - half), QPointF(x + 0.5, middle + half));
  }
}

}  // namespace fantascope::ui
