#pragma once
/// What can be set: the window's own looks and keys at once, the program's settings through their table, and where things lie. No apply
/// button: every change is kept when made. GUI thread only.
#include <QObject>
#include <QVariantList>
#include <nlohmann/json.hpp>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class SettingsModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QVariantList fields READ fields NOTIFY changed)
  Q_PROPERTY(QVariantList folders READ folders NOTIFY changed)
  Q_PROPERTY(QString freeText READ freeText NOTIFY changed)
  Q_PROPERTY(QString versionText READ versionText NOTIFY changed)
 public:
  explicit SettingsModel(StudioContext& context, QObject* parent = nullptr);
  /// [{name, title, help, value, kind: text|number|switch|choice, choices, later}]
  QVariantList fields() const { return fields_; }
  /// [{title, path, sizeText}]
  QVariantList folders() const { return folders_; }
  QString freeText() const { return free_text_; }
  QString versionText() const { return version_text_; }
  Q_INVOKABLE void set(const QString& name, const QVariant& value);
  Q_INVOKABLE void copyPath(const QString& path);

 Q_SIGNALS:
  void changed();

 private:
  void refresh();

  StudioContext& context_;
  QVariantList fields_, folders_;
  QString free_text_, version_text_;
};

}  // namespace fantascope::ui
