#pragma once
/// What is known of every open job, on the GUI thread. News come from any thread into one box, newest wins for each job, and are handed
/// over at most ten times a second, so that a busy worker never floods the window.
#include <QElapsedTimer>
#include <QMap>
#include <QObject>
#include <QTimer>
#include <mutex>
#include <nlohmann/json.hpp>

#include "ui/bridge/backend.h"

namespace fantascope::ui {

class JobFeed final : public QObject, public BackendListener {
  Q_OBJECT
 public:
  struct JobNews {
    nlohmann::json job;        ///< as "queue list" shows it
    PicturePointer picture;    ///< the newest live picture, or null
    QElapsedTimer since_step;  ///< since the step or phase last changed
    double step_median_s = 0;  ///< of this run's steps so far
  };

  explicit JobFeed(QObject* parent = nullptr);

  // Any thread.
  void on_ready(const std::string& error) override;
  void on_job(nlohmann::json job) override;
  void on_picture(const std::string& job_id, PicturePointer picture) override;
  void on_takes_changed() override;

  // GUI thread.
  const QMap<QString, JobNews>& jobs() const { return jobs_; }
  /// Replaces all open jobs by what "queue list" answered; live fields of running ones stay.
  void setJobs(const nlohmann::json& rows);
  QString runningJob() const;

 Q_SIGNALS:
  void ready(const QString& error);
  void jobChanged(const QString& jobId);
  void jobsReset();
  /// Done, failed, canceled, parked or paused just now.
  void jobEnded(const QString& jobId, const QString& state, const QString& takeId);
  void takesChanged();

 private:
  void flush();
  void apply(nlohmann::json job);
  void wake();

  std::mutex mutex_;  // guards the box below
  std::map<std::string, nlohmann::json> new_jobs_;
  std::map<std::string, PicturePointer> new_pictures_;
  std::vector<std::string> arrived_;  ///< ids in the order in which their news came
  bool takes_changed_ = false, waking_ = false;

  QTimer timer_;
  qint64 next_order_ = 0;
  QMap<QString, JobNews> jobs_;
};

}  // namespace fantascope::ui
