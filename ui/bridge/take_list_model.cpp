#include "ui/bridge/take_list_model.h"

#include <QDateTime>
#include <algorithm>
#include <tuple>
#include <utility>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
namespace {

constexpr int kRowsKeptMax = 20 * TakeListModel::kPageRows;

}  // namespace

TakeListModel::TakeListModel(StudioContext& context, QObject* parent) : QAbstractListModel(parent), context_(context) {
  connect(&context_.jobs, &JobFeed::takesChanged, this, &TakeListModel::refresh);
}

int TakeListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QHash<int, QByteArray> TakeListModel::roleNames() const {
  return {{TakeIdRole, "takeId"_ba}, {LoadedRole, "loaded"_ba},       {NameRole, "name"_ba},
          {PromptRole, "prompt"_ba}, {KeepRole, "keep"_ba},           {StarsRole, "stars"_ba},
          {TagsRole, "tags"_ba},     {SizeRole, "size"_ba},           {LengthRole, "length"_ba},
          {SeedRole, "seed"_ba},     {ModelRole, "modelName"_ba},     {FramesRole, "frames"_ba},
          {FpsRole, "fps"_ba},       {DurationRole, "duration"_ba},   {ClipRole, "clip"_ba},
          {PosterRole, "poster"_ba}, {FilmstripRole, "filmstrip"_ba}, {MomentRole, "moment"_ba},
          {ShotIdRole, "shotId"_ba}, {WarningsRole, "warnings"_ba},   {SpokenRole, "spoken"_ba},
          {SketchRole, "sketch"_ba}, {ProjectRole, "project"_ba}};
}

const QVariantMap* TakeListModel::rowAt(int row) const {
  if (row < 0 || row >= count()) return nullptr;
  const auto found = rows_.constFind(seqs_[static_cast<std::size_t>(row)]);
  if (found != rows_.constEnd()) return &*found;
  fetchPage(row / kPageRows);
  return nullptr;
}

QVariant TakeListModel::data(const QModelIndex& index, int role) const {
  const QVariantMap* row = rowAt(index.row());
  if (role == LoadedRole) return row != nullptr;
  if (row == nullptr)
    return role == StarsRole || role == FramesRole || role == DurationRole ? QVariant(0)
           : role == TagsRole                                              ? QVariant(QStringList())
                                                                           : QVariant(QString());
  const auto field = [row](QLatin1StringView name) { return row->value(QString(name)); };
  switch (role) {
    case TakeIdRole:
      return field("take_id"_L1);
    case NameRole:
      return short_name(field("prompt"_L1).toString());
    case PromptRole:
      return field("prompt"_L1);
    case KeepRole:
      return field("keep"_L1);
    case StarsRole:
      return field("stars"_L1);
    case TagsRole:
      return field("tags"_L1);
    case SizeRole:
      return field("size"_L1);
    case LengthRole:
      return length_text(field("duration_s"_L1).toDouble());
    case DurationRole:
      return field("duration_s"_L1);
    case SeedRole:
      return field("seed"_L1).toString();
    case ModelRole:
      return field("model"_L1);
    case FramesRole:
      return field("frames"_L1);
    case FpsRole:
      return field("fps"_L1);
    case ClipRole:
      return field("clip"_L1);
    case PosterRole:
      return field("poster"_L1);
    case FilmstripRole:
      return field("filmstrip"_L1);
    case ShotIdRole:
      return field("shot_id"_L1);
    case ProjectRole:
      return field("project"_L1);
    case WarningsRole:
      return field("warnings"_L1);
    case MomentRole:
      return moment_text(field("created_ms"_L1).toLongLong(), QDateTime::currentMSecsSinceEpoch());
    case SketchRole: {
      const int steps = field("sketch_steps"_L1).toInt();
      return steps > 0 ? tr("Sketch, %1 of %2 steps").arg(steps).arg(field("num_steps"_L1).toInt()) : QString();
    }
    case SpokenRole: {
      const QString keep = field("keep"_L1).toString();
      return tr("%1, %2, %3, %4 star(s)")
          .arg(short_name(field("prompt"_L1).toString()),
               keep == "kept"_L1      ? tr("kept")
               : keep == "dropped"_L1 ? tr("dropped")
                                      : tr("draft"),
               length_text(field("duration_s"_L1).toDouble()))
          .arg(field("stars"_L1).toInt());
    }
    default:
      return {};
  }
}

QVariantMap TakeListModel::get(int row) const {
  QVariantMap all;
  if (row < 0 || row >= count()) return all;
  const auto names = roleNames();
  for (auto name = names.begin(); name != names.end(); ++name) all.insert(QString::fromLatin1(*name), data(index(row), name.key()));
  return all;
}

int TakeListModel::rowOf(const QString& takeId) const {
  for (int row = 0; row < count(); ++row)
    if (const auto found = rows_.constFind(seqs_[static_cast<std::size_t>(row)]);
        found != rows_.constEnd() && found->value(u"take_id"_s) == takeId)
      return row;
  return -1;
}

