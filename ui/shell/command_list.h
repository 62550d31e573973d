#pragma once
/// Everything one can do, for the palette and the key table: found by a few letters in their order, what was used last first.
#include <QAbstractListModel>
#include <QList>

namespace fantascope::ui {

struct ShellCommand {
  QString id, title, place, keys;  ///< place: the screen's title, or "Window"
  QString screen;                  ///< keys act there only; empty: everywhere
  bool single_letter = false;
};

class CommandList final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(QString search READ search WRITE setSearch NOTIFY searchChanged)
  Q_PROPERTY(int count READ count NOTIFY searchChanged)
 public:
  enum Role { IdRole = Qt::UserRole + 1, TitleRole, PlaceRole, KeysRole };
  using QAbstractListModel::QAbstractListModel;
  void add(const ShellCommand& command);
  /// All commands whose id begins so are these now. They have no keys.
  void replaceGroup(const QString& prefix, const QList<ShellCommand>& commands);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  QString search() const { return search_; }
  void setSearch(const QString& text);
  int count() const { return static_cast<int>(found_.size()); }
  Q_INVOKABLE QString idAt(int row) const { return row >= 0 && row < count() ? all_[found_[row]].id : QString(); }
  /// Puts a command in front of the list.
  void used(const QString& id);
  /// [{id, keys, screen, singleLetter}] of those with keys.
  Q_INVOKABLE QVariantList shortcuts() const;
  /// [{place, title, keys}] in the order they were declared.
  Q_INVOKABLE QVariantList table() const;

 Q_SIGNALS:
  void searchChanged();

 private:
  void find();

  QList<ShellCommand> all_;
  QList<int> found_;
  QStringList recent_;
  QString search_;
};

/// How well `letters` fit into `text`, each in its order: 0 not at all; more for whole words and beginnings.
int fuzzy_score(const QString& text, const QString& letters);

}  // namespace fantascope::ui
