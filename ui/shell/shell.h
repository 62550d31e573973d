#pragma once
/// The window's own view model: what the rail, the routes, the palette and the key table are made of. Knows screens only by what they
/// declare. GUI thread only.
#include <QHash>
#include <QObject>
#include <QVariantList>

#include "ui/bridge/screen.h"
#include "ui/components/clip_cache.h"
#include "ui/components/sound_output.h"
#include "ui/shell/command_list.h"

namespace fantascope::ui {

class Shell final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QVariantList rail READ rail CONSTANT)
  Q_PROPERTY(QObject* navigator READ navigator CONSTANT)
  Q_PROPERTY(QObject* undo READ undo CONSTANT)
  Q_PROPERTY(QObject* notices READ notices CONSTANT)
  Q_PROPERTY(QObject* preferences READ preferences CONSTANT)
  Q_PROPERTY(QObject* takes READ takes CONSTANT)
  Q_PROPERTY(QObject* projects READ projects CONSTANT)
  Q_PROPERTY(QObject* engine READ engine CONSTANT)
  Q_PROPERTY(QObject* clips READ clips CONSTANT)
  Q_PROPERTY(QObject* sound READ sound CONSTANT)
  Q_PROPERTY(QObject* commands READ commands CONSTANT)
  Q_PROPERTY(QString home READ home CONSTANT)
  Q_PROPERTY(QString jobLine READ jobLine NOTIFY jobLineChanged)
  Q_PROPERTY(int openJobs READ openJobs NOTIFY jobLineChanged)
  Q_PROPERTY(QString runningJob READ runningJob NOTIFY jobLineChanged)
  Q_PROPERTY(QString memoryText READ memoryText NOTIFY memoryChanged)
  Q_PROPERTY(double memoryFraction READ memoryFraction NOTIFY memoryChanged)
  Q_PROPERTY(bool dark READ dark NOTIFY looksChanged)
  Q_PROPERTY(bool lessMotion READ lessMotion NOTIFY looksChanged)
  Q_PROPERTY(bool singleKeys READ singleKeys NOTIFY looksChanged)
 public:
  Shell(StudioContext& context, QList<Screen> screens, bool system_is_dark, QObject* parent = nullptr);

  QVariantList rail() const;
  QObject* navigator() const;
  QObject* undo() const;
  QObject* notices() const;
  QObject* preferences() const;
  QObject* takes() const;
  QObject* projects() const;
  QObject* engine() const;
  QObject* clips() { return &clips_; }
  QObject* sound() { return &sound_; }
  QObject* commands() { return &commands_; }
  QString home() const { return context_.home; }
  QString jobLine() const;
  int openJobs() const;
  QString runningJob() const;
  QString memoryText() const { return memory_text_; }
  double memoryFraction() const { return memory_fraction_; }
  bool dark() const;
  bool lessMotion() const;
  bool singleKeys() const;

  /// The address of a screen's view, and its view model (made when first asked for).
  Q_INVOKABLE QString viewOf(const QString& screen) const;
  Q_INVOKABLE QObject* modelOf(const QString& screen);
  /// Runs a command by its id; false if there is none.
  Q_INVOKABLE bool run(const QString& command);
  /// The window calls this when the first view is shown and the types of all others are loaded.
  Q_INVOKABLE void viewsAreLoaded() { Q_EMIT viewsLoaded(); }
  /// Where the program was left, or the first screen.
  Q_INVOKABLE void restorePlace();

 Q_SIGNALS:
  void jobLineChanged();
  void memoryChanged();
  void looksChanged();
  void viewsLoaded();
  void paletteWanted();
  void keyTableWanted();
  void historyWanted();
  void quitWanted();

 private:
  void addCommands();
  void addProjectCommands();
  bool runProject(const QString& id);
  void refreshJobs();
  void readMemory();

  StudioContext& context_;
  QList<Screen> screens_;
  QHash<QString, QObject*> models_;
  ClipCache clips_;
  SoundOutput sound_;
  CommandList commands_;
  QStringList project_commands_;  ///< names that the palette offers now
  QString memory_text_;
  double memory_fraction_ = 0;
  bool system_is_dark_;
};

}  // namespace fantascope::ui
