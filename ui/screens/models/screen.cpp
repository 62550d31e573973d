#include "ui/screens/models/screen.h"

#include <QCoreApplication>

#include "ui/screens/models/models_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen models_screen() {
  return {u"models"_s,
          QCoreApplication::translate("ModelsScreen", "Models"),
          u"box-seam"_s,
          6,
          u"/qt/qml/Fantascope/Models/ModelsScreen.qml"_s,
          [](StudioContext& context, QObject* parent) -> QObject* { return new ModelsModel(context, parent); },
          {}};
}

}  // namespace fantascope::ui
