#pragma once
/// What can be done to takes from any screen, each with its undo and a notice: keep, drop, stars, tags, export. GUI thread only.
#include <QObject>
#include <QStringList>
#include <QVariantMap>
#include <nlohmann/json.hpp>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class TakeActions final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QStringList knownTags READ knownTags NOTIFY knownTagsChanged)
 public:
  explicit TakeActions(QObject* parent = nullptr) : QObject(parent) {}
  /// Before anything else: the context that holds this object.
  void setContext(StudioContext& context);

  Q_INVOKABLE void keep(const QStringList& takeIds) { setKeep(takeIds, QStringLiteral("kept")); }
  Q_INVOKABLE void drop(const QStringList& takeIds) { setKeep(takeIds, QStringLiteral("dropped")); }
  Q_INVOKABLE void undecide(const QStringList& takeIds) { setKeep(takeIds, QStringLiteral("draft")); }
  Q_INVOKABLE void setStars(const QStringList& takeIds, int stars);
  Q_INVOKABLE void addTag(const QStringList& takeIds, const QString& tag);
  Q_INVOKABLE void removeTag(const QStringList& takeIds, const QString& tag);
  /// Copies clips into a folder; an empty one is the home's exports.
  Q_INVOKABLE void exportTakes(const QStringList& takeIds, const QString& folder = {});
  Q_INVOKABLE void copyText(const QString& text, const QString& what);
  QStringList knownTags() const { return known_tags_; }

 Q_SIGNALS:
  void knownTagsChanged();
  void exported(const QString& folder, int count);
  void textToCopy(const QString& text);

 private:
  void setKeep(const QStringList& takeIds, const QString& keep);
  /// Writes marks ({"take_id", "keep"?, "stars"?, "tags"?}) and remembers the ones from before as undo.
  void mark(const QString& text, const QStringList& takeIds, const nlohmann::json& change);
  void write(const nlohmann::json& marks);
  void refreshTags();

  StudioContext* context_ = nullptr;
  QStringList known_tags_;
};

}  // namespace fantascope::ui
