#include "ui/screens/storyboard/storyboard_model.h"

#include <QLocale>

#include "ui/bridge/job_feed.h"
#include "ui/bridge/json_variant.h"
#include "ui/bridge/navigator.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/projects.h"
#include "ui/bridge/undo_stack.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr double kUsualSeconds = 1.0;

json ids_of(const QStringList& ids) {
  auto list = json::array();
  for (const QString& id : ids) list.push_back(id.toStdString());
  return list;
}

}  // namespace

StoryboardModel::StoryboardModel(StudioContext& context, QObject* parent) : QAbstractListModel(parent), context_(context) {
  connect(&context.jobs, &JobFeed::takesChanged, this, &StoryboardModel::refresh);
  connect(&context.navigator, &Navigator::routeChanged, this, [this] {
    if (context_.navigator.screen() == "storyboard"_L1) refresh();
  });
  connect(&context.projects, &Projects::currentChanged, this, &StoryboardModel::refresh);
  refresh();
}

std::string StoryboardModel::project() const { return context_.projects.currentId().toStdString(); }

QHash<int, QByteArray> StoryboardModel::roleNames() const {
  return {{ShotIdRole, "shotId"_ba}, {NumberRole, "number"_ba}, {PromptRole, "prompt"_ba},       {SecondsRole, "seconds"_ba},
          {TakeIdRole, "takeId"_ba}, {ClipRole, "clip"_ba},     {FilmstripRole, "filmstrip"_ba}, {FramesRole, "frames"_ba},
          {SizeRole, "size"_ba},     {LengthRole, "length"_ba}, {FollowsRole, "follows"_ba},     {WaitsRole, "waits"_ba}};
}

QVariant StoryboardModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  const QVariantMap shot = shots_[index.row()].toMap(), take = shot.value(u"take"_s).toMap(), form = shot.value(u"form"_s).toMap();
  switch (role) {
    case ShotIdRole:
      return shot.value(u"shot_id"_s);
    case NumberRole:
      return index.row() + 1;
    case PromptRole:
      return shot.value(u"prompt"_s);
    case SecondsRole:
      return form.value(u"seconds"_s, kUsualSeconds);
    case TakeIdRole:
      return take.value(u"take_id"_s, QString());
    case ClipRole:
      return take.value(u"clip"_s, QString());
    case FilmstripRole:
      return take.value(u"filmstrip"_s, QString());
    case FramesRole:
      return take.value(u"frames"_s, 0);
    case SizeRole:
      return take.value(u"size"_s, u"3x2"_s);
    case LengthRole:
      return take.isEmpty() ? QString() : length_text(take.value(u"duration_s"_s).toDouble());
    case FollowsRole:
      return index.row() > 0 && form.value(u"first_frame"_s) == "previous"_L1;
    case WaitsRole:
      return waiting_.contains(shot.value(u"shot_id"_s).toString());
    default:
      return {};
  }
}

QVariantMap StoryboardModel::get(int row) const {
  QVariantMap all;
  const auto names = roleNames();
  for (auto name = names.begin(); name != names.end(); ++name) all.insert(QString::fromLatin1(*name), data(index(row), name.key()));
  return all;
}

void StoryboardModel::refresh() {
  context_.operations.ask(Lane::kQuick, "view board", {{"project_id", project()}}, this, [this, asked = project()](Result<json> answer) {
    if (asked != project()) return;  // the answer for the project that is open now comes
    if (!answer) return context_.notices.showError(answer.error());
    const QVariantList shots = to_variant((*answer)["shots"]).toList();
    world_ = text_field(*answer, "world");
    if (shots.size() == shots_.size()) {
      const QVariantList before = std::exchange(shots_, shots);
      for (int row = 0; row < count(); ++row)
        if (before[row] != shots_[row]) Q_EMIT dataChanged(index(row), index(row));
    } else {
      beginResetModel();
      shots_ = shots;
      endResetModel();
    }
    Q_EMIT changed();
    addWaiting();
  });
}

