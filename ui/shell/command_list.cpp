#include "ui/shell/command_list.h"

#include <QKeySequence>
#include <algorithm>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

int fuzzy_score(const QString& text, const QString& letters) {
  if (letters.isEmpty()) return 1;
  const QString low = text.toLower(), wanted = letters.toLower();
  if (const qsizetype at = low.indexOf(wanted); at >= 0) return 1000 - static_cast<int>(at) + (at == 0 || low[at - 1].isSpace() ? 500 : 0);
  int score = 1;
  qsizetype at = 0;
  for (const QChar letter : wanted) {
    if (letter.isSpace()) continue;
    const qsizetype found = low.indexOf(letter, at);
    if (found < 0) return 0;
    score += found == at ? 5 : found == 0 || low[found - 1].isSpace() ? 8 : 1;
    at = found + 1;
  }
  return score;
}

void CommandList::add(const ShellCommand& command) {
  all_ << command;
  find();
}

void CommandList::replaceGroup(const QString& prefix, const QList<ShellCommand>& commands) {
  all_.removeIf([&prefix](const ShellCommand& command) { return command.id.startsWith(prefix); });
  all_ << commands;
  find();
}

int CommandList::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QVariant CommandList::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  const ShellCommand& command = all_[found_[index.row()]];
  switch (role) {
    case IdRole:
      return command.id;
    case TitleRole:
      return command.title;
    case PlaceRole:
      return command.place;
    case KeysRole:
      return QKeySequence(command.keys).toString(QKeySequence::NativeText);
    default:
      return {};
  }
}

QHash<int, QByteArray> CommandList::roleNames() const {
  return {{IdRole, "commandId"_ba}, {TitleRole, "title"_ba}, {PlaceRole, "place"_ba}, {KeysRole, "keys"_ba}};
}

void CommandList::setSearch(const QString& text) {
  if (search_ == text) return;
  search_ = text;
  find();
}

void CommandList::used(const QString& id) {
  recent_.removeAll(id);
  recent_.prepend(id);
  find();
}

void CommandList::find() {
  struct Hit {
    int row, score;
    qsizetype age;
  };
  std::vector<Hit> hits;
  for (int row = 0; row < all_.size(); ++row) {
    const int score =
        fuzzy_score(all_[row].title, search_) * 2 + fuzzy_score(all_[row].place + QLatin1Char(' ') + all_[row].title, search_);
    const qsizetype age = recent_.indexOf(all_[row].id);
    if (score > 0) hits.push_back({row, score, age < 0 ? recent_.size() : age});
  }
  const bool all = search_.isEmpty();
  std::ranges::stable_sort(hits,
                           [all](const Hit& a, const Hit& b) { return !all && a.score != b.score ? a.score > b.score : a.age < b.age; });
  beginResetModel();
  found_.clear();
  for (const Hit& hit : hits) found_ << hit.row;
  endResetModel();
  Q_EMIT searchChanged();
}

QVariantList CommandList::shortcuts() const {
  QVariantList rows;
  for (const ShellCommand& command : all_)
    if (!command.keys.isEmpty())
      rows << QVariantMap{
          {u"id"_s, command.id}, {u"keys"_s, command.keys}, {u"screen"_s, command.screen}, {u"singleLetter"_s, command.single_letter}};
  return rows;
}

QVariantList CommandList::table() const {
  QVariantList rows;
  for (const ShellCommand& command : all_)
    if (!command.keys.isEmpty())
      rows << QVariantMap{{u"place"_s, command.place},
                          {u"title"_s, command.title},
                          {u"keys"_s, QKeySequence(command.keys).toString(QKeySequence::NativeText)}};
  return rows;
}

}  // namespace fantascope::ui
