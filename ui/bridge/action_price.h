#pragma once
/// What an action would cost, for the words beside its button. Asked for a moment after the last change; the newest question wins, and the
/// words of the one before stay, marked as old, until it is answered. Nothing is made by asking. GUI thread only.
#include <QObject>
#include <QTimer>
#include <nlohmann/json.hpp>
#include <string>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class ActionPrice final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString time READ time NOTIFY changed)
  Q_PROPERTY(QString shortTime READ shortTime NOTIFY changed)
  Q_PROPERTY(QString extent READ extent NOTIFY changed)
  Q_PROPERTY(QString space READ space NOTIFY changed)
  Q_PROPERTY(QString verdict READ verdict NOTIFY changed)
  Q_PROPERTY(QString summary READ summary NOTIFY changed)
  Q_PROPERTY(QString length READ length NOTIFY changed)
  Q_PROPERTY(bool fits READ fits NOTIFY changed)
  Q_PROPERTY(bool fresh READ fresh NOTIFY changed)
  Q_PROPERTY(QString problem READ problem NOTIFY changed)
  Q_PROPERTY(QString cause READ cause NOTIFY changed)
 public:
  explicit ActionPrice(StudioContext& context, QObject* parent = nullptr);

  QString time() const { return time_; }
  /// "~25 s", to stand in a button; empty until it was measured here.
  QString shortTime() const { return short_time_; }
  /// What is run: how many of the steps, in how many stretches.
  QString extent() const { return extent_; }
  QString space() const { return space_; }
  QString verdict() const { return verdict_; }
  /// All of it in lines, to be read where there is no room for a box.
  QString summary() const;
  /// Seconds of the clip that comes out, as they are typed.
  QString length() const { return length_; }
  bool fits() const { return fits_; }
  bool fresh() const { return fresh_; }
  /// Why it cannot be done, and the numbers of that; empty: it can.
  QString problem() const { return problem_; }
  QString cause() const { return cause_; }

  /// `operation` is an action that knows the flag "estimate".
  void ask(const char* operation, nlohmann::json arguments);
  /// Says so without asking, as for a field that holds no number.
  void refuse(const QString& problem);
  void clear();

 Q_SIGNALS:
  void changed();

 private:
  void send();
  void show(const nlohmann::json& answer);
  void forget();

  StudioContext& context_;
  QTimer timer_;
  std::string operation_;
  nlohmann::json arguments_;
  QString time_, short_time_, extent_, space_, verdict_, length_, problem_, cause_;
  bool fits_ = true, fresh_ = false;
  int generation_ = 0;
};

/// Why an estimate's answer cannot be acted on yet: the model's licence is not accepted. Empty title: it can.
struct LicenceProblem {
  QString title, cause;
};
LicenceProblem licence_problem(const nlohmann::json& answer);
/// "~25 s" of an estimate's answer; empty where nothing was measured.
QString short_price(const nlohmann::json& answer);
/// The lines of a price, in the fixed order: how long; memory and disk; whether it fits and when it would start, or what is short.
QString price_time(const nlohmann::json& answer);
QString price_space(const nlohmann::json& answer);
QString price_verdict(const nlohmann::json& answer, const JobFeed& jobs);

}  // namespace fantascope::ui
