#include "ui/screens/library/library_model.h"

#include <QLocale>
#include <algorithm>
#include <memory>

#include "ui/bridge/json_variant.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/preferences.h"
#include "ui/bridge/projects.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

LibraryModel::LibraryModel(StudioContext& context, QObject* parent) : QObject(parent), context_(context), take_list_(context) {
  connect(this, &LibraryModel::selectionChanged, this, [this] {
    ++selection_revision_;
    Q_EMIT countChanged();
  });
  connect(&take_list_, &TakeListModel::refreshed, this, [this] {
    setCurrent(current_);  // there may be fewer
    readFacts();
    Q_EMIT countChanged();
  });
  connect(&context.projects, &Projects::currentChanged, this, &LibraryModel::followProject);
  connect(&context.projects, &Projects::listChanged, this, &LibraryModel::countChanged);
  take_list_.setProjectId(context.projects.currentId());
  take_list_.refresh();
}

void LibraryModel::followProject() {
  if (take_list_.projectId() == context_.projects.currentId()) return Q_EMIT countChanged();  // it got another name
  selected_.clear();
  take_list_.setProjectId(context_.projects.currentId());
  Q_EMIT selectionChanged();
}

QString LibraryModel::place() const { return search_.contains("project:"_L1) ? QString() : context_.projects.currentName(); }

void LibraryModel::applyFilter() {
  QString filter = search_;
  if (keep_ == "kept"_L1) filter += u" kept:yes"_s;
  if (keep_ == "draft"_L1) filter += u" kept:no"_s;
  if (keep_ == "dropped"_L1) filter += u" kept:dropped"_s;
  if (stars_min_ > 0) filter += u" stars:%1"_s.arg(stars_min_);
  take_list_.setFilter(filter.trimmed());
}

void LibraryModel::setSearch(const QString& text) {
  if (search_ == text) return;
  search_ = text;
  applyFilter();
  Q_EMIT searchChanged();
}

void LibraryModel::setKeep(const QString& keep) {
  if (keep_ == keep) return;
  keep_ = keep;
  applyFilter();
  Q_EMIT searchChanged();
}

void LibraryModel::setStarsMin(int stars) {
  if (stars_min_ == stars) return;
  stars_min_ = stars;
  applyFilter();
  Q_EMIT searchChanged();
}

void LibraryModel::setOrder(const QString& order) {
  take_list_.setOrder(order);
  Q_EMIT searchChanged();
}

QString LibraryModel::countText() const {
  QStringList parts = {place().isEmpty() ? tr("%n take(s)", nullptr, take_list_.count())
                                         : tr("%n take(s) in “%1”", nullptr, take_list_.count()).arg(place())};
  if (!selected_.isEmpty()) {
    parts << tr("%n selected", nullptr, static_cast<int>(selected_.size()));
    // Only where all rows are known: of long lists nobody has read the whole.
    const auto hidden = take_list_.count() > TakeListModel::kPageRows
                            ? 0
                            : std::ranges::count_if(selected_, [this](const QString& id) { return take_list_.rowOf(id) < 0; });
    if (hidden > 0) parts << tr("%n not shown", nullptr, static_cast<int>(hidden));
  }
  return parts.join(u" · "_s);
}

QString LibraryModel::emptyText() const {
  if (take_list_.loading()) return {};
  if (!take_list_.problem().isEmpty()) return take_list_.problem();
  if (!search_.trimmed().isEmpty()) return tr("No take has “%1”.").arg(search_.trimmed());
  if (keep_ == "kept"_L1) return tr("No kept takes yet.");
  if (keep_ == "dropped"_L1) return tr("Nothing was dropped.");
  if (!place().isEmpty()) return tr("No takes in “%1” yet. What you make in Create goes into it.").arg(place());
  return tr("No takes yet. What you make in Create appears here.");
}

QString LibraryModel::emptyAction() const {
  if (!search_.trimmed().isEmpty()) return tr("Clear the search");
  if (keep_ != "all"_L1) return tr("Show all");
  if (!place().isEmpty() && context_.projects.allTakes() > 0) return tr("Show all projects");
  return tr("Go to Create");
}

void LibraryModel::emptyAct() {
  if (!search_.trimmed().isEmpty()) return setSearch({});
  if (keep_ != "all"_L1) return setKeep(u"all"_s);
  if (!place().isEmpty() && context_.projects.allTakes() > 0) return context_.projects.select({});
  context_.navigator.go(u"create"_s);
}

void LibraryModel::setCurrent(int row) {
  row = std::clamp(row, 0, std::max(0, take_list_.count() - 1));
  if (row == current_) return;
  current_ = row;
  readFacts();
  Q_EMIT currentChanged();
}

void LibraryModel::setInfoOpen(bool open) {
  info_open_ = open;
  readFacts();
  Q_EMIT factsChanged();
}

void LibraryModel::readFacts() {
  if (!info_open_) return;
  facts_ = take_list_.get(current_);
  Q_EMIT factsChanged();
}

void LibraryModel::click(int row, bool ctrl, bool shift) {
  if (shift) {
    selectRange(anchor_, row);
  } else {
    const QString id = idAt(row);
    if (ctrl && selected_.contains(id))
      selected_.remove(id);
    else {
      if (!ctrl) selected_.clear();
      if (!id.isEmpty()) selected_.insert(id);
    }
    anchor_ = row;
  }
  setCurrent(row);
  Q_EMIT selectionChanged();
}

