#pragma once
/// Open jobs as rows with the words that are shown: what runs, then what comes next, then what waits for a person. Optionally only those of
/// some shot's jobs. GUI thread only.
#include <QAbstractListModel>
#include <QSet>
#include <QStringList>
#include <QTimer>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class JobListModel final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(QStringList jobIds READ jobIds WRITE setJobIds NOTIFY filterChanged)
  Q_PROPERTY(bool onlyThese READ onlyThese WRITE setOnlyThese NOTIFY filterChanged)
 public:
  enum Role {
    JobIdRole = Qt::UserRole + 1,
    NameRole,
    PromptRole,
    KindRole,
    StateRole,
    StateTextRole,
    PhaseRole,
    PartsRole,  ///< [{name, share}] of a phase bar
    PartRole,   ///< index of the current one
    PartFractionRole,
    LineRole,    ///< "Denoising, step 14 of 30 · about 20 s left"
    DetailRole,  ///< "1.4 s a step · 192x128 · seed 7"
    PictureRole,
    ErrorTitleRole,
    ErrorCauseRole,
    StartsRole,   ///< "starts about 14:33", "next"
    SectionRole,  ///< running, next, paused, parked, failed
    StalledRole,
    SpokenRole,
  };
  explicit JobListModel(StudioContext& context, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const { return static_cast<int>(ids_.size()); }
  QStringList jobIds() const { return QStringList(wanted_.begin(), wanted_.end()); }
  void setJobIds(const QStringList& ids);
  bool onlyThese() const { return only_these_; }
  void setOnlyThese(bool only);
  Q_INVOKABLE QString idAt(int row) const { return row >= 0 && row < count() ? ids_[row] : QString(); }

  /// "Denoising “Lighthouse” · step 14 of 30 · about 20 s left · then 2 more": what the bottom line says of all open jobs.
  static QString summary(const JobFeed& feed);

 Q_SIGNALS:
  void countChanged();
  void filterChanged();

 private:
  void rebuild();
  void changed(const QString& id);

  StudioContext& context_;
  QStringList ids_;
  QSet<QString> wanted_;
  bool only_these_ = false;
  QTimer tick_;
};

/// The row's words, for tests and the bottom line.
QString job_line(const JobFeed::JobNews& news);

}  // namespace fantascope::ui
