#include "ui/screens/shot/screen.h"

#include <QCoreApplication>

#include "ui/screens/shot/shot_model.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

Screen shot_screen() {
  const auto text = [](const char* words) { return QCoreApplication::translate("ShotScreen", words); };
  return {
      u"shot"_s,
      text(QT_TRANSLATE_NOOP("ShotScreen", "Shot")),
      u"film"_s,
      0,
      u"/qt/qml/Fantascope/Shot/ShotScreen.qml"_s,
      [](StudioContext& context, QObject* parent) -> QObject* { return new ShotModel(context, parent); },
      {{u"play"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Play or pause")), u"Space"_s, "wantPlay", true},
       {u"back frame"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "One frame back")), u"Left"_s, "wantBack", true},
       {u"next frame"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "One frame on")), u"Right"_s, "wantNext", true},
       {u"back ten"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Ten frames back")), u"Shift+Left"_s, "wantBackTen", true},
       {u"next ten"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Ten frames on")), u"Shift+Right"_s, "wantNextTen", true},
       {u"first"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "First frame")), u"Home"_s, "wantFirst", true},
       {u"last"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Last frame")), u"End"_s, "wantLast", true},
       {u"shuttle back"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Backwards, faster each time")), u"J"_s, "wantShuttleBack", true},
       {u"stop"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Stop")), u"K"_s, "wantStop", true},
       {u"shuttle on"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Forwards, faster each time")), u"L"_s, "wantShuttleOn", true},
       {u"in"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Play from here")), u"I"_s, "wantIn", true},
       {u"out"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Play up to here")), u"O"_s, "wantOut", true},
       {u"clear range"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Clear in and out")), u"Alt+X"_s, "clearRange", true},
       {u"side"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Side by side")), u"G"_s, "showSide", true},
       {u"wipe"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Wipe between two takes")), u"W"_s, "showWipe", true},
       {u"difference"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Difference of two takes")), u"D"_s, "showDifference", true},
       {u"one"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "One take")), u"Q"_s, "showOne", true},
       {u"grid"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "All takes as a grid")), u"A"_s, "showGrid", true},
       {u"zoom in"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Zoom in")), u"+"_s, "wantZoomIn", true},
       {u"zoom out"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Zoom out")), u"-"_s, "wantZoomOut", true},
       {u"zoom fit"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Zoom: as large as it fits")), u"Ctrl+0"_s, "zoomFit", false},
       {u"zoom 100"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Zoom: 100 %")), QString(), "zoomWhole", false},
       {u"zoom 200"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Zoom: 200 %")), QString(), "zoomTwice", false},
       {u"zoom 400"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Zoom: 400 %")), QString(), "zoomFourTimes", false},
       {u"pan left"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Enlarged: move the view left")), u"Ctrl+Left"_s, "wantPanLeft", true},
       {u"pan right"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Enlarged: move the view right")), u"Ctrl+Right"_s, "wantPanRight", true},
       {u"pan up"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Enlarged: move the view up")), u"Ctrl+Up"_s, "wantPanUp", true},
       {u"pan down"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Enlarged: move the view down")), u"Ctrl+Down"_s, "wantPanDown", true},
       {u"swap sound"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Hear the other take")), u"S"_s, "swapSound", true},
       {u"keep"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Keep")), u"P"_s, "keep", true},
       {u"drop"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Drop")), u"X"_s, "drop", true},
       {u"undecide"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Undecided")), u"U"_s, "undecide", true},
       {u"next take"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Next take")), u"."_s, "nextTake", true},
       {u"previous take"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Previous take")), u","_s, "previousTake", true},
       {u"finish"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Finish the sketch")), u"F"_s, "finish", true},
       {u"extend"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Extend")), u"E"_s, "wantExtend", true},
       {u"remix"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Remix")), u"R"_s, "wantRemix", true},
       {u"retake"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Retake the range")), u"T"_s, "wantRetake", true},
       {u"use frame"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Use this frame as the first one of a new clip")), u"N"_s, "wantFrame", true},
       {u"details"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Measures, recipe and lineage")), u"Ctrl+I"_s, "wantDetails", false},
       {u"recipe"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Copy the recipe")), u"Ctrl+Shift+C"_s, "copyRecipe", false},
       {u"export"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Export")), u"Ctrl+E"_s, "exportTake", false},
       {u"leave"_s, text(QT_TRANSLATE_NOOP("ShotScreen", "Back")), u"Escape"_s, "leave", true}}};
}

}  // namespace fantascope::ui
