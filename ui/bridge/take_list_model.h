#pragma once
/// Takes that match a filter, for grids of any length: their numbers are all known, so the scroll bar is true; rows are fetched by pages
/// when they come into sight. A refresh keeps what did not change in place. GUI thread only.
#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <vector>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class TakeListModel final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
  Q_PROPERTY(QString shotId READ shotId WRITE setShotId NOTIFY filterChanged)
  Q_PROPERTY(QString projectId READ projectId WRITE setProjectId NOTIFY filterChanged)
  Q_PROPERTY(QString order READ order WRITE setOrder NOTIFY filterChanged)
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(bool loading READ loading NOTIFY countChanged)
  Q_PROPERTY(QString problem READ problem NOTIFY countChanged)
 public:
  enum Role {
    TakeIdRole = Qt::UserRole + 1,
    LoadedRole,
    NameRole,
    PromptRole,
    KeepRole,
    StarsRole,
    TagsRole,
    SizeRole,
    LengthRole,
    SeedRole,
    ModelRole,
    FramesRole,
    FpsRole,
    DurationRole,
    ClipRole,
    PosterRole,
    FilmstripRole,
    MomentRole,
    ShotIdRole,
    WarningsRole,
    SpokenRole,
    SketchRole,  ///< "Sketch, 8 of 30 steps"; empty for finished takes
    ProjectRole,
  };
  static constexpr int kPageRows = 200;

  TakeListModel(StudioContext& context, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;

  QString filter() const { return filter_; }
  void setFilter(const QString& filter);
  QString shotId() const { return shot_id_; }
  void setShotId(const QString& id);
  /// Only takes of this project; empty: of all.
  QString projectId() const { return project_id_; }
  void setProjectId(const QString& id);
  QString order() const { return order_; }
  void setOrder(const QString& order);
  int count() const { return static_cast<int>(seqs_.size()); }
  bool loading() const { return loading_; }
  QString problem() const { return problem_; }

  Q_INVOKABLE QVariantMap get(int row) const;
  Q_INVOKABLE int rowOf(const QString& takeId) const;
  /// Asks again and keeps what stayed.
  /// One question is on its way at a time; what changes meanwhile is asked when it is answered, newest alone.
  Q_INVOKABLE void refresh();

 Q_SIGNALS:
  void filterChanged();
  void countChanged();
  /// It is known which takes there are, or a page of rows came.
  void refreshed();

 private:
  void askForSeqs();
  void replaceSeqs(std::vector<qint64> seqs);
  void fetchPage(int page) const;
  const QVariantMap* rowAt(int row) const;

  StudioContext& context_;
  QString filter_, shot_id_, project_id_, order_, problem_;
  std::vector<qint64> seqs_;
  mutable QHash<qint64, QVariantMap> rows_;
  mutable QSet<int> asked_pages_;
  bool loading_ = false, asking_ = false, ask_again_ = false;
};

}  // namespace fantascope::ui
