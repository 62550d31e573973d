#pragma once
/// Paints one cell of a take's filmstrip on the dark ground of pictures: at rest the first one. One item without children, so that grids of
/// many cards stay cheap. GUI thread; the scene graph takes the picture while it is synchronised.
#include <QColor>
#include <QImage>
#include <QQuickItem>

#include "ui/components/sheet_cache.h"

namespace fantascope::ui {

class SheetView : public QQuickItem {
  Q_OBJECT
  Q_PROPERTY(QString source READ source WRITE setSource NOTIFY sourceChanged)  ///< a file's path, or file:// and the path
  Q_PROPERTY(double aspect READ aspect WRITE setAspect NOTIFY sourceChanged)   ///< width / height of a cell
  Q_PROPERTY(int cell READ cell WRITE setCell NOTIFY cellChanged)
  Q_PROPERTY(bool moving READ moving WRITE setMoving NOTIFY cellChanged)  ///< other cells than the first are wanted
  Q_PROPERTY(bool crop READ crop WRITE setCrop NOTIFY cropChanged)        ///< fills the item instead of fitting into it
  Q_PROPERTY(QColor ground READ ground WRITE setGround NOTIFY cropChanged)
  Q_PROPERTY(int cells READ cells NOTIFY arrived)
  Q_PROPERTY(bool hasPicture READ hasPicture NOTIFY arrived)
 public:
  explicit SheetView(QQuickItem* parent = nullptr);
  ~SheetView() override;

  const QString& source() const { return source_; }
  void setSource(const QString& source);
  double aspect() const { return aspect_; }
  void setAspect(double aspect);
  int cell() const { return cell_; }
  void setCell(int cell);
  bool moving() const { return moving_; }
  void setMoving(bool moving);
  bool crop() const { return crop_; }
  void setCrop(bool crop);
  QColor ground() const { return ground_; }
  void setGround(const QColor& color);
  int cells() const { return cells_; }
  bool hasPicture() const { return !picture_.isNull(); }

  /// Where a picture of that aspect lies in an item, and which part of the picture is seen.
  static QRectF placed(const QSizeF& item, double aspect, bool crop);
  static QRectF part(const QSizeF& item, const QRectF& cell, bool crop);

 Q_SIGNALS:
  void sourceChanged();
  void cellChanged();
  void cropChanged();
  void arrived();

 protected:
  QSGNode* updatePaintNode(QSGNode* old, UpdatePaintNodeData* data) override;
  void geometryChange(const QRectF& now, const QRectF& before) override;
  void componentComplete() override;

 private:
  void ask();
  void show(const Sheet& sheet, SheetPart part);

  QString source_;
  double aspect_ = 1.5;
  int cell_ = 0, cells_ = 1, picture_cells_ = 1;
  bool moving_ = false, crop_ = false, picture_changed_ = false;
  QColor ground_ = Qt::black;
  QImage picture_;
};

}  // namespace fantascope::ui
