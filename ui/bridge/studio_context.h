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

struct StudioContext {
  Operations& operations;
  JobFeed& jobs;
  Preferences& preferences;
  UndoStack& undo;
  Notices& notices;
  Navigator& navigator;
  TakeActions& takes;
  QString home;  ///< the home folder, for showing it
};

}  // namespace fantascope::ui
