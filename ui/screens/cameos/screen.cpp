#include "ui/screens/cameos/screen.h"

#include <QCoreApplication>

#include "ui/screens/cameos/cameos_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen cameos_screen() {
  return {u"cameos"_s,
          QCoreApplication::translate("CameosScreen", "Cameos"),
          u"people"_s,
          5,
          u"/qt/qml/Fantascope/Cameos/CameosScreen.qml"_s,
          [](StudioContext& context, QObject* parent) -> QObject* { return new CameosModel(context, parent); },
          {}};
}

}  // namespace fantascope::ui
