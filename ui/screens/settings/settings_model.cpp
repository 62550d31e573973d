#include "ui/screens/settings/settings_model.h"

#include <QCoreApplication>

#include "ui/bridge/json_variant.h"
#include "ui/bridge/notices.h"
#include "ui/bridge/operations.h"
#include "ui/bridge/take_actions.h"
#include "ui/bridge/wording.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

/// Names of the program's settings as people read them; a setting that is not here is shown by its own name, so none can be missing.
QString title_of(const QString& name) {
  static const QMap<QString, const char*> kTitles = {
      {u"default_model"_s, QT_TRANSLATE_NOOP("SettingsModel", "Usual model")},
      {u"device"_s, QT_TRANSLATE_NOOP("SettingsModel", "Where to run")},
      {u"dtype"_s, QT_TRANSLATE_NOOP("SettingsModel", "Number format of weights")},
      {u"checkpoint_interval_s"_s, QT_TRANSLATE_NOOP("SettingsModel", "Seconds between checkpoints")},
      {u"free_space_min_mb"_s, QT_TRANSLATE_NOOP("SettingsModel", "Disk space kept free, MB")},
      {u"prompt_in_credentials"_s, QT_TRANSLATE_NOOP("SettingsModel", "Prompt in the content credentials")}};
  const auto found = kTitles.constFind(name);
  return found != kTitles.constEnd() ? SettingsModel::tr(*found) : QString(name).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString folder_title(const QString& name) {
  static const QMap<QString, const char*> kTitles = {
      {u"home"_s, QT_TRANSLATE_NOOP("SettingsModel", "Everything")},   {u"takes"_s, QT_TRANSLATE_NOOP("SettingsModel", "Takes")},
      {u"work"_s, QT_TRANSLATE_NOOP("SettingsModel", "Jobs at work")}, {u"models"_s, QT_TRANSLATE_NOOP("SettingsModel", "Models")},
      {u"exports"_s, QT_TRANSLATE_NOOP("SettingsModel", "Exports")},   {u"keys"_s, QT_TRANSLATE_NOOP("SettingsModel", "Signing keys")}};
  const auto found = kTitles.constFind(name);
  return found != kTitles.constEnd() ? SettingsModel::tr(*found) : name;
}

}  // namespace

SettingsModel::SettingsModel(StudioContext& context, QObject* parent) : QObject(parent), context_(context) { refresh(); }

void SettingsModel::refresh() {
  context_.operations.ask(Lane::kQuick, "view settings", json::object(), this, [this](Result<json> answer) {
    if (!answer) return context_.notices.showError(answer.error());
    fields_.clear();
    for (const json& field : (*answer)["fields"]) {
      const QString name = text_field(field, "name"), allowed = text_field(field, "allowed");
      const json& value = field["value"];
      fields_ << QVariantMap{{u"name"_s, name},
                             {u"title"_s, title_of(name)},
                             {u"help"_s, text_field(field, "help")},
                             {u"value"_s, to_variant(value)},
                             {u"kind"_s, value.is_boolean()  ? u"switch"_s
                                         : value.is_number() ? u"number"_s
                                         : allowed.isEmpty() ? u"text"_s
                                                             : u"choice"_s},
                             {u"choices"_s, allowed.split(QLatin1Char('|'))},
                             {u"later"_s, value != field["in_use"]}};
    }
    Q_EMIT changed();
  });
  context_.operations.ask(Lane::kSlow, "view home", json::object(), this, [this](Result<json> answer) {
    if (!answer) return;
    folders_.clear();
    for (const json& folder : (*answer)["folders"])
      folders_ << QVariantMap{{u"title"_s, folder_title(text_field(folder, "name"))},
                              {u"path"_s, text_field(folder, "path")},
                              {u"sizeText"_s, bytes_text(folder.value("size_bytes", std::uint64_t{0}))}};
    free_text_ = answer->value("free_bytes", json()).is_number()
                     ? tr("%1 free on this disk").arg(bytes_text((*answer)["free_bytes"].get<std::uint64_t>()))
                     : QString();
    version_text_ = tr("Fantascope %1").arg(text_field(*answer, "version"));
    Q_EMIT changed();
  });
}

void SettingsModel::set(const QString& name, const QVariant& value) {
  json typed = to_json(value);
  for (const QVariant& field : std::as_const(fields_))
    if (const QVariantMap row = field.toMap(); row[u"name"_s] == name && row[u"kind"_s] == "number"_L1)
      typed = value.toString().contains(QLatin1Char('.')) || row[u"value"_s].typeId() == QMetaType::Double ? json(value.toDouble())
                                                                                                           : json(value.toLongLong());
  context_.operations.ask(Lane::kQuick, "set setting", {{"name", name.toStdString()}, {"value", typed}}, this, [this](Result<json> answer) {
    if (!answer) context_.notices.showError(answer.error());
    refresh();
  });
}

void SettingsModel::copyPath(const QString& path) { context_.takes.copyText(path, tr("the path")); }

}  // namespace fantascope::ui
