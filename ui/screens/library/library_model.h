#pragma once
/// The library's grid: what is searched, which takes are selected, which is current, and what is done to the selection. A selection is
/// of takes, not of rows: it survives sorting and filters, and what is hidden is counted. GUI thread only.
#include <QObject>
#include <QSet>
#include <QStringList>
#include <QVariantMap>

#include "ui/bridge/take_list_model.h"

namespace fantascope::ui {

class LibraryModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QObject* takeList READ takeList CONSTANT)
  Q_PROPERTY(QString search READ search WRITE setSearch NOTIFY searchChanged)
  Q_PROPERTY(QString keep READ keep WRITE setKeep NOTIFY searchChanged)
  Q_PROPERTY(int starsMin READ starsMin WRITE setStarsMin NOTIFY searchChanged)
  Q_PROPERTY(QString order READ order WRITE setOrder NOTIFY searchChanged)
  Q_PROPERTY(QStringList selection READ selection NOTIFY selectionChanged)
  Q_PROPERTY(int selectionRevision READ selectionRevision NOTIFY selectionChanged)
  Q_PROPERTY(QString countText READ countText NOTIFY countChanged)
  Q_PROPERTY(QString emptyText READ emptyText NOTIFY countChanged)
  Q_PROPERTY(QString emptyAction READ emptyAction NOTIFY countChanged)
  Q_PROPERTY(int current READ current WRITE setCurrent NOTIFY currentChanged)
  Q_PROPERTY(QVariantMap facts READ facts NOTIFY factsChanged)
  Q_PROPERTY(QString place READ place NOTIFY countChanged)
  Q_PROPERTY(bool infoOpen READ infoOpen WRITE setInfoOpen NOTIFY factsChanged)
 public:
  explicit LibraryModel(StudioContext& context, QObject* parent = nullptr);
  QObject* takeList() { return &take_list_; }
  QString search() const { return search_; }
  void setSearch(const QString& text);
  /// "all", "kept", "draft", "dropped".
  QString keep() const { return keep_; }
  void setKeep(const QString& keep);
  int starsMin() const { return stars_min_; }
  void setStarsMin(int stars);
  QString order() const { return take_list_.order(); }
  void setOrder(const QString& order);
  QStringList selection() const { return QStringList(selected_.begin(), selected_.end()); }
  /// Read beside isSelected(), so that a binding is worked out again when the selection changes.
  int selectionRevision() const { return selection_revision_; }
  QString countText() const;
  /// The open project's name; empty: all projects, or a search that names its own.
  QString place() const;
  QString emptyText() const;
  QString emptyAction() const;
  int current() const { return current_; }
  void setCurrent(int row);
  /// Of the current take: what the side panel shows.
  QVariantMap facts() const { return facts_; }
  bool infoOpen() const { return info_open_; }
  void setInfoOpen(bool open);

  Q_INVOKABLE bool isSelected(const QString& takeId) const { return selected_.contains(takeId); }
  /// A click: alone, with Ctrl (toggle) or with Shift (from the last one).
  Q_INVOKABLE void click(int row, bool ctrl, bool shift);
  /// An arrow key: moves the current one, extends the selection with Shift.
  Q_INVOKABLE void moveCurrent(int by, bool shift);
  Q_INVOKABLE void selectAll();
  Q_INVOKABLE void selectRows(const QList<int>& rows);
  Q_INVOKABLE void clearSelection();
  Q_INVOKABLE void keepSelection();
  Q_INVOKABLE void open();
  Q_INVOKABLE void drop();
  Q_INVOKABLE void undecide();
  Q_INVOKABLE void setStars(int stars);
  Q_INVOKABLE void addTag(const QString& tag);
  Q_INVOKABLE void removeTag(const QString& tag);
  Q_INVOKABLE void exportSelection();
  Q_INVOKABLE void exportTo(const QString& folder);
  Q_INVOKABLE void addToBoard();
  Q_INVOKABLE void useAsFirstFrame();
  /// Asks which project the selection, or else the current take, is to go to.
  Q_INVOKABLE void wantMove();
  Q_INVOKABLE void moveTo(const QString& projectId);
  Q_INVOKABLE void moveToNew();
  Q_INVOKABLE void wantSearch() { Q_EMIT searchWanted(); }
  Q_INVOKABLE void emptyAct();

 Q_SIGNALS:
  void searchChanged();
  void selectionChanged();
  void countChanged();
  void currentChanged();
  void factsChanged();
  void searchWanted();
  void moveWanted();

 private:
  void followProject();
  void applyFilter();
  QStringList targets() const;
  QString idAt(int row) const { return take_list_.get(row).value(QStringLiteral("takeId")).toString(); }
  void selectRange(int from, int to);
  void readFacts();
  void advance();

  StudioContext& context_;
  TakeListModel take_list_;
  QString search_, keep_ = QStringLiteral("all");
  int stars_min_ = 0, current_ = 0, anchor_ = 0, selection_revision_ = 0;
  QSet<QString> selected_;
  QVariantMap facts_;
  bool info_open_ = false;
};

}  // namespace fantascope::ui
