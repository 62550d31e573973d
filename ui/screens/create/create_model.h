#pragma once
/// The form of a shot and what it would cost: everything the Create screen shows left of the pictures, and the shot's jobs and takes right
/// of it. Asks for an estimate 150 ms after the last change; the newest answer wins. GUI thread only.
#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QVariantMap>
#include <nlohmann/json.hpp>

#include "ui/bridge/job_list_model.h"
#include "ui/bridge/take_list_model.h"

namespace fantascope::ui {

class CreateModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString prompt READ prompt WRITE setPrompt NOTIFY formChanged)
  Q_PROPERTY(QString negative READ negative WRITE setNegative NOTIFY formChanged)
  Q_PROPERTY(QString modelName READ modelName WRITE setModelName NOTIFY formChanged)
  Q_PROPERTY(QString size READ size WRITE setSize NOTIFY formChanged)
  Q_PROPERTY(int frames READ frames WRITE setFrames NOTIFY formChanged)
  Q_PROPERTY(QString fps READ fps WRITE setFps NOTIFY formChanged)
  Q_PROPERTY(QString seed READ seed WRITE setSeed NOTIFY formChanged)
  Q_PROPERTY(bool seedLocked READ seedLocked WRITE setSeedLocked NOTIFY formChanged)
  Q_PROPERTY(int steps READ steps WRITE setSteps NOTIFY formChanged)
  Q_PROPERTY(double guidance READ guidance WRITE setGuidance NOTIFY formChanged)
  Q_PROPERTY(int takes READ takes WRITE setTakes NOTIFY formChanged)
  Q_PROPERTY(int sketches READ sketches WRITE setSketches NOTIFY formChanged)
  Q_PROPERTY(QString firstImage READ firstImage WRITE setFirstImage NOTIFY formChanged)
  Q_PROPERTY(QString lastImage READ lastImage WRITE setLastImage NOTIFY formChanged)
  Q_PROPERTY(QVariantList models READ models NOTIFY modelsChanged)
  Q_PROPERTY(QVariantList sizes READ sizes NOTIFY modelsChanged)
  Q_PROPERTY(QVariantList lengths READ lengths NOTIFY formChanged)
  Q_PROPERTY(QStringList rates READ rates NOTIFY modelsChanged)
  Q_PROPERTY(int stepsMax READ stepsMax NOTIFY modelsChanged)
  Q_PROPERTY(QVariantList parts READ parts CONSTANT)
  Q_PROPERTY(bool estimateFresh READ estimateFresh NOTIFY estimateChanged)
  Q_PROPERTY(QString estimateTime READ estimateTime NOTIFY estimateChanged)
  Q_PROPERTY(QString estimateSpace READ estimateSpace NOTIFY estimateChanged)
  Q_PROPERTY(QString estimateVerdict READ estimateVerdict NOTIFY estimateChanged)
  Q_PROPERTY(bool fits READ fits NOTIFY estimateChanged)
  Q_PROPERTY(QVariantMap problem READ problem NOTIFY estimateChanged)
  Q_PROPERTY(QString sameTake READ sameTake NOTIFY estimateChanged)
  Q_PROPERTY(bool canGenerate READ canGenerate NOTIFY estimateChanged)
  Q_PROPERTY(QString generateText READ generateText NOTIFY estimateChanged)
  Q_PROPERTY(QString sketchReason READ sketchReason NOTIFY modelsChanged)
  Q_PROPERTY(QString shotId READ shotId NOTIFY shotChanged)
  Q_PROPERTY(QString shotName READ shotName NOTIFY shotChanged)
  Q_PROPERTY(bool firstStart READ firstStart NOTIFY shotChanged)
  Q_PROPERTY(QObject* jobList READ jobList CONSTANT)
  Q_PROPERTY(QObject* takeList READ takeList CONSTANT)
 public:
  explicit CreateModel(StudioContext& context, QObject* parent = nullptr);

  QString prompt() const { return form_.value(QStringLiteral("prompt")).toString(); }
  void setPrompt(const QString& prompt) { set("prompt", prompt); }
  QString negative() const { return form_.value(QStringLiteral("negative")).toString(); }
  void setNegative(const QString& text) { set("negative", text); }
  QString modelName() const { return form_.value(QStringLiteral("model")).toString(); }
  void setModelName(const QString& name);
  QString size() const { return form_.value(QStringLiteral("size")).toString(); }
  void setSize(const QString& size) { set("size", size); }
  int frames() const { return form_.value(QStringLiteral("frames")).toInt(); }
  void setFrames(int frames) { set("frames", frames); }
  QString fps() const { return form_.value(QStringLiteral("fps")).toString(); }
  void setFps(const QString& fps) { set("fps", fps); }
  QString seed() const { return form_.value(QStringLiteral("seed")).toString(); }
  void setSeed(const QString& seed);
  bool seedLocked() const { return form_.value(QStringLiteral("seed_locked")).toBool(); }
  void setSeedLocked(bool locked) { set("seed_locked", locked); }
  int steps() const { return form_.value(QStringLiteral("steps")).toInt(); }
  void setSteps(int steps) { set("steps", steps); }
  double guidance() const { return form_.value(QStringLiteral("guidance")).toDouble(); }
  void setGuidance(double guidance) { set("guidance", guidance); }
  int takes() const { return std::max(1, form_.value(QStringLiteral("takes"), 1).toInt()); }
  void setTakes(int takes) { set("takes", takes); }
  /// How many sketches one press makes, each with a seed of its own: 2, 4, 6 or 9.
  int sketches() const { return std::clamp(form_.value(QStringLiteral("sketches"), 4).toInt(), 1, 9); }
  void setSketches(int sketches) { set("sketches", sketches); }
  QString firstImage() const { return form_.value(QStringLiteral("image")).toString(); }
  void setFirstImage(const QString& path) { set("image", path); }
  QString lastImage() const { return form_.value(QStringLiteral("last_image")).toString(); }
  void setLastImage(const QString& path) { set("last_image", path); }

  QVariantList models() const { return models_; }
  /// [{text, value}] around the model's usual area, in the usual shapes.
  QVariantList sizes() const;
  QVariantList lengths() const;
  QStringList rates() const;
  int stepsMax() const { return chosen().value(QStringLiteral("steps_max"), 50).toInt(); }
  QVariantList parts() const;
  bool estimateFresh() const { return fresh_; }
  QString estimateTime() const { return time_; }
  QString estimateSpace() const { return space_; }
  QString estimateVerdict() const { return verdict_; }
  bool fits() const { return fits_; }
  /// {title, cause, remedy, snap, route}: what is wrong with the form; empty if nothing. `route`: where it can be put right.
  QVariantMap problem() const { return problem_; }
  /// That this very clip is in the library; empty: it is not. Known for a locked seed only.
  QString sameTake() const;
  bool canGenerate() const { return problem_.isEmpty() && !prompt().trimmed().isEmpty() && fits_; }
  QString generateText() const;
  /// Why sketches cannot be made; empty: they can.
  QString sketchReason() const { return sketch_reason_; }
  QString shotId() const { return shot_id_; }
  QString shotName() const { return shot_name_; }
  bool firstStart() const { return first_start_; }
  QObject* jobList() { return &job_list_; }
  QObject* takeList() { return &take_list_; }

  Q_INVOKABLE void generate() { start(false); }
  Q_INVOKABLE void sketch() { start(true); }
  Q_INVOKABLE void showSameTake();
  /// Goes where the problem is solved: see its route.
  Q_INVOKABLE void solveProblem();
  Q_INVOKABLE void newShot();
  Q_INVOKABLE void addPhrase(const QString& phrase);
  /// Takes the nearest values that the model allows.
  Q_INVOKABLE void snap();
  /// A seed of its own for the next run, drawn now.
  Q_INVOKABLE void newSeed();
  Q_INVOKABLE void wantPrompt() { Q_EMIT promptWanted(); }
  /// The request of a take, back in the form.
  Q_INVOKABLE void takeRequest(const QString& takeId);
  Q_INVOKABLE void pause(const QString& jobId) { changeJob("queue pause", jobId); }
  Q_INVOKABLE void cancel(const QString& jobId) { changeJob("queue cancel", jobId); }
  /// The request of an open job, back in the form; `smaller`: with half as many pixels.
  Q_INVOKABLE void jobRequest(const QString& jobId, bool smaller);
  Q_INVOKABLE void openShot();
  /// All takes of this shot as a grid.
  Q_INVOKABLE void openGrid();
  /// Goes on from a sketch to the finished take.
  Q_INVOKABLE void finish(const QString& takeId);
  /// "first", "last" or a sentence why not: what dropping this file on a reference place would do.
  Q_INVOKABLE QString refusal(const QString& file) const;

 Q_SIGNALS:
  void formChanged();
  void modelsChanged();
  void estimateChanged();
  void shotChanged();
  void promptWanted();

 private:
  void leaveShot();
  void forgetShot();
  void set(const char* field, const QVariant& value);
  void setAll(const QVariantMap& fields, const QString& undo_text);
  QVariantMap chosen() const;
  void loadModels();
  void refreshModels();
  void putModels(const QVariantList& models);
  void applyModelDefaults();
  nlohmann::json request() const;
  void estimate();
  void showEstimate(const nlohmann::json& answer);
  void findSameTake(int generation);
  void start(bool sketch);
  void addJobs(nlohmann::json arguments);
  void attach(const nlohmann::json& jobs);
  void changeJob(const char* operation, const QString& jobId);
  void followRoute();
  QString smallerSize(const QString& size) const;

  StudioContext& context_;
  QVariantMap form_;
  QVariantList models_;
  QTimer estimate_timer_;
  int generation_ = 0;
  bool fresh_ = false, fits_ = true, first_start_ = false, starting_ = false;
  QString time_, space_, verdict_, sketch_reason_, shot_id_, shot_name_, project_id_, same_take_, same_route_;
  nlohmann::json same_request_;  ///< that same_take_ is about
  QVariantMap problem_;
  JobListModel job_list_;
  TakeListModel take_list_;
};

}  // namespace fantascope::ui
