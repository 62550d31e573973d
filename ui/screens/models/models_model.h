#pragma once
/// Models that are linked: what each is, may and needs, whether it fits this machine, and its licence. GUI thread only.
#include <QObject>
#include <QVariantList>
#include <functional>
#include <nlohmann/json.hpp>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class ModelsModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QVariantList models READ models NOTIFY modelsChanged)
  Q_PROPERTY(QVariantList broken READ broken NOTIFY modelsChanged)
  Q_PROPERTY(QVariantMap checks READ checks NOTIFY checksChanged)
  Q_PROPERTY(QVariantMap licences READ licences NOTIFY licencesChanged)
 public:
  explicit ModelsModel(StudioContext& context, QObject* parent = nullptr);
  /// [{name, family, dir, origin, linked, limits, usual, fitText, fits, diskText, licence, licenceText, mustAccept, canAccept}]
  QVariantList models() const { return models_; }
  /// [{dir, title}]
  QVariantList broken() const { return broken_; }
  /// By folder: what checking its files said, or that it runs.
  QVariantMap checks() const { return checks_; }
  /// By folder, of those that were asked for: {text, sha256, terms: [{text, place}], hasText}; text says so where there is
  /// none. Models that must be accepted are asked for at
  /// once.
  QVariantMap licences() const { return licences_; }
  Q_INVOKABLE void refresh();
  Q_INVOKABLE void link(const QString& folder);
  /// Files and takes stay; can be undone.
  Q_INVOKABLE void unlink(const QString& folder, const QString& name);
  Q_INVOKABLE void loadLicence(const QString& folder);
  /// Accepts the very text that was loaded.
  Q_INVOKABLE void accept(const QString& folder);
  Q_INVOKABLE void checkFiles(const QString& folder);
  Q_INVOKABLE void use(const QString& name);

 Q_SIGNALS:
  void modelsChanged();
  void checksChanged();
  void licencesChanged();

 private:
  void putList(const nlohmann::json& answer, std::uint64_t memory_bytes);
  QVariantMap toRow(const nlohmann::json& model, std::uint64_t memory_bytes) const;
  void changeLink(const char* operation, const nlohmann::json& arguments, std::function<void(const nlohmann::json&)> done = {});

  StudioContext& context_;
  QVariantList models_, broken_;
  QVariantMap checks_, licences_;
};

}  // namespace fantascope::ui
