#pragma once
/// The queue as one list with what can be done to each job, the rule that holds it, and what the day has done so far. GUI thread only.
#include <QObject>
#include <QVariantMap>
#include <nlohmann/json.hpp>

#include "ui/bridge/job_list_model.h"

namespace fantascope::ui {

class QueueModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QObject* jobs READ jobs CONSTANT)
  Q_PROPERTY(bool held READ held NOTIFY ruleChanged)
  Q_PROPERTY(QString ruleText READ ruleText NOTIFY ruleChanged)
  Q_PROPERTY(bool overnight READ overnight NOTIFY ruleChanged)
  Q_PROPERTY(QString todayText READ todayText NOTIFY todayChanged)
  Q_PROPERTY(bool canClear READ canClear NOTIFY todayChanged)
 public:
  explicit QueueModel(StudioContext& context, QObject* parent = nullptr);
  QObject* jobs() { return &jobs_; }
  bool held() const { return rule_.value(QStringLiteral("held")).toBool(); }
  QString ruleText() const;
  bool overnight() const;
  QString todayText() const { return today_; }
  bool canClear() const { return can_clear_; }

  Q_INVOKABLE void toggleHold();
  Q_INVOKABLE void setOvernight(bool on);
  Q_INVOKABLE void pause(const QString& jobId) { change("queue pause", jobId); }
  Q_INVOKABLE void resume(const QString& jobId) { change("queue resume", jobId); }
  Q_INVOKABLE void cancel(const QString& jobId);
  Q_INVOKABLE void retry(const QString& jobId) { change("queue retry", jobId); }
  Q_INVOKABLE void duplicate(const QString& jobId) { change("queue duplicate", jobId); }
  /// One place up (-1) or down (1) among those that wait, or to the top (-2).
  Q_INVOKABLE void move(const QString& jobId, int by);
  /// What a job that does not go on by itself needs, by the reason that it gave: {text, actions: [{id, label}]}, the best one first.
  /// Empty for jobs that need nobody.
  Q_INVOKABLE QVariantMap remedy(const QString& jobId) const;
  Q_INVOKABLE void applyRemedy(const QString& jobId, const QString& action);
  Q_INVOKABLE void addBatch(const QString& file);
  Q_INVOKABLE void clearFinished();

 Q_SIGNALS:
  void ruleChanged();
  void todayChanged();

 private:
  void refresh();
  void change(const char* operation, const QString& jobId);
  void ask(const char* operation, nlohmann::json arguments, const QString& said = {});

  StudioContext& context_;
  JobListModel jobs_;
  QVariantMap rule_;
  QString today_;
  bool can_clear_ = false;
};

}  // namespace fantascope::ui
