#include "ui/screens/models/models_model.h"

#include "ui/bridge/json_variant.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;

ModelsModel::ModelsModel(StudioContext& context, QObject* parent) : QObject(parent), context_(context) { refresh(); }

void ModelsModel::refresh() {
  context_.operations.ask(Lane::kQuick, "view memory", json::object(), this, [this](Result<json> memory) {
    const std::uint64_t total = memory ? memory->value("total_bytes", std::uint64_t{0}) : 0;
    context_.operations.ask(Lane::kQuick, "models list", json::object(), this, [this, total](Result<json> answer) {
      if (!answer) return context_.notices.showError(answer.error());
      models_.clear();
      for (const json& model : (*answer)["models"]) {
        const std::uint64_t bytes = model.value("weights_bytes", std::uint64_t{0});
        const json& usual = model["defaults"];
        const QString fps = text_field(usual, "fps");
        QVariantMap row = to_variant(model).toMap();
        row[u"diskText"_s] = bytes_text(bytes);
        row[u"fits"_s] = total == 0 || bytes < total;
        row[u"fitText"_s] = total == 0 || bytes < total
                                ? tr("fits this machine: weights %1, memory %2").arg(bytes_text(bytes), bytes_text(total))
                                : tr("does not fit: weights %1, memory %2").arg(bytes_text(bytes), bytes_text(total));
        row[u"usual"_s] = tr("usually %1, %2 frames at %3 fps, %4 steps")
                              .arg(text_field(usual, "size").replace(QLatin1Char('x'), u'×'))
                              .arg(usual.value("frames", 0))
                              .arg(fps)
                              .arg(usual.value("steps", 0));
        row[u"limits"_s] = tr("sides %1 to %2 in steps of %3 · up to %4 frames")
                               .arg(model.value("size_min", 0))
                               .arg(model.value("size_max", 0))
                               .arg(model.value("size_multiple", 0))
                               .arg(model.value("frames_max", 0));
        const QString origin = text_field(model, "origin");
        row[u"originText"_s] = origin == "shipped"_L1  ? tr("comes with the program")
                               : origin == "linked"_L1 ? tr("linked where it lies")
                                                       : tr("in the home folder");
        models_ << row;
      }
      broken_.clear();
      for (const json& model : (*answer)["broken"])
        broken_ << QVariantMap{{u"dir"_s, text_field(model, "dir")}, {u"title"_s, text_field(model["error"], "message")}};
      Q_EMIT changed();
    });
  });
}

void ModelsModel::link(const QString& folder) {
  context_.operations.ask(Lane::kSlow, "models add", {{"dir", folder.toStdString()}}, this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    context_.notices.say(tr("Linked: %1. Nothing was copied.").arg(text_field(*answer, "name")));
    refresh();
  });
}

void ModelsModel::checkFiles(const QString& folder) {
  checks_[folder] = tr("Reading every byte …");
  Q_EMIT changed();
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
    Q_EMIT changed();
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
