#pragma once
/// The takes of a shot as equal cells, oldest first, so that sketches can be judged together. A take that was finished from a sketch stands
/// in the sketch's cell; while it is being made the cell says how far it is. GUI thread only.
#include <QAbstractListModel>
#include <QHash>
#include <QVariantMap>
#include <vector>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class SketchGrid final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(int count READ count NOTIFY changed)
  Q_PROPERTY(int columns READ columns NOTIFY changed)
 public:
  enum Role {
    SketchIdRole = Qt::UserRole + 1,
    TakeIdRole,  ///< of what the cell shows: the sketch, or the take finished from it
    ClipRole,
    SizeRole,
    NameRole,   ///< "1", "2", …
    StateRole,  ///< "Sketch, 4 of 12 steps", "Finished from the sketch", how far a finish is, or the seed of a take of its own
    CanFinishRole,
    BusyRole,  ///< it is being finished
    KeepRole,
    SpokenRole,
    PriceRole,  ///< "~25 s": what finishing it would take; empty until it was measured here
  };
  explicit SketchGrid(StudioContext& context, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(cells_.size()); }
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const { return rowCount(); }
  /// Columns of the squarest grid that holds all cells.
  int columns() const;
  void setShot(const QString& shotId);
  void refresh();
  Q_INVOKABLE QVariantMap get(int row) const;
  int rowOf(const QString& takeId) const;
  /// What stands in the place of this sketch now: the take finished from it, or itself.
  QString shownFor(const QString& sketchId) const;

 Q_SIGNALS:
  void changed();

 private:
  /// Id of the open job that finishes this sketch; empty: none.
  QString jobOf(const QString& sketchId) const;
  void askPrices();

  StudioContext& context_;
  QString shot_id_;
  std::vector<QVariantMap> cells_;
  QHash<QString, QString> prices_;  ///< by sketch
};

}  // namespace fantascope::ui
