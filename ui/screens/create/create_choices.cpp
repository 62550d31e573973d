// What the form offers: sizes, lengths and frame rates that the chosen model allows.
#include "ui/screens/create/create_model.h"

#include <algorithm>
#include <cmath>

#include "ui/bridge/json_variant.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

/// The multiple of `unit` nearest to `value`, within the limits.
int nearest(double value, int unit, int least, int most) {
  return std::clamp(static_cast<int>(std::lround(value / unit)) * unit, (least + unit - 1) / unit * unit, most / unit * unit);
}

double rate_of(const QString& fps) {
  const QStringList parts = fps.split(QLatin1Char('/'));
  const double rate = parts.size() == 2 ? parts[0].toDouble() / std::max(1.0, parts[1].toDouble()) : fps.toDouble();
  return rate > 0 ? rate : 24;
}

}  // namespace

QVariantList CreateModel::sizes() const {
  const QVariantMap model = chosen();
  const int unit = std::max(1, model.value(u"size_multiple"_s, 32).toInt());
  const int least = model.value(u"size_min"_s, unit).toInt(), most = model.value(u"size_max"_s, 4096).toInt();
  const QStringList usual = model.value(u"defaults"_s).toMap().value(u"size"_s, u"192x128"_s).toString().split(QLatin1Char('x'));
  const double area = usual.size() == 2 ? usual[0].toDouble() * usual[1].toDouble() : 192 * 128;
  QVariantList rows;
  QStringList seen;
  const auto add = [&](const QString& value, const QString& shape) {
    if (seen.contains(value)) return;
    seen << value;
    rows << QVariantMap{{u"value"_s, value},
                        {u"text"_s, QString(value).replace(QLatin1Char('x'), u'×') + (shape.isEmpty() ? QString() : u"  "_s + shape)}};
  };
  if (usual.size() == 2) add(usual.join(QLatin1Char('x')), tr("usual"));
  struct Shape {
    double ratio;
    QString name;
  };
  for (const double scale : {1.0, 1.8}) {
    for (const Shape& shape : {Shape{16.0 / 9, tr("wide")}, Shape{3.0 / 2, u"3:2"_s}, Shape{1.0, tr("square")}, Shape{2.0 / 3, u"2:3"_s},
                               Shape{9.0 / 16, tr("tall")}}) {
      const int width = nearest(std::sqrt(area * scale * shape.ratio), unit, least, most),
                height = nearest(std::sqrt(area * scale / shape.ratio), unit, least, most);
      add(u"%1x%2"_s.arg(width).arg(height), shape.name);
    }
  }
  if (!size().isEmpty()) add(size(), {});
  return rows;
}

QVariantList CreateModel::lengths() const {
  const QVariantMap model = chosen();
  const int unit = std::max(1, model.value(u"frames_multiple"_s, 8).toInt()), most = model.value(u"frames_max"_s, 257).toInt();
  const double rate = rate_of(fps());
  QVariantList rows;
  QList<int> seen;
  const auto add = [&](int count) {
    if (count < 1 || count > most || seen.contains(count)) return;
    seen << count;
    rows << QVariantMap{{u"value"_s, count}, {u"text"_s, length_text(count / rate) + u" · "_s + tr("%n frame(s)", nullptr, count)}};
  };
  for (const double seconds : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 8.0, 10.0})
    add(static_cast<int>(std::lround(seconds * rate / unit)) * unit + 1);
  add(model.value(u"defaults"_s).toMap().value(u"frames"_s).toInt());
  add(frames());
  std::ranges::sort(rows, {}, [](const QVariant& row) { return row.toMap().value(u"value"_s).toInt(); });
  return rows;
}

QStringList CreateModel::rates() const {
  QStringList rates = {chosen().value(u"defaults"_s).toMap().value(u"fps"_s, u"24"_s).toString()};
  for (const QString& rate : {u"12"_s, u"16"_s, u"24000/1001"_s, u"24"_s, u"25"_s, u"30"_s, fps()})
    if (!rate.isEmpty() && !rates.contains(rate)) rates << rate;
  return rates;
}

QString CreateModel::smallerSize(const QString& size) const {
  const QStringList sides = size.split(QLatin1Char('x'));
  const QVariantMap model = chosen();
  const int unit = std::max(1, model.value(u"size_multiple"_s, 32).toInt()), least = model.value(u"size_min"_s, unit).toInt();
  const int most = model.value(u"size_max"_s, 4096).toInt();
  if (sides.size() != 2) return size;
  const auto side = [&](const QString& text) { return nearest(text.toInt() / std::sqrt(2.0), unit, least, most); };
  return u"%1x%2"_s.arg(side(sides[0])).arg(side(sides[1]));
}

}  // namespace fantascope::ui
