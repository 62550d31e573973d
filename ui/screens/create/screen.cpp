#include "ui/screens/create/screen.h"

#include <QCoreApplication>

#include "ui/screens/create/create_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen create_screen() {
  const auto text = [](const char* words) { return QCoreApplication::translate("CreateScreen", words); };
  return {u"create"_s,
          text(QT_TRANSLATE_NOOP("CreateScreen", "Create")),
          u"magic"_s,
          1,
          u"/qt/qml/Fantascope/Create/CreateScreen.qml"_s,
          [](StudioContext& context, QObject* parent) -> QObject* { return new CreateModel(context, parent); },
          {{u"generate"_s, text(QT_TRANSLATE_NOOP("CreateScreen", "Generate")), u"Ctrl+Return"_s, "generate", false},
           {u"sketch"_s, text(QT_TRANSLATE_NOOP("CreateScreen", "Make sketches")), u"Ctrl+Shift+Return"_s, "sketch", false},
           {u"new"_s, text(QT_TRANSLATE_NOOP("CreateScreen", "Start a new shot")), u"Ctrl+N"_s, "newShot", false},
           {u"prompt"_s, text(QT_TRANSLATE_NOOP("CreateScreen", "Type the prompt")), u"Ctrl+L"_s, "wantPrompt", false}}};
}

}  // namespace fantascope::ui
