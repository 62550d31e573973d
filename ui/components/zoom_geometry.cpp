#include "ui/components/zoom_geometry.h"

#include <algorithm>
#include <cmath>

namespace fantascope::ui {
namespace {

/// One axis: the fraction in the middle of the pane, so that no ground is seen beside a picture that is large enough.
double kept_within(double pane, double picture, double centre) {
  if (picture <= pane) return 0.5;
  const double half = pane / picture / 2;
  return std::clamp(centre, half, 1 - half);
}

}  // namespace

double fit_scale(const QSizeF& pane, const QSizeF& picture) {
  if (pane.isEmpty() || picture.isEmpty()) return 0;
  return std::min(pane.width() / picture.width(), pane.height() / picture.height());
}

QRectF zoomed_rect(const QSizeF& pane, const QSizeF& picture, double scale, const QPointF& centre) {
  const double used = scale > 0 ? scale : fit_scale(pane, picture);
  const QSizeF size = picture * used;
  const double x = pane.width() / 2 - kept_within(pane.width(), size.width(), centre.x()) * size.width();
  const double y = pane.height() / 2 - kept_within(pane.height(), size.height(), centre.y()) * size.height();
  return {QPointF(std::round(x), std::round(y)), size};
}

QPointF centre_for(const QSizeF& pane, const QSizeF& picture, double scale, const QPointF& point, const QPointF& place) {
  const QSizeF size = picture * (scale > 0 ? scale : fit_scale(pane, picture));
  if (size.isEmpty()) return {0.5, 0.5};
  return {kept_within(pane.width(), size.width(), point.x() - (place.x() - pane.width() / 2) / size.width()),
          kept_within(pane.height(), size.height(), point.y() - (place.y() - pane.height() / 2) / size.height())};
}

}  // namespace fantascope::ui
