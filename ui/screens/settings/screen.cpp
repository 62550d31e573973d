#include "ui/screens/settings/screen.h"

#include <QCoreApplication>

#include "ui/screens/settings/settings_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen settings_screen() {
  return {u"settings"_s,
          QCoreApplication::translate("SettingsScreen", "Settings"),
          u"gear"_s,
          7,
          u"/qt/qml/Fantascope/Settings/SettingsScreen.qml"_s,
          [](StudioContext& context, QObject* parent) -> QObject* { return new SettingsModel(context, parent); },
          {}};
}

}  // namespace fantascope::ui
