#include "ui/screens/shot/picture_zoom.h"

#include <array>

namespace fantascope::ui {
namespace {

constexpr std::array kScales = {0.0, 1.0, 2.0, 4.0};

}  // namespace

void PictureZoom::setLevel(int level) {
  if (level == level_ || level < 0 || level >= static_cast<int>(kScales.size())) return;
  level_ = level;
  if (level_ == 0) centre_ = {0.5, 0.5};
  Q_EMIT changed();
}

double PictureZoom::scale() const { return kScales[static_cast<std::size_t>(level_)]; }

void PictureZoom::setCentre(const QPointF& centre) {
  if (level_ == 0 || centre == centre_) return;
  centre_ = centre;
  Q_EMIT changed();
}

QStringList PictureZoom::names() const { return {tr("Fit"), tr("100 %"), tr("200 %"), tr("400 %")}; }

void PictureZoom::step(int direction, double fitScale) {
  const auto size = [&](int level) { return level == 0 ? fitScale : kScales[static_cast<std::size_t>(level)]; };
  const double now = size(level_);
  int best = level_;
  for (int level = 0; level < static_cast<int>(kScales.size()); ++level) {
    const double there = size(level);
    if (direction > 0 ? there <= now : there >= now) continue;
    if (best == level_ || (direction > 0 ? there < size(best) : there > size(best))) best = level;
  }
  setLevel(best);
}

}  // namespace fantascope::ui