void LibraryModel::moveCurrent(int by, bool shift) {
  const int row = std::clamp(current_ + by, 0, std::max(0, take_list_.count() - 1));
  if (shift)
    selectRange(anchor_, row);
  else
    anchor_ = row;
  setCurrent(row);
  Q_EMIT selectionChanged();
}

void LibraryModel::selectRange(int from, int to) {
  selected_.clear();
  for (int row = std::min(from, to); row <= std::max(from, to); ++row)
    if (const QString id = idAt(row); !id.isEmpty()) selected_.insert(id);
}

void LibraryModel::selectRows(const QList<int>& rows) {
  selected_.clear();
  for (const int row : rows)
    if (const QString id = idAt(row); !id.isEmpty()) selected_.insert(id);
  Q_EMIT selectionChanged();
}

void LibraryModel::selectAll() {
  selectRange(0, std::min(take_list_.count(), TakeListModel::kPageRows) - 1);
  if (take_list_.count() > TakeListModel::kPageRows)
    context_.notices.say(tr("The first %n are selected.", nullptr, TakeListModel::kPageRows));
  Q_EMIT selectionChanged();
}

void LibraryModel::clearSelection() {
  selected_.clear();
  Q_EMIT selectionChanged();
}

/// The selection, or else the current take: never what the pointer happens to be over.
QStringList LibraryModel::targets() const {
  if (!selected_.isEmpty()) return selection();
  const QString id = idAt(current_);
  return id.isEmpty() ? QStringList() : QStringList{id};
}

void LibraryModel::advance() {
  if (selected_.size() > 1 || !context_.preferences.value(u"auto_advance"_s, true).toBool()) return;
  selected_.clear();
  for (int row = current_ + 1; row < std::min(take_list_.count(), current_ + TakeListModel::kPageRows); ++row)
    if (take_list_.get(row).value(u"keep"_s) == "draft"_L1) {
      setCurrent(row);
      break;
    }
  Q_EMIT selectionChanged();
}

void LibraryModel::keepSelection() {
  context_.takes.keep(targets());
  advance();
}

void LibraryModel::drop() {
  context_.takes.drop(targets());
  advance();
}

void LibraryModel::undecide() { context_.takes.undecide(targets()); }
void LibraryModel::setStars(int stars) { context_.takes.setStars(targets(), stars); }
void LibraryModel::addTag(const QString& tag) { context_.takes.addTag(targets(), tag); }
void LibraryModel::removeTag(const QString& tag) { context_.takes.removeTag(targets(), tag); }
void LibraryModel::exportSelection() { context_.takes.exportTakes(targets()); }
void LibraryModel::exportTo(const QString& folder) { context_.takes.exportTakes(targets(), folder); }

void LibraryModel::open() {
  const QVariantMap take = take_list_.get(current_);
  const QString id = take.value(u"takeId"_s).toString(), shot = take.value(u"shotId"_s).toString();
  if (id.isEmpty()) return;
  QStringList ids = {id};
  if (selected_.size() == 2) ids = selection();
  context_.navigator.go(u"shot/%1?takes=%2%3"_s.arg(shot.isEmpty() ? u"none"_s : shot, ids.join(QLatin1Char(',')),
                                                    ids.size() == 1 ? u"&view=one"_s : QString()));
}

void LibraryModel::addToBoard() {
  const std::string project = context_.projects.currentId().toStdString();
  context_.operations.ask(
      Lane::kQuick, "view board", {{"project_id", project}}, this, [this, project, ids = targets()](Result<json> board) {
        if (!board) return context_.notices.showError(board.error());
        json order = json::array();
        for (const json& shot : (*board)["shots"]) order.push_back(shot["shot_id"]);
        const auto remaining = std::make_shared<int>(static_cast<int>(ids.size()));
        const auto shots = std::make_shared<json>(std::move(order));
        for (const QString& id : ids) {
          const QVariantMap take = take_list_.get(take_list_.rowOf(id));
          context_.operations.ask(Lane::kQuick, "put shot",
                                  {{"name", short_name(take.value(u"prompt"_s).toString()).toStdString()},
                                   {"prompt", take.value(u"prompt"_s).toString().toStdString()},
                                   {"chosen_take", id.toStdString()},
                                   {"project_id", project},
                                   {"form", {{"take", id.toStdString()}}}},
                                  this, [this, remaining, shots, project, n = static_cast<int>(ids.size())](Result<json> answer) {
                                    if (answer) shots->push_back((*answer)["shot_id"]);
                                    if (--*remaining > 0) return;
                                    context_.operations.ask(Lane::kQuick, "set board", {{"shots", *shots}, {"project_id", project}}, this,
                                                            [this, n](Result<json> done) {
                                                              if (!done) return context_.notices.showError(done.error());
                                                              context_.notices.say(tr("%n take(s) added to the storyboard", nullptr, n),
                                                                                   tr("Show"),
                                                                                   [this] { context_.navigator.go(u"storyboard"_s); });
                                                            });
                                  });
        }
      });
}

void LibraryModel::wantMove() {
  if (!targets().isEmpty()) Q_EMIT moveWanted();
}
void LibraryModel::moveTo(const QString& projectId) { context_.projects.moveTakes(targets(), projectId); }
void LibraryModel::moveToNew() { context_.projects.wantName({}, targets()); }

void LibraryModel::useAsFirstFrame() {
  const QString poster = take_list_.get(current_).value(u"poster"_s).toString();
  if (!poster.isEmpty()) context_.navigator.go(u"create?image="_s + poster);
}

}  // namespace fantascope::ui
