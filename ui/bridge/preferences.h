#pragma once
/// What the window remembers between starts (place, theme, last form): window.json in the home. Not settings of the program, which are
/// app/settings. Read once at the start; written by another thread a moment after a change. GUI thread only.
#include <QObject>
#include <QTimer>
#include <QVariantMap>

namespace fantascope::ui {

class Preferences final : public QObject {
  Q_OBJECT
 public:
  /// An empty path remembers nothing (tests). A missing or damaged file is an empty one.
  explicit Preferences(const QString& path, QObject* parent = nullptr);
  ~Preferences() override;

  Q_INVOKABLE QVariant value(const QString& key, const QVariant& fallback = {}) const { return values_.value(key, fallback); }
  Q_INVOKABLE void setValue(const QString& key, const QVariant& value);
  bool isFirstStart() const { return first_start_; }

 Q_SIGNALS:
  void changed(const QString& key);

 private:
  QByteArray content() const;

  QString path_;
  QVariantMap values_;
  QTimer save_timer_;
  bool first_start_ = true;
};

}  // namespace fantascope::ui