void StoryboardModel::ask(const char* name, json arguments) {
  context_.operations.ask(Lane::kQuick, name, std::move(arguments), this, [this](Result<json> answer) {
    if (!answer) context_.notices.showError(answer.error());
    refresh();
  });
}

void StoryboardModel::setWorld(const QString& text) {
  if (text == world_) return;
  const QString before = world_;
  const std::string in = project();
  const auto put = [this, in](const QString& world) {
    if (in == project()) world_ = world;
    ask("set world", {{"text", world.toStdString()}, {"project_id", in}});
  };
  context_.undo.push(
      tr("text for all shots"), [put, text] { put(text); }, [put, before] { put(before); }, u"world "_s + QString::fromStdString(in));
}

QStringList StoryboardModel::order() const {
  QStringList ids;
  for (const QVariant& shot : shots_) ids << shot.toMap().value(u"shot_id"_s).toString();
  return ids;
}

void StoryboardModel::setOrder(const QStringList& ids, const QString& undo_text) {
  const QStringList before = order();
  const auto put = [this, in = project()](const QStringList& to) { ask("set board", {{"shots", ids_of(to)}, {"project_id", in}}); };
  context_.undo.push(
      undo_text, [put, ids] { put(ids); }, [put, before] { put(before); });
}

void StoryboardModel::addShot(const QString& prompt) {
  if (prompt.trimmed().isEmpty()) return;
  context_.operations.ask(Lane::kQuick, "put shot",
                          {{"name", short_name(prompt).toStdString()},
                           {"prompt", prompt.trimmed().toStdString()},
                           {"form", {{"seconds", kUsualSeconds}}},
                           {"project_id", project()}},
                          this, [this](Result<json> answer) {
                            if (!answer) return context_.notices.showError(answer.error());
                            setOrder(order() << text_field(*answer, "shot_id"), tr("add a shot"));
                          });
}

void StoryboardModel::setPrompt(int row, const QString& prompt) {
  const QVariantMap shot = shots_.value(row).toMap();
  const QString id = shot.value(u"shot_id"_s).toString(), before = shot.value(u"prompt"_s).toString();
  if (id.isEmpty() || before == prompt) return;
  const auto put = [this, id](const QString& text) {
    ask("put shot", {{"shot_id", id.toStdString()}, {"prompt", text.toStdString()}, {"name", short_name(text).toStdString()}});
  };
  context_.undo.push(
      tr("words of shot %1").arg(row + 1), [put, prompt] { put(prompt); }, [put, before] { put(before); });
}

void StoryboardModel::setForm(int row, const QString& field, const QVariant& value, const QString& undo_text) {
  const QVariantMap shot = shots_.value(row).toMap();
  QVariantMap form = shot.value(u"form"_s).toMap();
  const QString id = shot.value(u"shot_id"_s).toString();
  if (id.isEmpty() || form.value(field) == value) return;
  const json before = to_json(form);
  form[field] = value;
  const json after = to_json(form);
  const auto put = [this, id](const json& to) { ask("put shot", {{"shot_id", id.toStdString()}, {"form", to}}); };
  context_.undo.push(
      undo_text, [put, after] { put(after); }, [put, before] { put(before); });
}

void StoryboardModel::setSeconds(int row, double seconds) { setForm(row, u"seconds"_s, seconds, tr("length of shot %1").arg(row + 1)); }

void StoryboardModel::setFollows(int row, bool follows) {
  setForm(row, u"first_frame"_s, follows ? u"previous"_s : QString(), tr("first frame of shot %1").arg(row + 1));
}

void StoryboardModel::move(int row, int by) {
  QStringList ids = order();
  if (row < 0 || row >= ids.size() || row + by < 0 || row + by >= ids.size()) return;
  ids.move(row, row + by);
  setOrder(ids, tr("order of shots"));
}

