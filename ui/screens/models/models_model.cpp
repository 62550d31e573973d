#include "ui/screens/models/models_model.h"

#include <QDateTime>
#include <QLocale>
#include <utility>

#include "ui/bridge/json_variant.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/undo_stack.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

namespace {

/// More than any licence has; a longer text is cut, so that laying it out holds nothing up.
constexpr int kLicenceLengthMax = 200'000;

QString licence_sentence(const json& model) {
  const QString name = text_field(model, "licence"), state = text_field(model, "licence_state");
  const QString accepted = text_field(model, "licence_accepted_at");
  if (state == "free"_L1) return ModelsModel::tr("Licence: %1. Free to use, nothing to accept.").arg(name);
  if (state == "unreadable"_L1)
    return ModelsModel::tr("Its licence cannot be shown, so it cannot be used: %1").arg(text_field(model, "licence_problem"));
  if (state == "not_stated"_L1) return ModelsModel::tr("Its files state no licence: find out from whoever made it what is allowed.");
  const QString named = state == "differs"_L1 ? ModelsModel::tr("Its files name %1, but a licence file holds other text.").arg(name)
                                              : ModelsModel::tr("Licence: %1.").arg(name);
  if (accepted.isEmpty()) return named + QLatin1Char(' ') + ModelsModel::tr("To be accepted before the first use.");
  const QDateTime time = QDateTime::fromString(accepted, Qt::ISODate).toLocalTime();
  return named + QLatin1Char(' ') + ModelsModel::tr("Accepted on %1.").arg(QLocale().toString(time.date(), QLocale::LongFormat));
}

}  // namespace

ModelsModel::ModelsModel(StudioContext& context, QObject* parent) : QObject(parent), context_(context) { refresh(); }

void ModelsModel::refresh() {
  context_.operations.ask(Lane::kQuick, "view memory", json::object(), this, [this](Result<json> memory) {
    const std::uint64_t total = memory ? memory->value("total_bytes", std::uint64_t{0}) : 0;
    context_.operations.ask(Lane::kQuick, "models list", json::object(), this, [this, total](Result<json> answer) {
      if (!answer) return context_.notices.showError(answer.error());
      putList(*answer, total);
    });
  });
}

void ModelsModel::putList(const json& answer, std::uint64_t memory_bytes) {
  const QVariantList models_before = models_, broken_before = broken_;
  models_.clear();
  broken_.clear();
  for (const json& model : answer.value("models", json::array())) models_ << toRow(model, memory_bytes);
  for (const json& model : answer.value("broken", json::array()))
    broken_ << QVariantMap{{u"dir"_s, text_field(model, "dir")}, {u"title"_s, text_field(model["error"], "message")}};
  // The same again: cards stay as they are, with what has the focus in them.
  if (models_ == models_before && broken_ == broken_before) return;
  Q_EMIT modelsChanged();
  for (const QVariant& model : std::as_const(models_)) {
    const QVariantMap row = model.toMap();
    if (row.value(u"mustAccept"_s).toBool()) loadLicence(row.value(u"dir"_s).toString());
  }
}

QVariantMap ModelsModel::toRow(const json& model, std::uint64_t memory_bytes) const {
  const std::uint64_t bytes = model.value("weights_bytes", std::uint64_t{0});
  const json& usual = model["defaults"];
  const QString origin = text_field(model, "origin");
  const bool fits = memory_bytes == 0 || bytes < memory_bytes;
  QVariantMap row = to_variant(model).toMap();
  row[u"diskText"_s] = bytes_text(bytes);
  row[u"fits"_s] = fits;
  row[u"fitText"_s] = (fits ? tr("fits this machine: weights %1, memory %2") : tr("does not fit: weights %1, memory %2"))
                          .arg(bytes_text(bytes), bytes_text(memory_bytes));
  row[u"usual"_s] = tr("usually %1, %2 frames at %3 fps, %4 steps")
                        .arg(text_field(usual, "size").replace(QLatin1Char('x'), u'×'))
                        .arg(usual.value("frames", 0))
                        .arg(text_field(usual, "fps"))
                        .arg(usual.value("steps", 0));
  row[u"limits"_s] = tr("sides %1 to %2 in steps of %3 · up to %4 frames")
                         .arg(model.value("size_min", 0))
                         .arg(model.value("size_max", 0))
                         .arg(model.value("size_multiple", 0))
                         .arg(model.value("frames_max", 0));
  row[u"linked"_s] = origin == "linked"_L1;
  row[u"originText"_s] = origin == "shipped"_L1  ? tr("comes with the program")
                         : origin == "linked"_L1 ? tr("linked where it lies")
                                                 : tr("in the home folder");
  row[u"licenceText"_s] = licence_sentence(model);
  row[u"mustAccept"_s] = model.value("licence_needs_acceptance", false);
  row[u"canAccept"_s] = row[u"mustAccept"_s].toBool() && text_field(model, "licence_state") != "unreadable"_L1;
  return row;
}

