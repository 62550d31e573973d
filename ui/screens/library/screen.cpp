#include "ui/screens/library/screen.h"

#include <QCoreApplication>

#include "ui/screens/library/library_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen library_screen() {
  const auto text = [](const char* words) { return QCoreApplication::translate("LibraryScreen", words); };
  return {u"library"_s,
          text(QT_TRANSLATE_NOOP("LibraryScreen", "Library")),
          u"collection-play"_s,
          3,
          u"/qt/qml/Fantascope/Library/LibraryScreen.qml"_s,
          [](StudioContext& context, QObject* parent) -> QObject* { return new LibraryModel(context, parent); },
          {{u"search"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Search")), u"Ctrl+F"_s, "wantSearch", false},
           {u"open"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Open the current take")), u"Return"_s, "open", true},
           {u"keep"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Keep what is selected")), u"P"_s, "keepSelection", true},
           {u"drop"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Drop what is selected")), u"X"_s, "drop", true},
           {u"undecide"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Make it undecided again")), u"U"_s, "undecide", true},
           {u"all"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Select all")), u"Ctrl+A"_s, "selectAll", true},
           {u"bin"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Drop what is selected")), u"Delete"_s, "drop", true},
           {u"move"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Move to a project")), u"M"_s, "wantMove", true},
           {u"export"_s, text(QT_TRANSLATE_NOOP("LibraryScreen", "Export what is selected")), u"Ctrl+E"_s, "exportSelection", false}}};
}

}  // namespace fantascope::ui
