#pragma once
/// Paints one frame of a decoded clip, or a live picture, or the difference of two clips: one texture, scaled to fit, never cropped
/// unless `cover` is set. GUI thread; the scene graph takes the texture while it is synchronised.
#include <QImage>
#include <QPointer>
#include <QQuickItem>

#include "ui/components/clip_cache.h"

namespace fantascope::ui {

class FrameView : public QQuickItem {
  Q_OBJECT
  Q_PROPERTY(fantascope::ui::ClipHandle* clip READ clip WRITE setClip NOTIFY clipChanged)
  Q_PROPERTY(fantascope::ui::ClipHandle* other READ other WRITE setOther NOTIFY clipChanged)
  Q_PROPERTY(int frame READ frame WRITE setFrame NOTIFY frameChanged)
  Q_PROPERTY(bool cover READ cover WRITE setCover NOTIFY coverChanged)
  Q_PROPERTY(QVariant picture READ picture WRITE setPicture NOTIFY pictureChanged)
  Q_PROPERTY(QRectF contentRect READ contentRect NOTIFY contentRectChanged)
  Q_PROPERTY(int shownFrame READ shownFrame NOTIFY frameChanged)
  Q_PROPERTY(bool hasPicture READ hasPicture NOTIFY contentRectChanged)
  Q_PROPERTY(double difference READ difference NOTIFY differenceChanged)
 public:
  explicit FrameView(QQuickItem* parent = nullptr);

  ClipHandle* clip() const { return clip_; }
  void setClip(ClipHandle* clip);
  /// With another clip, |clip - other| * 4 is shown, and `difference` is the mean of it before the factor, 0…255.
  ClipHandle* other() const { return other_; }
  void setOther(ClipHandle* other);
  int frame() const { return frame_; }
  void setFrame(int frame);
  bool cover() const { return cover_; }
  void setCover(bool cover);
  QVariant picture() const { return QVariant::fromValue(picture_); }
  void setPicture(const QVariant& picture);
  QRectF contentRect() const;
  /// The frame really shown: the last one for an index beyond the end; -1: none.
  int shownFrame() const { return shown_frame_; }
  bool hasPicture() const { return !image_.isNull(); }
  double difference() const { return difference_; }

 Q_SIGNALS:
  void clipChanged();
  void frameChanged();
  void coverChanged();
  void pictureChanged();
  void contentRectChanged();
  void differenceChanged();

 protected:
  QSGNode* updatePaintNode(QSGNode* old, UpdatePaintNodeData* data) override;
  void geometryChange(const QRectF& now, const QRectF& before) override;

 private:
  void follow(QPointer<ClipHandle>& slot, ClipHandle* handle);
  void rebuild();

  QPointer<ClipHandle> clip_, other_;
  ClipPointer held_;  // keeps the pixels that image_ points into
  PicturePointer picture_;
  QImage image_;
  int frame_ = 0, shown_frame_ = -1;
  double difference_ = 0;
  bool cover_ = false, image_changed_ = false;
};

}  // namespace fantascope::ui
Q_DECLARE_METATYPE(fantascope::ui::PicturePointer)
