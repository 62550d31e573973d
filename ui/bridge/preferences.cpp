#include "ui/bridge/preferences.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QThreadPool>

namespace fantascope::ui {
namespace {

constexpr int kSaveAfter_ms = 400;
constexpr qint64 kBytesMax = 1 << 20;

void save(const QString& path, const QByteArray& content) {
  QDir().mkpath(QFileInfo(path).path());
  QSaveFile file(path);
  if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size()) file.commit();
}

}  // namespace

Preferences::Preferences(const QString& path, QObject* parent) : QObject(parent), path_(path) {
  if (!path_.isEmpty()) {
    QFile file(path_);
    if (file.size() <= kBytesMax && file.open(QIODevice::ReadOnly)) {
      values_ = QJsonDocument::fromJson(file.readAll()).object().toVariantMap();
      first_start_ = false;
    }
  }
  save_timer_.setSingleShot(true);
  save_timer_.setInterval(kSaveAfter_ms);
  connect(&save_timer_, &QTimer::timeout, this,
          [this] { QThreadPool::globalInstance()->start([path = path_, bytes = content()] { save(path, bytes); }); });
}

Preferences::~Preferences() {
  if (save_timer_.isActive()) save(path_, content());
}

QByteArray Preferences::content() const { return QJsonDocument(QJsonObject::fromVariantMap(values_)).toJson(); }

void Preferences::setValue(const QString& key, const QVariant& value) {
  if (values_.value(key) == value) return;
  values_.insert(key, value);
  if (!path_.isEmpty()) save_timer_.start();
  Q_EMIT changed(key);
}

}  // namespace fantascope::ui
