#pragma once
/// Takes of one shot side by side: which are shown (A, the reference, and B), how, who is heard, and what can be done to the one in focus.
/// The route says what is shown: "shot/<shot id>?takes=a,b&view=wipe"; a take without a shot is opened as "shot/none?takes=<id>".
/// GUI thread only.
#include <QObject>
#include <QSet>
#include <QVariantMap>
#include <nlohmann/json.hpp>

#include "ui/bridge/action_price.h"
#include "ui/bridge/take_list_model.h"
#include "ui/screens/shot/clip_range.h"
#include "ui/screens/shot/lineage_model.h"
#include "ui/screens/shot/picture_zoom.h"
#include "ui/screens/shot/sketch_grid.h"

namespace fantascope::ui {

class ShotModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QObject* takeList READ takeList CONSTANT)
  Q_PROPERTY(QString title READ title NOTIFY shownChanged)
  Q_PROPERTY(QVariantMap takeA READ takeA NOTIFY shownChanged)
  Q_PROPERTY(QVariantMap takeB READ takeB NOTIFY shownChanged)
  Q_PROPERTY(QString view READ view NOTIFY shownChanged)
  Q_PROPERTY(bool focusB READ focusB NOTIFY shownChanged)
  Q_PROPERTY(QVariantMap focused READ focused NOTIFY shownChanged)
  Q_PROPERTY(QString recipeText READ recipeText NOTIFY recipeChanged)
  Q_PROPERTY(QVariantList facts READ facts NOTIFY recipeChanged)
  Q_PROPERTY(QVariantList measures READ measures NOTIFY recipeChanged)
  Q_PROPERTY(QObject* lineage READ lineage CONSTANT)
  Q_PROPERTY(QObject* grid READ grid CONSTANT)
  Q_PROPERTY(QString reproduceText READ reproduceText NOTIFY recipeChanged)
  Q_PROPERTY(bool reproducing READ reproducing NOTIFY recipeChanged)
  Q_PROPERTY(QString finishReason READ finishReason NOTIFY shownChanged)
  Q_PROPERTY(QString extendReason READ extendReason NOTIFY possibleChanged)
  Q_PROPERTY(QString remixReason READ remixReason NOTIFY possibleChanged)
  Q_PROPERTY(QObject* zoom READ zoom CONSTANT)
  Q_PROPERTY(QObject* range READ range CONSTANT)
  Q_PROPERTY(QObject* price READ price CONSTANT)
  Q_PROPERTY(QObject* finishPrice READ finishPrice CONSTANT)
  Q_PROPERTY(QObject* reproducePrice READ reproducePrice CONSTANT)
  Q_PROPERTY(QString retakeReason READ retakeReason NOTIFY retakeChanged)
  Q_PROPERTY(QString retakeText READ retakeText NOTIFY retakeChanged)
  Q_PROPERTY(QString retakeProblem READ retakeProblem NOTIFY retakeChanged)
 public:
  explicit ShotModel(StudioContext& context, QObject* parent = nullptr);
  QObject* takeList() { return &take_list_; }
  QString title() const { return title_; }
  QVariantMap takeA() const { return take_a_; }
  QVariantMap takeB() const { return take_b_; }
  /// "side", "wipe", "difference", "one"; "grid": all takes of the shot as equal cells, A the one in focus.
  QString view() const { return take_b_.isEmpty() && !isGrid() ? QStringLiteral("one") : view_; }
  bool focusB() const { return focus_b_ && !take_b_.isEmpty() && !isGrid(); }
  QVariantMap focused() const { return focusB() ? take_b_ : take_a_; }
  QString recipeText() const { return recipe_text_; }
  /// [{name, value}] of the focused take.
  QVariantList facts() const { return facts_; }
  /// [{name, value, bad}] of the focused take; empty until it is measured.
  QVariantList measures() const { return measures_; }
  QObject* lineage() { return &lineage_; }
  QObject* grid() { return &grid_; }
  QString reproduceText() const { return reproduce_text_; }
  bool reproducing() const { return reproducing_; }
  QString finishReason() const {
    return !finish_reason_.isEmpty()                               ? finish_reason_
           : focused().value(QStringLiteral("sketch")).toInt() > 0 ? QString()
                                                                   : tr("Not a sketch: it is finished.");
  }
  QString extendReason() const { return extend_reason_; }
  QString remixReason() const { return remix_reason_; }
  QObject* zoom() { return &zoom_; }
  /// In and out points. They stay while takes of the same shot are looked at.
  QObject* range() { return &range_; }
  /// Of what is being typed (extend, remix, retake); of finishing the sketch in focus; of making the take in focus again.
  QObject* price() { return &price_; }
  QObject* finishPrice() { return &finish_price_; }
  QObject* reproducePrice() { return &reproduce_price_; }
  /// Why the range cannot be retaken; empty: it can.
  QString retakeReason() const;
  /// What askRetake() found out: the frames that will be made anew, or why none can be.
  QString retakeText() const { return retake_text_; }
  QString retakeProblem() const { return retake_problem_; }

  /// Shows a take: as B beside the reference, or alone as A.
  Q_INVOKABLE void show(const QString& takeId);
  Q_INVOKABLE void makeReference(const QString& takeId);
  Q_INVOKABLE void focusTake(bool b);
  Q_INVOKABLE void showSide() { setView(QStringLiteral("side")); }
  Q_INVOKABLE void showWipe() { setView(QStringLiteral("wipe")); }
  Q_INVOKABLE void showDifference() { setView(QStringLiteral("difference")); }
  Q_INVOKABLE void showOne() { setView(QStringLiteral("one")); }
  Q_INVOKABLE void showGrid() { setView(QStringLiteral("grid")); }
  Q_INVOKABLE void swapSound() { focusTake(!focus_b_); }
  Q_INVOKABLE void nextTake() { walk(1); }
  Q_INVOKABLE void previousTake() { walk(-1); }
  Q_INVOKABLE void keep();
  Q_INVOKABLE void drop();
  Q_INVOKABLE void undecide();
  Q_INVOKABLE void setStars(int stars);
  Q_INVOKABLE void exportTake();
  Q_INVOKABLE void copyRecipe();
  Q_INVOKABLE void reproduce();
  Q_INVOKABLE void finish();
  /// This sketch, whatever is in focus.
  Q_INVOKABLE void finishTake(const QString& takeId);
  /// A take of the lineage: beside the others if it is one of this shot's, else in its own shot.
  Q_INVOKABLE void openRelative(int row);
  /// The focused take's frame (counted from 0) as the first frame of a new clip.
  Q_INVOKABLE void useFrame(int frame);
  /// Seconds of the whole clip as they were typed; empty: as long as the model makes at once.
  Q_INVOKABLE void extend(const QString& prompt, const QString& length = {});
  Q_INVOKABLE void priceExtend(const QString& length);
  Q_INVOKABLE void priceRemix(double strength);
  Q_INVOKABLE void priceRetake(bool keepSound);
  Q_INVOKABLE void remix(const QString& prompt, double strength);
  /// Finds out what a retake of the range would make anew. Answers with retakeChanged.
  Q_INVOKABLE void askRetake();
  Q_INVOKABLE void retake(const QString& prompt, bool keepSound);
  Q_INVOKABLE void editRequest();
  Q_INVOKABLE void leave();
  Q_INVOKABLE void wantPlay() { Q_EMIT transport(QStringLiteral("play")); }
  Q_INVOKABLE void wantBack() { Q_EMIT transport(QStringLiteral("-1")); }
  Q_INVOKABLE void wantNext() { Q_EMIT transport(QStringLiteral("+1")); }
  Q_INVOKABLE void wantBackTen() { Q_EMIT transport(QStringLiteral("-10")); }
  Q_INVOKABLE void wantNextTen() { Q_EMIT transport(QStringLiteral("+10")); }
  Q_INVOKABLE void wantFirst() { Q_EMIT transport(QStringLiteral("first")); }
  Q_INVOKABLE void wantLast() { Q_EMIT transport(QStringLiteral("last")); }
  Q_INVOKABLE void wantShuttleBack() { Q_EMIT transport(QStringLiteral("J")); }
  Q_INVOKABLE void wantShuttleOn() { Q_EMIT transport(QStringLiteral("L")); }
  Q_INVOKABLE void wantStop() { Q_EMIT transport(QStringLiteral("stop")); }
  Q_INVOKABLE void wantIn() { Q_EMIT transport(QStringLiteral("in")); }
  Q_INVOKABLE void wantOut() { Q_EMIT transport(QStringLiteral("out")); }
  Q_INVOKABLE void clearRange() { range_.clear(); }
  Q_INVOKABLE void zoomFit() { zoom_.setLevel(0); }
  Q_INVOKABLE void zoomWhole() { zoom_.setLevel(1); }
  Q_INVOKABLE void zoomTwice() { zoom_.setLevel(2); }
  Q_INVOKABLE void zoomFourTimes() { zoom_.setLevel(3); }
  Q_INVOKABLE void wantZoomIn() { Q_EMIT zoomWanted(1); }
  Q_INVOKABLE void wantZoomOut() { Q_EMIT zoomWanted(-1); }
  Q_INVOKABLE void wantPanLeft() { Q_EMIT panWanted(-1, 0); }
  Q_INVOKABLE void wantPanRight() { Q_EMIT panWanted(1, 0); }
  Q_INVOKABLE void wantPanUp() { Q_EMIT panWanted(0, -1); }
  Q_INVOKABLE void wantPanDown() { Q_EMIT panWanted(0, 1); }
  Q_INVOKABLE void wantFrame() { Q_EMIT transport(QStringLiteral("use frame")); }
  Q_INVOKABLE void wantDetails() { Q_EMIT transport(QStringLiteral("details")); }
  Q_INVOKABLE void wantExtend() { Q_EMIT wordsWanted(QStringLiteral("extend")); }
  Q_INVOKABLE void wantRemix() { Q_EMIT wordsWanted(QStringLiteral("remix")); }
  Q_INVOKABLE void wantRetake();

 Q_SIGNALS:
  void shownChanged();
  void recipeChanged();
  void possibleChanged();
  void retakeChanged();
  /// Keys for what only the view knows: how large fitting is now, where the picture is.
  void zoomWanted(int direction);
  void panWanted(int across, int down);
  void transport(const QString& what);
  void wordsWanted(const QString& action);

 private:
  void followRoute();
  void load();
  void setView(const QString& view);
  void putRoute();
  void walk(int by);
  void readRecipe();
  void queueAction(const char* operation, const QString& takeId, nlohmann::json arguments, const QString& said);
  void measure(const QString& takeId);
  void followFinished();
  nlohmann::json retakeArguments() const;
  bool isGrid() const { return view_ == QLatin1StringView("grid"); }
  void advance();

  StudioContext& context_;
  TakeListModel take_list_;
  LineageModel lineage_;
  SketchGrid grid_;
  PictureZoom zoom_;
  ClipRange range_;
  ActionPrice price_, finish_price_, reproduce_price_;
  QString reproduced_;  ///< the take that reproduce_text_ is about
  QString title_, view_ = QStringLiteral("side"), id_a_, id_b_, recipe_text_, reproduce_text_;
  QString finish_reason_, extend_reason_, remix_reason_, retake_reason_, retake_text_, retake_problem_, shot_;
  QVariantMap take_a_, take_b_;
  QVariantList facts_, measures_;
  QSet<QString> measure_asked_;
  bool focus_b_ = false, reproducing_ = false;
  int generation_ = 0;
};

}  // namespace fantascope::ui
