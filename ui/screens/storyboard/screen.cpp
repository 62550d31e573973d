#include "ui/screens/storyboard/screen.h"

#include <QCoreApplication>

#include "ui/screens/storyboard/storyboard_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen storyboard_screen() {
  return {u"storyboard"_s,
          QCoreApplication::translate("StoryboardScreen", "Storyboard"),
          u"easel"_s,
          4,
          u"/qt/qml/Fantascope/Storyboard/StoryboardScreen.qml"_s,
          [](StudioContext& context, QObject* parent) -> QObject* { return new StoryboardModel(context, parent); },
          {}};
}

}  // namespace fantascope::ui
