#include "ui/components/star_row.h"

#include <QHash>
#include <QImageReader>
#include <QPainter>
#include <QQuickWindow>
#include <QSGImageNode>
#include <algorithm>
#include <cmath>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

QImage star(const QString& file, int pixels, const QColor& color) {
  QImageReader reader(file);
  reader.setScaledSize(QSize(pixels, pixels));
  QImage image = reader.read().convertToFormat(QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) return image;
  QPainter painter(&image);
  painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
  painter.fillRect(image.rect(), color);
  return image;
}

struct Look {
  int stars, size;
  QRgb full, empty;
  bool faint;
  double scale;
  bool operator==(const Look&) const = default;
};
size_t qHash(const Look& look, size_t seed = 0) {
  return qHashMulti(seed, look.stars, look.size, look.full, look.empty, look.faint, look.scale);
}

QImage painted(const Look& look) {
  static QHash<Look, QImage> made;
  QImage& picture = made[look];
  if (!picture.isNull()) return picture;
  const double step = (look.size + StarRow::kGap) * look.scale;
  const int pixels = static_cast<int>(std::lround(look.size * look.scale));
  picture = QImage(static_cast<int>(std::ceil(4 * step)) + pixels, pixels, QImage::Format_ARGB32_Premultiplied);
  picture.fill(Qt::transparent);
  const QImage full = star(u":/icons/star-fill.svg"_s, pixels, QColor::fromRgba(look.full));
  const QImage empty = star(u":/icons/star.svg"_s, pixels, QColor::fromRgba(look.empty));
  QPainter painter(&picture);
  for (int i = 0; i < 5; ++i) {
    painter.setOpacity(i < look.stars || !look.faint ? 1 : 0.5);
    painter.drawImage(QPointF(std::round(i * step), 0), i < look.stars ? full : empty);
  }
  return picture;
}

}  // namespace

StarRow::StarRow(QQuickItem* parent) : QQuickItem(parent) {
  setFlag(ItemHasContents);
  connect(this, &StarRow::changed, this, &StarRow::refresh);
}

void StarRow::componentComplete() {
  QQuickItem::componentComplete();
  refresh();
}

void StarRow::itemChange(ItemChange change, const ItemChangeData& data) {
  if (change == ItemDevicePixelRatioHasChanged || change == ItemSceneChange) refresh();
  QQuickItem::itemChange(change, data);
}

void StarRow::refresh() {
  if (!isComponentComplete()) return;
  setImplicitSize(5 * size_ + 4 * kGap, size_);
  const double scale = window() != nullptr ? window()->effectiveDevicePixelRatio() : 1;
  const QImage next = painted({stars_, size_, full_.rgba(), empty_.rgba(), faint_, scale});
  if (next.cacheKey() == picture_.cacheKey()) return;
  picture_ = next;
  picture_changed_ = true;
  update();
}

int StarRow::starAt(double x) const { return std::clamp(static_cast<int>(std::floor((x + kGap / 2.0) / (size_ + kGap))) + 1, 1, 5); }

QSGNode* StarRow::updatePaintNode(QSGNode* old, UpdatePaintNodeData*) {
  auto* node = static_cast<QSGImageNode*>(old);
  if (picture_.isNull()) {
    delete node;
    picture_changed_ = true;
    return nullptr;
  }
  if (node == nullptr) {
    node = window()->createImageNode();
    node->setOwnsTexture(true);
    picture_changed_ = true;
  }
  if (std::exchange(picture_changed_, false))
    node->setTexture(window()->createTextureFromImage(picture_, QQuickWindow::TextureCanUseAtlas));
  const double scale = window()->effectiveDevicePixelRatio();
  node->setRect(QRectF(QPointF(0, 0), QSizeF(picture_.size()) / scale));
  node->setSourceRect(QRectF(QPointF(0, 0), QSizeF(picture_.size())));
  node->setFiltering(QSGTexture::Linear);
  return node;
}

}  // namespace fantascope::ui
