#pragma once
/// Models that are linked: what each is, may and needs, and whether it fits this machine. GUI thread only.
#include <QObject>
#include <QVariantList>
#include <nlohmann/json.hpp>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class ModelsModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QVariantList models READ models NOTIFY changed)
  Q_PROPERTY(QVariantList broken READ broken NOTIFY changed)
  Q_PROPERTY(QVariantMap checks READ checks NOTIFY changed)
 public:
  explicit ModelsModel(StudioContext& context, QObject* parent = nullptr);
  /// [{name, family, dir, licence, origin, limits, usual, fitText, fits, diskText, isDefault}]
  QVariantList models() const { return models_; }
  /// [{dir, title, cause}]
  QVariantList broken() const { return broken_; }
  /// By folder: what checking its files said, or that it runs.
  QVariantMap checks() const { return checks_; }
  Q_INVOKABLE void link(const QString& folder);
  Q_INVOKABLE void checkFiles(const QString& folder);
  Q_INVOKABLE void use(const QString& name);

 Q_SIGNALS:
  void changed();

 private:
  void refresh();

  StudioContext& context_;
  QVariantList models_, broken_;
  QVariantMap checks_;
};

}  // namespace fantascope::ui
