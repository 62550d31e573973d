#include "ui/screens/queue/screen.h"

#include <QCoreApplication>

#include "ui/screens/queue/queue_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen queue_screen() {
  const auto text = [](const char* words) { return QCoreApplication::translate("QueueScreen", words); };
  return {u"queue"_s,
          text(QT_TRANSLATE_NOOP("QueueScreen", "Queue")),
          u"list-task"_s,
          2,
          u"/qt/qml/Fantascope/Queue/QueueScreen.qml"_s,
          [](StudioContext& context, QObject* parent) -> QObject* { return new QueueModel(context, parent); },
          {{u"hold"_s, text(QT_TRANSLATE_NOOP("QueueScreen", "Hold or release the whole queue")), u"Ctrl+P"_s, "toggleHold", false}}};
}

}  // namespace fantascope::ui
