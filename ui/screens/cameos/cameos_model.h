#pragma once
/// Cameos: people and characters kept for reuse, each under its consent record. This build has no consent records yet, so there are none,
/// and the screen says so. GUI thread only.
#include <QObject>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class CameosModel final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString reason READ reason CONSTANT)
 public:
  explicit CameosModel(StudioContext& context, QObject* parent = nullptr) : QObject(parent) { Q_UNUSED(context) }
  QString reason() const {
    return tr(
        "There are no cameos. A likeness may only be used under a signed consent record that can be taken back, and this version cannot "
        "keep such records yet.");
  }
};

}  // namespace fantascope::ui
