#pragma once
/// Where a take comes from and what was made from it, as a tree in rows: each with its depth and the row of its parent, so that a view can
/// draw the lines. A take made from several is shown under the first of them. GUI thread only.
#include <QAbstractListModel>
#include <QVariantMap>
#include <nlohmann/json.hpp>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class LineageModel final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(int count READ count NOTIFY changed)
 public:
  enum Role {
    TakeIdRole = Qt::UserRole + 1,
    DepthRole,
    ParentRowRole,     ///< -1: made from nothing
    RelationRole,      ///< "extend", "remix", "retake", "finish" or whatever the library says
    RelationTextRole,  ///< how it was made from its parent, in a word; of a root: what it is
    NameRole,
    CurrentRole,
    GoneRole,
    KeepRole,
    ShotIdRole,
    SpokenRole,
  };
  explicit LineageModel(StudioContext& context, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  /// A take that has neither parent nor child gives no rows.
  int count() const { return rowCount(); }
  QString takeId() const { return take_id_; }
  void setTake(const QString& takeId);
  void refresh();
  Q_INVOKABLE QVariantMap get(int row) const;

 Q_SIGNALS:
  void changed();

 private:
  struct Row {
    QString take_id, relation, prompt, keep, shot_id;
    int depth = 0, parent_row = -1, sketch_steps = 0;
    bool gone = false;
    bool operator==(const Row&) const = default;
  };
  static std::vector<Row> tree(const nlohmann::json& answer);
  void show(std::vector<Row> rows);

  StudioContext& context_;
  QString take_id_;
  std::vector<Row> rows_;
};

}  // namespace fantascope::ui