void ModelsModel::link(const QString& folder) {
  context_.operations.ask(Lane::kSlow, "models add", {{"dir", folder.toStdString()}}, this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    context_.notices.say(
        answer->value("licence_needs_acceptance", false)
            ? tr("Linked: %1. Nothing was copied. Its licence is to be accepted before the first use.").arg(text_field(*answer, "name"))
            : tr("Linked: %1. Nothing was copied.").arg(text_field(*answer, "name")));
    refresh();
  });
}

/// One lane for both ways, so that an undo never overtakes what it takes back.
void ModelsModel::changeLink(const char* operation, const json& arguments, std::function<void(const json&)> done) {
  context_.operations.ask(Lane::kQuick, operation, arguments, this, [this, done = std::move(done)](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    if (done) done(*answer);
    refresh();
  });
}

void ModelsModel::unlink(const QString& folder, const QString& name) {
  const std::string dir = folder.toStdString();
  const auto told = [this, name](const json& answer) {
    const int waiting = answer.value("num_waiting_jobs", 0);
    const QString text = waiting > 0 ? tr("%1 is unlinked. Its files stay. %n waiting job(s) fail without it.", nullptr, waiting).arg(name)
                                     : tr("%1 is unlinked. Its files stay.").arg(name);
    context_.notices.say(text, tr("Undo"), [this] { context_.undo.undo(); });
  };
  context_.undo.push(
      tr("unlink “%1”").arg(name),
      [this, dir, told] {
        changeLink("models unlink", {{"model", dir}}, told);
      },
      [this, dir] {
        changeLink("models add", {{"dir", dir}});
      });
}

void ModelsModel::loadLicence(const QString& folder) {
  context_.operations.ask(Lane::kQuick, "models licence", {{"model", folder.toStdString()}}, this, [this, folder](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    QVariantList terms;
    for (const json& term : answer->value("terms", json::array()))
      terms << QVariantMap{{u"text"_s, u"“%1”"_s.arg(text_field(term, "text"))},
                           {u"place"_s, tr("%1, line %2").arg(text_field(term, "file")).arg(term.value("line", 0))}};
    QString text = text_field(*answer, "text");
    const QString link = text_field(*answer, "licence_link"), file = text_field(*answer, "licence_file");
    const bool has_text = !text.isEmpty();
    if (!has_text) {
      text = link.isEmpty() ? tr("No licence text lies in the model's folder.")
                            : tr("No licence text lies in the model's folder. Its files say that it is at %1").arg(link);
    } else if (text.size() > kLicenceLengthMax) {
      text = text.left(kLicenceLengthMax) + u"\n\n… "_s + tr("The text goes on in %1 in the model's folder.").arg(file);
    }
    licences_[folder] =
        QVariantMap{{u"text"_s, text}, {u"sha256"_s, text_field(*answer, "licence_sha256")}, {u"terms"_s, terms}, {u"hasText"_s, has_text}};
    Q_EMIT licencesChanged();
  });
}

void ModelsModel::accept(const QString& folder) {
  const QString sha256 = licences_.value(folder).toMap().value(u"sha256"_s).toString();
  if (sha256.isEmpty()) return;  // nothing was shown yet
  context_.operations.ask(Lane::kQuick, "models accept", {{"model", folder.toStdString()}, {"licence_sha256", sha256.toStdString()}}, this,
                          [this, folder](Result<json> answer) {
                            if (!answer) {
                              context_.notices.showError(answer.error());
                              return loadLicence(folder);  // perhaps its text was changed meanwhile
                            }
                            context_.notices.say(tr("The licence of %1 is accepted.").arg(text_field(*answer, "name")));
                            refresh();
                          });
}

void ModelsModel::checkFiles(const QString& folder) {
  checks_[folder] = tr("Reading every byte …");
  Q_EMIT checksChanged();
  context_.operations.ask(Lane::kSlow, "models verify", {{"model", folder.toStdString()}}, this, [this, folder](Result<json> answer) {
    if (!answer) {
      checks_[folder] = error_text(answer.error()).title;
    } else if (answer->value("ok", false)) {
      checks_[folder] = tr("%n file(s) read, all as they should be", nullptr, answer->value("num_files", 0));
    } else {
      QStringList problems;
      for (const json& problem : (*answer)["problems"]) problems << QString::fromStdString(problem.get<std::string>());
      checks_[folder] = problems.join(u"\n"_s);
    }
    Q_EMIT checksChanged();
  });
}

void ModelsModel::use(const QString& name) {
  context_.operations.ask(Lane::kQuick, "set setting", {{"name", "default_model"}, {"value", name.toStdString()}}, this,
                          [this, name](Result<json> answer) {
                            if (!answer) return context_.notices.showError(answer.error());
                            context_.notices.say(tr("%1 is the usual model from the next start on.").arg(name));
                          });
}

}  // namespace fantascope::ui
