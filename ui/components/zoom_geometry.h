#pragma once
/// Where a picture lies in its pane: fitted, or enlarged with one point of it in the middle. Sizes and places are logical pixels; points of
/// the picture are fractions of it, so that pictures of different sizes can share one. Pure functions.
#include <QPointF>
#include <QRectF>
#include <QSizeF>

namespace fantascope::ui {

/// From this many screen pixels a picture's pixel on, pixels are shown as squares.
inline constexpr double kSharpFrom = 2;

/// Logical pixels for one of the picture's when it is fitted into the pane; 0 if either is empty.
double fit_scale(const QSizeF& pane, const QSizeF& picture);
/// The whole picture at `scale` (0: fitted). `centre` is in the pane's middle as far as the picture then still covers the pane; an axis
/// that is smaller than the pane is centred. May reach beyond the pane.
QRectF zoomed_rect(const QSizeF& pane, const QSizeF& picture, double scale, const QPointF& centre);
/// The centre that puts `point` of the picture at `place` of the pane, as far as the picture then still covers the pane.
QPointF centre_for(const QSizeF& pane, const QSizeF& picture, double scale, const QPointF& point, const QPointF& place);

}  // namespace fantascope::ui
