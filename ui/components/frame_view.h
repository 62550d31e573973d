#pragma once
/// Paints one frame of a decoded clip, or a live picture, or the difference of two clips: one texture, scaled to fit, never cropped
/// unless `cover` is set or it is enlarged (`zoom`). GUI thread; the scene graph takes the texture while it is synchronised.
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
  Q_PROPERTY(double zoom READ zoom WRITE setZoom NOTIFY contentRectChanged)
  Q_PROPERTY(QPointF centre READ centre WRITE setCentre NOTIFY contentRectChanged)
  Q_PROPERTY(double fitZoom READ fitZoom NOTIFY contentRectChanged)
  Q_PROPERTY(bool larger READ larger NOTIFY contentRectChanged)
  Q_PROPERTY(QRectF contentRect READ contentRect NOTIFY contentRectChanged)
  Q_PROPERTY(QRectF shownRect READ shownRect NOTIFY contentRectChanged)
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
  /// Screen pixels for one of the picture's; 0: as large as it fits. From kSharpFrom on its pixels are squares.
  double zoom() const { return zoom_; }
  void setZoom(double zoom);
  /// With a zoom: the point of the picture, as a fraction, that is in the middle as far as the picture covers the item.
  QPointF centre() const { return centre_; }
  void setCentre(const QPointF& centre);
  /// The zoom at which it would just fit.
  double fitZoom() const;
  /// Whether some of it is outside the item.
  bool larger() const;
  /// All of the picture, and what of it is inside the item.
  QRectF contentRect() const;
  QRectF shownRect() const { return contentRect() & boundingRect(); }
  /// The point of the picture, as a fraction, at a place of the item; and the centre that puts it at a place with that zoom.
  Q_INVOKABLE QPointF pictureAt(const QPointF& place) const;
  Q_INVOKABLE QPointF centreFor(const QPointF& point, const QPointF& place, double zoom) const;
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
  double pixelRatio() const;
  QSizeF pictureSize() const;  // in logical pixels, one screen pixel for each of the picture's

  QPointer<ClipHandle> clip_, other_;
  ClipPointer held_;  // keeps the pixels that image_ points into
  PicturePointer picture_;
  QImage image_;
  int frame_ = 0, shown_frame_ = -1;
  double difference_ = 0, zoom_ = 0;
  QPointF centre_{0.5, 0.5};
  bool cover_ = false, image_changed_ = false;
};

}  // namespace fantascope::ui
Q_DECLARE_METATYPE(fantascope::ui::PicturePointer)
