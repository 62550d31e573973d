#pragma once
/// What a screen says about itself. The shell makes rail, routes, command palette and key table from this and knows no screen by name.
#include <QList>
#include <QObject>
#include <QString>
#include <functional>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

/// Something one can do. `invoke` names a method without arguments of the screen's view model.
struct Command {
  QString id, title;
  QString keys;  ///< portable text of the shortcut, "Ctrl+Return"; empty: palette only
  const char* invoke = nullptr;
  bool single_letter = false;  ///< acts outside text fields only, and can be switched off
};

struct Screen {
  QString id, title, icon;  ///< icon: name of a file in assets/icons
  int position = 0;         ///< in the rail, and Ctrl+<position>; 0: opens over the others, is not in the rail
  QString view;             ///< QML type's address: "qrc:/qt/qml/Fantascope/Create/CreateScreen.qml" without the scheme part
  std::function<QObject*(StudioContext&, QObject* parent)> make_model;
  QList<Command> commands;
};

}  // namespace fantascope::ui
