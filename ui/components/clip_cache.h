#pragma once
/// Decoded clips for painting, shared by every view of the same file. Whole clips are held (our clips are short); the least recently used
/// that no view shows are let go beyond half a gigabyte. GUI thread only; decoding happens in the backend.
#include <QHash>
#include <QObject>

#include "ui/bridge/operations.h"

namespace fantascope::ui {

/// One file: empty until it is decoded.
class ClipHandle final : public QObject {
  Q_OBJECT
  Q_PROPERTY(bool ready READ ready NOTIFY readyChanged)
  Q_PROPERTY(QString problem READ problem NOTIFY readyChanged)
  Q_PROPERTY(int frames READ frames NOTIFY readyChanged)
  Q_PROPERTY(double fps READ fps NOTIFY readyChanged)
  Q_PROPERTY(int width READ width NOTIFY readyChanged)
  Q_PROPERTY(int height READ height NOTIFY readyChanged)
  Q_PROPERTY(bool hasSound READ hasSound NOTIFY readyChanged)
 public:
  ClipHandle(QString path, QObject* parent) : QObject(parent), path_(std::move(path)) {}
  const QString& path() const { return path_; }
  const ClipPointer& clip() const { return clip_; }
  bool ready() const { return clip_ != nullptr; }
  QString problem() const { return problem_; }
  int frames() const { return clip_ ? static_cast<int>(clip_->frames.size()) : 0; }
  double fps() const { return clip_ ? clip_->fps.value() : 0; }
  int width() const { return clip_ ? clip_->width : 0; }
  int height() const { return clip_ ? clip_->height : 0; }
  bool hasSound() const { return clip_ && clip_->sound.num_samples > 0; }
  std::size_t bytes() const { return clip_ ? clip_->frames.size() * static_cast<std::size_t>(3 * clip_->width * clip_->height) : 0; }
  void set(ClipPointer clip, const QString& problem);

 Q_SIGNALS:
  void readyChanged();

 private:
  friend class ClipCache;
  QString path_, problem_;
  ClipPointer clip_;
  qint64 used_ = 0;
  bool asked_ = false;
};

class ClipCache final : public QObject {
  Q_OBJECT
 public:
  static constexpr std::size_t kBytesMax = std::size_t{512} << 20;
  explicit ClipCache(Operations& operations, QObject* parent = nullptr) : QObject(parent), operations_(operations) {}
  /// The handle of a file, which starts being decoded if it is not; null for an empty path. Owned by the cache.
  Q_INVOKABLE fantascope::ui::ClipHandle* clip(const QString& path);

 private:
  void letGo();

  Operations& operations_;
  QHash<QString, ClipHandle*> clips_;
  qint64 clock_ = 0;
};

}  // namespace fantascope::ui