void TakeListModel::setFilter(const QString& filter) {
  if (filter_ == filter) return;
  filter_ = filter;
  Q_EMIT filterChanged();
  refresh();
}

void TakeListModel::setShotId(const QString& id) {
  if (shot_id_ == id) return;
  shot_id_ = id;
  Q_EMIT filterChanged();
  refresh();
}

void TakeListModel::setProjectId(const QString& id) {
  if (project_id_ == id) return;
  project_id_ = id;
  Q_EMIT filterChanged();
  refresh();
}

void TakeListModel::setOrder(const QString& order) {
  if (order_ == order) return;
  order_ = order;
  Q_EMIT filterChanged();
  refresh();
}

void TakeListModel::refresh() {
  loading_ = true;
  Q_EMIT countChanged();
  if (asking_)
    ask_again_ = true;
  else
    askForSeqs();
}

void TakeListModel::askForSeqs() {
  asking_ = true;
  nlohmann::json arguments = {{"filter", filter_.toStdString()}};
  if (!shot_id_.isEmpty()) arguments["shot_id"] = shot_id_.toStdString();
  if (!project_id_.isEmpty()) arguments["project_id"] = project_id_.toStdString();
  if (!order_.isEmpty()) arguments["order"] = order_.toStdString();
  using Seqs = std::vector<qint64>;
  context_.operations.askAs<Seqs>(
      Lane::kQuick, "view takes", arguments, this, [](const nlohmann::json& answer) { return answer.at("seqs").get<Seqs>(); },
      [this, asked = std::tuple(filter_, shot_id_, project_id_, order_)](Result<Seqs> answer) {
        asking_ = false;
        const bool is_old = asked != std::tie(filter_, shot_id_, project_id_, order_);
        if (std::exchange(ask_again_, false)) askForSeqs();
        if (is_old) return;  // the answer to the newest question comes
        loading_ = asking_;
        problem_ = answer ? QString() : error_text(answer.error()).title;
        replaceSeqs(answer ? *std::move(answer) : Seqs());
        Q_EMIT countChanged();
        Q_EMIT refreshed();
      });
}

void TakeListModel::replaceSeqs(std::vector<qint64> seqs) {
  const auto front = static_cast<int>(std::ranges::mismatch(seqs_, seqs).in1 - seqs_.begin());
  int back = 0;
  while (back < std::min<int>(count(), static_cast<int>(seqs.size())) - front &&
         seqs_[seqs_.size() - 1 - static_cast<std::size_t>(back)] == seqs[seqs.size() - 1 - static_cast<std::size_t>(back)])
    ++back;
  const int old_middle = count() - front - back, new_middle = static_cast<int>(seqs.size()) - front - back;
  if (old_middle > 0) {
    beginRemoveRows({}, front, front + old_middle - 1);
    seqs_.erase(seqs_.begin() + front, seqs_.begin() + front + old_middle);
    endRemoveRows();
  }
  if (new_middle > 0) {
    beginInsertRows({}, front, front + new_middle - 1);
    seqs_.insert(seqs_.begin() + front, seqs.begin() + front, seqs.begin() + front + new_middle);
    endInsertRows();
  }
  // Rows that stayed may have new stars or flags: what was shown is asked for again and changes in place.
  const QSet<int> shown = std::exchange(asked_pages_, {});
  if (rows_.size() > kRowsKeptMax) rows_.clear();
  for (const int page : shown)
    if (page * kPageRows < count()) fetchPage(page);
}

void TakeListModel::fetchPage(int page) const {
  if (asked_pages_.contains(page)) return;
  asked_pages_.insert(page);
  const int first = page * kPageRows, end = std::min(first + kPageRows, count());
  auto wanted = nlohmann::json::array();
  for (int row = first; row < end; ++row) wanted.push_back(seqs_[static_cast<std::size_t>(row)]);
  auto* self = const_cast<TakeListModel*>(this);  // fetching is how a const view fills its cache
  using Rows = std::vector<QVariantMap>;
  context_.operations.askAs<Rows>(
      Lane::kQuick, "view rows", {{"seqs", wanted}}, self,
      [](const nlohmann::json& answer) {
        Rows rows;
        for (const auto& row : answer.at("rows")) rows.push_back(to_variant(row).toMap());
        return rows;
      },
      [self, first](Result<Rows> answer) {
        if (!answer) return;
        for (QVariantMap& row : *answer) {
          const qint64 seq = row.value(u"seq"_s).toLongLong();
          self->rows_.insert(seq, std::move(row));
        }
        if (first < self->count())
          Q_EMIT self->dataChanged(self->index(first), self->index(std::min(first + kPageRows, self->count()) - 1));
        Q_EMIT self->refreshed();
      });
}

}  // namespace fantascope::ui
