#include "ui/screens/shot/lineage_model.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

LineageModel::LineageModel(StudioContext& context, QObject* parent) : QAbstractListModel(parent), context_(context) {
  connect(&context.jobs, &JobFeed::takesChanged, this, &LineageModel::refresh);
}

QHash<int, QByteArray> LineageModel::roleNames() const {
  return {{TakeIdRole, "takeId"_ba},
          {DepthRole, "depth"_ba},
          {ParentRowRole, "parentRow"_ba},
          {RelationRole, "relation"_ba},
          {RelationTextRole, "relationText"_ba},
          {NameRole, "name"_ba},
          {CurrentRole, "current"_ba},
          {GoneRole, "gone"_ba},
          {KeepRole, "keep"_ba},
          {ShotIdRole, "shotId"_ba},
          {SpokenRole, "spoken"_ba}};
}

QVariant LineageModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  const Row& row = rows_[static_cast<std::size_t>(index.row())];
  switch (role) {
    case TakeIdRole:
      return row.take_id;
    case DepthRole:
      return row.depth;
    case ParentRowRole:
      return row.parent_row;
    case RelationRole:
      return row.relation;
    case RelationTextRole:
      return row.relation == "extend"_L1   ? tr("extended")
             : row.relation == "remix"_L1  ? tr("remixed")
             : row.relation == "retake"_L1 ? tr("retaken")
             : row.relation == "finish"_L1 ? tr("finished")
             : row.gone                    ? tr("gone")
             : row.sketch_steps > 0        ? tr("sketch")
                                           : tr("take");
    case NameRole:
      return row.gone ? tr("no longer in the library") : short_name(row.prompt);
    case CurrentRole:
      return row.take_id == take_id_;
    case GoneRole:
      return row.gone;
    case KeepRole:
      return row.keep;
    case ShotIdRole:
      return row.shot_id;
    case SpokenRole:
      return u"%1: %2"_s.arg(data(index, RelationTextRole).toString(), data(index, NameRole).toString());
    default:
      return {};
  }
}

QVariantMap LineageModel::get(int row) const {
  QVariantMap all;
  const auto names = roleNames();
  for (auto name = names.begin(); name != names.end(); ++name) all.insert(QString::fromLatin1(*name), data(index(row), name.key()));
  return all;
}

void LineageModel::setTake(const QString& takeId) {
  if (takeId == take_id_) return;
  take_id_ = takeId;
  // Walking inside one family changes only which row is the current one.
  if (std::ranges::any_of(rows_, [&](const Row& row) { return row.take_id == takeId; }))
    Q_EMIT dataChanged(index(0), index(count() - 1), {CurrentRole});
  refresh();
}

void LineageModel::refresh() {
  if (take_id_.isEmpty()) return show({});
  context_.operations.ask(Lane::kQuick, "view lineage", {{"take_id", take_id_.toStdString()}}, this,
                          [this, asked = take_id_](Result<json> answer) {
                            if (asked == take_id_) show(answer ? tree(*answer) : std::vector<Row>());
                          });
}

std::vector<LineageModel::Row> LineageModel::tree(const json& answer) {
  struct Node {
    Row row;
    qint64 seq = 0;
    std::vector<std::string> children;
  };
  std::map<std::string, Node> nodes;
  for (const json& take : answer.value("takes", json::array())) {
    Node& node = nodes[take.value("take_id", "")];
    node.seq = take.value("seq", qint64{0});
    node.row.take_id = text_field(take, "take_id");
    node.row.prompt = text_field(take, "prompt");
    node.row.keep = text_field(take, "keep");
    node.row.shot_id = text_field(take, "shot_id");
    node.row.sketch_steps = take.value("sketch_steps", 0);
    node.row.gone = take.value("gone", false);
  }
  std::set<std::string> has_parent;
  for (const json& link : answer.value("links", json::array())) {
    const std::string child = link.value("take_id", ""), parent = link.value("parent_id", "");
    if (!nodes.contains(child) || !nodes.contains(parent) || child == parent || !has_parent.insert(child).second) continue;
    nodes[parent].children.push_back(child);
    nodes[child].row.relation = text_field(link, "relation");
  }
  if (has_parent.empty()) return {};
  const auto older = [&nodes](const std::string& a, const std::string& b) {
    return std::pair(nodes[a].seq, a) < std::pair(nodes[b].seq, b);
  };
  std::vector<Row> rows;
  std::set<std::string> done;
  const std::function<void(const std::string&, int, int)> add = [&](const std::string& id, int depth, int parent_row) {
    if (!done.insert(id).second) return;
    Node& node = nodes[id];
    node.row.depth = depth;
    node.row.parent_row = parent_row;
    const int row = static_cast<int>(rows.size());
    rows.push_back(node.row);
    std::ranges::sort(node.children, older);
    for (const std::string& child : node.children) add(child, depth + 1, row);
  };
  std::vector<std::string> roots;
  for (const auto& [id, node] : nodes)
    if (!has_parent.contains(id)) roots.push_back(id);
  std::ranges::sort(roots, older);
  for (const std::string& root : roots) add(root, 0, -1);
  return rows;
}

void LineageModel::show(std::vector<Row> rows) {
  if (rows == rows_) return;
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
  Q_EMIT changed();
}

}  // namespace fantascope::ui
