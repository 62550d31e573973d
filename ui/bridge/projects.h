#pragma once
/// The library's projects as the window knows them: their names and counts, which one is open (none: all of them), and what can be done to
/// them, each with its undo. Screens show what is of the open project, and what they make belongs to it. GUI thread only.
#include <QObject>
#include <QStringList>
#include <QVariantList>
#include <functional>
#include <nlohmann/json.hpp>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class Projects final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QVariantList list READ list NOTIFY listChanged)
  Q_PROPERTY(int allTakes READ allTakes NOTIFY listChanged)
  Q_PROPERTY(QString currentId READ currentId NOTIFY currentChanged)
  Q_PROPERTY(QString currentName READ currentName NOTIFY currentChanged)
  Q_PROPERTY(QString problem READ problem NOTIFY problemChanged)
 public:
  explicit Projects(QObject* parent = nullptr) : QObject(parent) {}
  /// Before anything else: the context that holds this object. The project that was open at the last start is open again.
  void setContext(StudioContext& context);

  /// [{id, name, shots, takes}] by name.
  QVariantList list() const { return list_; }
  int allTakes() const { return all_takes_; }
  /// Empty: all projects.
  QString currentId() const { return current_id_; }
  QString currentName() const { return current_name_; }
  /// Why the name that was typed last is refused; empty if it is not.
  QString problem() const { return problem_; }

  Q_INVOKABLE void select(const QString& id);
  /// Makes a project and opens it; with takes, moves them there instead.
  Q_INVOKABLE void create(const QString& name, const QStringList& takeIds = {});
  Q_INVOKABLE void rename(const QString& id, const QString& name);
  /// Its shots and takes stay, of no project.
  Q_INVOKABLE void remove(const QString& id);
  /// With their shots; an empty project is "of no project".
  Q_INVOKABLE void moveTakes(const QStringList& takeIds, const QString& projectId);
  Q_INVOKABLE QString nameOf(const QString& id) const;
  /// Asks the window for a name: of a new project (an empty id) or another one for this project.
  Q_INVOKABLE void wantName(const QString& id, const QStringList& takeIds = {});
  Q_INVOKABLE void refresh();

 Q_SIGNALS:
  void listChanged();
  void currentChanged();
  void problemChanged();
  void nameWanted(const QString& id, const QStringList& takeIds);
  void named();  ///< the name was taken
  void menuWanted();

 private:
  using Answered = std::function<void(const nlohmann::json&)>;
  /// Asks, shows an error, and lets every list be read again after a success.
  void change(const char* name, nlohmann::json arguments, Answered answered = {});
  void putNamed(nlohmann::json arguments, Answered answered);
  void open(const QString& id, const QString& name);
  void take(const nlohmann::json& answer);
  void setProblem(const QString& text);

  StudioContext* context_ = nullptr;
  QVariantList list_;
  int all_takes_ = 0;
  QString current_id_, current_name_, problem_;
  bool asking_ = false, ask_again_ = false;
};

}  // namespace fantascope::ui
