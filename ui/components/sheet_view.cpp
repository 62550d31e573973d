#include "ui/components/sheet_view.h"

#include <QQuickWindow>
#include <QSGImageNode>
#include <QSGRectangleNode>
#include <algorithm>
#include <cmath>

namespace fantascope::ui {
namespace {

/// The ground and, over it, the picture if there is one. Both kinds of nodes are made by the window, so that they fit its renderer.
struct SheetNode final : QSGNode {
  QSGRectangleNode* ground = nullptr;
  QSGImageNode* picture = nullptr;
};

}  // namespace

SheetView::SheetView(QQuickItem* parent) : QQuickItem(parent) { setFlag(ItemHasContents); }
SheetView::~SheetView() { SheetCache::shared().forget(this); }

void SheetView::setSource(const QString& address) {
  const QString source = address.startsWith(QLatin1StringView("file://")) ? address.mid(7) : address;
  if (source_ == source) return;
  source_ = source;
  cells_ = 1;
  picture_ = {};
  picture_changed_ = true;
  ask();
  update();
  Q_EMIT sourceChanged();
  Q_EMIT arrived();
}

void SheetView::setAspect(double aspect) {
  if (aspect_ == aspect) return;
  aspect_ = aspect;
  picture_ = {};
  picture_changed_ = true;
  ask();
  update();
  Q_EMIT sourceChanged();
}

void SheetView::setCell(int cell) {
  if (cell_ == cell) return;
  cell_ = cell;
  update();
  Q_EMIT cellChanged();
}

void SheetView::setMoving(bool moving) {
  if (moving_ == moving) return;
  moving_ = moving;
  if (moving) ask();
  update();
  Q_EMIT cellChanged();
}

void SheetView::setCrop(bool crop) {
  if (crop_ == crop) return;
  crop_ = crop;
  update();
  Q_EMIT cropChanged();
}

void SheetView::setGround(const QColor& color) {
  if (ground_ == color) return;
  ground_ = color;
  update();
  Q_EMIT cropChanged();
}

void SheetView::componentComplete() {
  QQuickItem::componentComplete();
  ask();
}

void SheetView::ask() {
  if (!isComponentComplete()) return;  // the aspect may still come
  if (source_.isEmpty()) return SheetCache::shared().forget(this);
  const SheetPart wanted = moving_ ? SheetPart::kWhole : SheetPart::kFirstCell;
  if (const Sheet* sheet =
          SheetCache::shared().get(source_, aspect_, wanted, this, [this, wanted](const Sheet& came) { show(came, wanted); }))
    show(*sheet, wanted);
}

void SheetView::show(const Sheet& sheet, SheetPart part) {
  if (sheet.picture.isNull()) return;
  picture_ = sheet.picture;
  picture_cells_ = part == SheetPart::kWhole ? sheet.cells : 1;
  picture_changed_ = true;
  cells_ = sheet.cells;
  update();
  Q_EMIT arrived();
}

void SheetView::geometryChange(const QRectF& now, const QRectF& before) {
  QQuickItem::geometryChange(now, before);
  update();
}

QRectF SheetView::placed(const QSizeF& item, double aspect, bool crop) {
  if (crop) return {QPointF(0, 0), item};
  const QSizeF size = QSizeF(aspect, 1).scaled(item, Qt::KeepAspectRatio);
  return {QPointF(std::round((item.width() - size.width()) / 2), std::round((item.height() - size.height()) / 2)), size};
}

QRectF SheetView::part(const QSizeF& item, const QRectF& cell, bool crop) {
  if (!crop) return cell;
  const QSizeF size = item.scaled(cell.size(), Qt::KeepAspectRatio);
  return {QPointF(cell.x() + (cell.width() - size.width()) / 2, cell.y() + (cell.height() - size.height()) / 2), size};
}

QSGNode* SheetView::updatePaintNode(QSGNode* old, UpdatePaintNodeData*) {
  auto* node = static_cast<SheetNode*>(old);
  const bool empty = width() < 1 || height() < 1;
  // The software renderer places the nodes of an item by what it knows of their parent, and it knows nothing of a plain node: a picture
  // that is added later would be painted in the window's corner. So the nodes are made anew when one comes or goes.
  if (node != nullptr && (empty || (node->picture == nullptr) != picture_.isNull())) {
    delete node;
    node = nullptr;
  }
  if (empty) return nullptr;
  const bool is_new = node == nullptr;
  if (is_new) {
    node = new SheetNode;
    node->ground = window()->createRectangleNode();
    node->appendChildNode(node->ground);
    if (!picture_.isNull()) {
      node->picture = window()->createImageNode();
      node->picture->setOwnsTexture(true);
    }
    picture_changed_ = true;
  }
  const QSizeF item(width(), height());
  node->ground->setRect(QRectF(QPointF(0, 0), item));
  node->ground->setColor(ground_);
  if (node->picture == nullptr) return node;
  if (std::exchange(picture_changed_, false)) {
    const auto options = QQuickWindow::CreateTextureOptions(QQuickWindow::TextureIsOpaque) | QQuickWindow::TextureCanUseAtlas;
    node->picture->setTexture(window()->createTextureFromImage(picture_, options));
  }
  const double cell_width = static_cast<double>(picture_.width()) / picture_cells_;
  const QRectF cell(cell_width * (moving_ ? std::clamp(cell_, 0, picture_cells_ - 1) : 0), 0, cell_width, picture_.height());
  node->picture->setRect(placed(item, aspect_, crop_));
  node->picture->setSourceRect(part(item, cell, crop_));
  node->picture->setFiltering(QSGTexture::Linear);
  // The software renderer reads the picture of a node as soon as that is in the tree.
  if (is_new) node->appendChildNode(node->picture);
  return node;
}

}  // namespace fantascope::ui