void StoryboardModel::remove(int row) {
  QStringList ids = order();
  if (row < 0 || row >= ids.size()) return;
  ids.removeAt(row);
  setOrder(ids, tr("take shot %1 out").arg(row + 1));
  context_.notices.say(tr("Shot %1 is out of the storyboard; its takes stay in the library.").arg(row + 1), tr("Undo"),
                       [this] { context_.undo.undo(); });
}

QString StoryboardModel::wholePrompt(int row) const {
  const QString prompt = shots_.value(row).toMap().value(u"prompt"_s).toString().trimmed();
  return world_.trimmed().isEmpty() ? prompt : prompt + u", "_s + world_.trimmed();
}

void StoryboardModel::generate(int row) {
  const QString id = shots_.value(row).toMap().value(u"shot_id"_s).toString();
  if (id.isEmpty()) return;
  waiting_.removeAll(id);
  if (row == 0 || !data(index(row), FollowsRole).toBool()) return add(row, {});
  const QString before = data(index(row - 1), TakeIdRole).toString();
  if (before.isEmpty()) {
    waiting_ << id;
    Q_EMIT dataChanged(index(row), index(row), {WaitsRole});
    return context_.notices.say(tr("Shot %1 is made when shot %2 has a take: its first frame is that one's last.").arg(row + 1).arg(row));
  }
  context_.operations.ask(Lane::kSlow, "library frame", {{"take", before.toStdString()}}, this, [this, id](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    if (const auto now = order().indexOf(id); now >= 0) add(static_cast<int>(now), text_field(*answer, "path"));
  });
}

void StoryboardModel::add(int row, const QString& image) {
  const QVariantMap shot = shots_.value(row).toMap();
  const QString id = shot.value(u"shot_id"_s).toString();
  // `snap`: the length is what the model can make nearest to the one that was asked for.
  json arguments = {{"prompt", wholePrompt(row).toStdString()},
                    {"seconds", shot.value(u"form"_s).toMap().value(u"seconds"_s, kUsualSeconds).toDouble()},
                    {"snap", true}};
  if (!image.isEmpty()) arguments["image"] = image.toStdString();
  context_.operations.ask(Lane::kQuick, "queue add", arguments, this, [this, id](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    json jobs = json::array();
    for (const json& job : (*answer)["jobs"]) {
      jobs.push_back(job["job_id"]);
      context_.jobs.on_job(job);
    }
    ask("attach jobs", {{"shot_id", id.toStdString()}, {"jobs", jobs}});
  });
}

/// Shots whose predecessor got its take meanwhile.
void StoryboardModel::addWaiting() {
  for (int row = 1; row < count(); ++row)
    if (data(index(row), WaitsRole).toBool() && !data(index(row - 1), TakeIdRole).toString().isEmpty()) generate(row);
}

void StoryboardModel::generateMissing() {
  for (int row = 0; row < count(); ++row)
    if (data(index(row), TakeIdRole).toString().isEmpty()) generate(row);
}

void StoryboardModel::openShot(int row) {
  const QString id = shots_.value(row).toMap().value(u"shot_id"_s).toString(), take = data(index(row), TakeIdRole).toString();
  if (!take.isEmpty()) context_.navigator.go(u"shot/%1?takes=%2"_s.arg(id, take));
}

int StoryboardModel::missing() const {
  int missing = 0;
  for (int row = 0; row < count(); ++row) missing += data(index(row), TakeIdRole).toString().isEmpty();
  return missing;
}

QString StoryboardModel::lengthText() const {
  double seconds = 0;
  for (const QVariant& shot : shots_) {
    const QVariantMap row = shot.toMap(), take = row.value(u"take"_s).toMap();
    seconds += take.isEmpty() ? row.value(u"form"_s).toMap().value(u"seconds"_s, kUsualSeconds).toDouble()
                              : take.value(u"duration_s"_s).toDouble();
  }
  return tr("%1 · %n shot(s)", nullptr, count()).arg(length_text(seconds));
}

}  // namespace fantascope::ui
