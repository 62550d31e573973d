#include "ui/screens/shot/sketch_grid.h"

#include <algorithm>
#include <cmath>

#include "ui/bridge/action_price.h"
#include "ui/bridge/job_feed.h"
#include "ui/bridge/job_list_model.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/operations.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

SketchGrid::SketchGrid(StudioContext& context, QObject* parent) : QAbstractListModel(parent), context_(context) {
  connect(&context.jobs, &JobFeed::takesChanged, this, &SketchGrid::refresh);
  const auto tell = [this] {
    if (!cells_.empty()) Q_EMIT dataChanged(index(0), index(count() - 1), {StateRole, CanFinishRole, BusyRole});
  };
  connect(&context.jobs, &JobFeed::jobChanged, this, tell);
  connect(&context.jobs, &JobFeed::jobsReset, this, tell);
}

QHash<int, QByteArray> SketchGrid::roleNames() const {
  return {{SketchIdRole, "sketchId"_ba}, {TakeIdRole, "takeId"_ba}, {ClipRole, "clip"_ba},           {SizeRole, "size"_ba},
          {NameRole, "name"_ba},         {StateRole, "state"_ba},   {CanFinishRole, "canFinish"_ba}, {BusyRole, "busy"_ba},
          {KeepRole, "keep"_ba},         {SpokenRole, "spoken"_ba}, {PriceRole, "price"_ba}};
}

QString SketchGrid::jobOf(const QString& sketchId) const {
  const auto& jobs = context_.jobs.jobs();
  for (auto job = jobs.begin(); job != jobs.end(); ++job) {
    const auto parent = job->job.find("parent");
    if (parent == job->job.end() || !parent->is_object()) continue;
    if (text_field(*parent, "relation") == "finish"_L1 && text_field(*parent, "take_id") == sketchId) return job.key();
  }
  return {};
}

QVariant SketchGrid::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  const QVariantMap& cell = cells_[static_cast<std::size_t>(index.row())];
  const QString sketch = cell.value(u"sketch_id"_s).toString(), take = cell.value(u"take_id"_s).toString();
  const int steps = cell.value(u"sketch_steps"_s).toInt();
  const QString job = steps > 0 ? jobOf(sketch) : QString();
  switch (role) {
    case SketchIdRole:
      return sketch;
    case TakeIdRole:
      return take;
    case ClipRole:
      return cell.value(u"clip"_s);
    case SizeRole:
      return cell.value(u"size"_s);
    case NameRole:
      return QString::number(index.row() + 1);
    case StateRole:
      if (!job.isEmpty()) return job_line(*context_.jobs.jobs().constFind(job));
      if (steps > 0) return tr("Sketch, %1 of %2 steps").arg(steps).arg(cell.value(u"num_steps"_s).toInt());
      return sketch != take ? tr("Finished from the sketch") : tr("seed %1").arg(cell.value(u"seed"_s).toString());
    case CanFinishRole:
      return steps > 0 && job.isEmpty();
    case BusyRole:
      return !job.isEmpty();
    case KeepRole:
      return cell.value(u"keep"_s);
    case SpokenRole:
      return tr("Cell %1: %2").arg(index.row() + 1).arg(data(index, StateRole).toString());
    case PriceRole:
      return steps > 0 ? prices_.value(sketch) : QString();
    default:
      return {};
  }
}

/// Asked anew with each change of the takes: every run teaches the time.
void SketchGrid::askPrices() {
  constexpr int kAskedMax = 16;  // as many cells as have room for words
  int asked = 0;
  for (const QVariantMap& cell : cells_) {
    if (cell.value(u"sketch_steps"_s).toInt() < 1 || ++asked > kAskedMax) continue;
    const QString sketch = cell.value(u"sketch_id"_s).toString();
    const json question = {{"take", sketch.toStdString()}, {"estimate", true}};
    context_.operations.ask(Lane::kEstimate, "finish", question, this, [this, sketch](Result<json> answer) {
      const QString price = answer ? short_price(*answer) : QString();
      if (prices_.value(sketch) == price) return;
      prices_[sketch] = price;
      if (const int row = rowOf(sketch); row >= 0) Q_EMIT dataChanged(index(row), index(row), {PriceRole});
    });
  }
}

QVariantMap SketchGrid::get(int row) const {
  QVariantMap all;
  const auto names = roleNames();
  for (auto name = names.begin(); name != names.end(); ++name) all.insert(QString::fromLatin1(*name), data(index(row), name.key()));
  return all;
}

int SketchGrid::columns() const { return std::max(1, static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count()))))); }

int SketchGrid::rowOf(const QString& takeId) const {
  const auto found = std::ranges::find_if(cells_, [&](const QVariantMap& cell) { return cell.value(u"take_id"_s) == takeId; });
  return found == cells_.end() ? -1 : static_cast<int>(found - cells_.begin());
}

QString SketchGrid::shownFor(const QString& sketchId) const {
  const auto found = std::ranges::find_if(cells_, [&](const QVariantMap& cell) { return cell.value(u"sketch_id"_s) == sketchId; });
  return found == cells_.end() ? sketchId : found->value(u"take_id"_s).toString();
}

void SketchGrid::setShot(const QString& shotId) {
  if (shotId == shot_id_) return;
  shot_id_ = shotId;
  refresh();
}

void SketchGrid::refresh() {
  if (shot_id_.size() != 16) {
    beginResetModel();
    cells_.clear();
    endResetModel();
    Q_EMIT changed();
    return;
  }
  context_.operations.ask(Lane::kQuick, "view sketches", {{"shot_id", shot_id_.toStdString()}}, this,
                          [this, asked = shot_id_](Result<json> answer) {
                            if (!answer || asked != shot_id_) return;
                            std::vector<QVariantMap> cells;
                            for (const json& cell : answer->value("cells", json::array())) cells.push_back(to_variant(cell).toMap());
                            if (cells == cells_) return askPrices();
                            if (cells.size() == cells_.size()) {
                              cells_ = std::move(cells);  // cells stay where they are, so that a picture is not let go and decoded anew
                              Q_EMIT dataChanged(index(0), index(count() - 1));
                            } else {
                              beginResetModel();
                              cells_ = std::move(cells);
                              endResetModel();
                            }
                            Q_EMIT changed();
                            askPrices();
                          });
}

}  // namespace fantascope::ui
