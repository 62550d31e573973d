#include "ui/components/frame_view.h"

#include <QQuickWindow>
#include <QSGSimpleTextureNode>
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ui/components/zoom_geometry.h"

namespace fantascope::ui {
namespace {

constexpr int kDifferenceFactor = 4;

QImage image_of(const std::uint8_t* rgb, int width, int height) { return {rgb, width, height, width * 3, QImage::Format_RGB888}; }

}  // namespace

FrameView::FrameView(QQuickItem* parent) : QQuickItem(parent) { setFlag(ItemHasContents); }

void FrameView::follow(QPointer<ClipHandle>& slot, ClipHandle* handle) {
  if (slot == handle) return;
  if (slot && clip_ != other_) disconnect(slot, &ClipHandle::readyChanged, this, nullptr);
  slot = handle;
  if (handle != nullptr) connect(handle, &ClipHandle::readyChanged, this, &FrameView::rebuild, Qt::UniqueConnection);
  rebuild();
  Q_EMIT clipChanged();
}

void FrameView::setClip(ClipHandle* clip) { follow(clip_, clip); }
void FrameView::setOther(ClipHandle* other) { follow(other_, other); }

void FrameView::setFrame(int frame) {
  if (frame_ == frame) return;
  frame_ = frame;
  rebuild();
  Q_EMIT frameChanged();
}

void FrameView::setCover(bool cover) {
  if (cover_ == cover) return;
  cover_ = cover;
  update();
  Q_EMIT coverChanged();
}

void FrameView::setPicture(const QVariant& picture) {
  PicturePointer next = picture.value<PicturePointer>();
  if (next == picture_) return;
  picture_ = std::move(next);
  rebuild();
  Q_EMIT pictureChanged();
}

void FrameView::rebuild() {
  const QSize before = image_.size();
  image_ = {};
  shown_frame_ = -1;
  if (picture_) {
    image_ = image_of(picture_->pixels.data(), picture_->width, picture_->height);
  } else if (clip_ && clip_->ready() && clip_->frames() > 0) {
    held_ = clip_->clip();
    shown_frame_ = std::clamp(frame_, 0, clip_->frames() - 1);
    const auto& pixels = held_->frames[static_cast<std::size_t>(shown_frame_)];
    image_ = image_of(pixels.data(), held_->width, held_->height);
    if (other_ && other_->ready() && other_->width() == held_->width && other_->height() == held_->height) {
      const auto& others = other_->clip()->frames[static_cast<std::size_t>(std::clamp(frame_, 0, other_->frames() - 1))];
      QImage difference(held_->width, held_->height, QImage::Format_RGB888);
      std::int64_t sum = 0;
      for (int y = 0; y < held_->height; ++y) {
        const std::size_t row = static_cast<std::size_t>(y) * static_cast<std::size_t>(3 * held_->width);
        std::uint8_t* line = difference.scanLine(y);
        for (int x = 0; x < 3 * held_->width; ++x) {
          const int apart = std::abs(int{pixels[row + static_cast<std::size_t>(x)]} - int{others[row + static_cast<std::size_t>(x)]});
          sum += apart;
          line[x] = static_cast<std::uint8_t>(std::min(255, apart * kDifferenceFactor));
        }
      }
      image_ = difference;
      difference_ = static_cast<double>(sum) / static_cast<double>(pixels.size());
      Q_EMIT differenceChanged();
    }
  }
  image_changed_ = true;
  update();
  if (image_.size() != before) Q_EMIT contentRectChanged();
}

void FrameView::setZoom(double zoom) {
  if (zoom == zoom_) return;
  zoom_ = zoom;
  update();
  Q_EMIT contentRectChanged();
}

void FrameView::setCentre(const QPointF& centre) {
  if (centre == centre_) return;
  centre_ = centre;
  update();
  Q_EMIT contentRectChanged();
}

double FrameView::pixelRatio() const { return window() != nullptr ? window()->effectiveDevicePixelRatio() : 1; }
QSizeF FrameView::pictureSize() const { return QSizeF(image_.size()) / pixelRatio(); }
double FrameView::fitZoom() const { return image_.isNull() ? 0 : fit_scale(boundingRect().size(), pictureSize()); }

bool FrameView::larger() const {
  const QRectF all = contentRect(), pane = boundingRect();
  return all.width() > pane.width() + 0.5 || all.height() > pane.height() + 0.5;
}

QRectF FrameView::contentRect() const {
  const QRectF whole = boundingRect();
  return image_.isNull() ? whole : zoomed_rect(whole.size(), pictureSize(), zoom_, centre_);
}

QPointF FrameView::pictureAt(const QPointF& place) const {
  const QRectF all = contentRect();
  if (all.isEmpty()) return {0.5, 0.5};
  return {(place.x() - all.x()) / all.width(), (place.y() - all.y()) / all.height()};
}

QPointF FrameView::centreFor(const QPointF& point, const QPointF& place, double zoom) const {
  return centre_for(boundingRect().size(), pictureSize(), zoom, point, place);
}

void FrameView::geometryChange(const QRectF& now, const QRectF& before) {
  QQuickItem::geometryChange(now, before);
  update();
  Q_EMIT contentRectChanged();
}

QSGNode* FrameView::updatePaintNode(QSGNode* old, UpdatePaintNodeData*) {
  auto* node = static_cast<QSGSimpleTextureNode*>(old);
  if (image_.isNull() || width() < 1 || height() < 1) {
    delete node;
    image_changed_ = true;
    return nullptr;
  }
  if (node == nullptr) {
    node = new QSGSimpleTextureNode;
    node->setOwnsTexture(true);
    image_changed_ = true;
  }
  if (std::exchange(image_changed_, false)) {
    // The pixels belong to the clip, and the texture may be uploaded later: it gets a copy of its own.
    node->setTexture(window()->createTextureFromImage(image_.copy(), QQuickWindow::TextureIsOpaque));
  }
  if (cover_) {
    const QSizeF part = boundingRect().size().scaled(QSizeF(image_.size()), Qt::KeepAspectRatio);
    node->setRect(boundingRect());
    node->setSourceRect(QRectF(QPointF((image_.width() - part.width()) / 2, (image_.height() - part.height()) / 2), part));
  } else {
    // Only what lies inside is drawn, so that an enlarged picture needs no clipping.
    const QRectF all = contentRect(), shown = shownRect();
    const double across = image_.width() / all.width(), down = image_.height() / all.height();
    node->setRect(shown);
    node->setSourceRect(
        QRectF((shown.x() - all.x()) * across, (shown.y() - all.y()) * down, shown.width() * across, shown.height() * down));
  }
  node->setFiltering(zoom_ >= kSharpFrom ? QSGTexture::Nearest : QSGTexture::Linear);
  return node;
}

}  // namespace fantascope::ui
