#pragma once
/// The sound of a clip as a line under its picture: peaks of all channels in one, over the whole length. Painted once a size and clip.
#include <QColor>
#include <QPointer>
#include <QQuickPaintedItem>

#include "ui/components/clip_cache.h"

namespace fantascope::ui {

class WaveformView : public QQuickPaintedItem {
  Q_OBJECT
  Q_PROPERTY(fantascope::ui::ClipHandle* clip READ clip WRITE setClip NOTIFY clipChanged)
  Q_PROPERTY(QColor color READ color WRITE setColor NOTIFY colorChanged)
 public:
  explicit WaveformView(QQuickItem* parent = nullptr) : QQuickPaintedItem(parent) {}
  ClipHandle* clip() const { return clip_; }
  void setClip(ClipHandle* clip);
  QColor color() const { return color_; }
  void setColor(const QColor& color);
  void paint(QPainter* painter) override;

 Q_SIGNALS:
  void clipChanged();
  void colorChanged();

 private:
  QPointer<ClipHandle> clip_;
  QColor color_;
};

/// Largest absolute sample of each of `columns` equal parts.
std::vector<float> waveform_peaks(const Waveform& sound, int columns);

}  // namespace fantascope::ui
