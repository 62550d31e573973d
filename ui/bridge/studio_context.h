#pragma once
/// What every view model may use: borrowed parts that live as long as the window.
#include <QObject>

namespace fantascope::ui {

class Operations;
class JobFeed;
class Preferences;
class UndoStack;
class Notices;
class Navigator;
class TakeActions;
class Projects;

struct StudioContext {
  Operations& operations;
  JobFeed& jobs;
  Preferences& preferences;
  UndoStack& undo;
  Notices& notices;
  Navigator& navigator;
  TakeActions& takes;
  Projects& projects;
  QString home;  ///< the home folder, for showing it
};

}  // namespace fantascope::ui
