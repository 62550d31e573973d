#pragma once
/// Filmstrips as decoded pictures, shared by all views: one JPEG holds a take's cells side by side. A card at rest needs the first cell
/// only, and that is what is kept of it; the whole sheet is decoded when a pointer moves over it. Files are read on one thread of low
/// priority, newest question first, and questions that nobody waits for any more are dropped, so that scrolling never queues up work. GUI
/// thread only.
#include <QCache>
#include <QImage>
#include <QObject>
#include <QPointer>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace fantascope::ui {

struct Sheet {
  QImage picture;  ///< the first cell or the whole sheet; null if the file cannot be read
  int cells = 1;   ///< of the whole sheet
};

enum class SheetPart { kFirstCell, kWhole };

/// Reads a sheet of cells of this aspect (width / height). Any thread.
Sheet read_sheet(const QString& path, double aspect, SheetPart part);

class SheetCache final : public QObject {
 public:
  using Arrived = std::function<void(const Sheet&)>;
  static constexpr qsizetype kBytesMax = qsizetype{64} << 20;

  SheetCache();
  ~SheetCache() override;
  /// The one that all views of the program share.
  static SheetCache& shared();

  /// The sheet if it is here. Else null, and `arrived` is called once it is, unless `owner` is gone or has asked for another by then.
  const Sheet* get(const QString& path, double aspect, SheetPart part, QObject* owner, Arrived arrived);
  /// Nothing is waited for by this owner any more.
  void forget(QObject* owner);
  /// How many files were read; for tests.
  int numRead() const { return num_read_; }

 private:
  struct Question {
    QString key, path;
    double aspect;
    SheetPart part;
  };
  struct Waiting {
    QString key;
    QPointer<QObject> owner;
    Arrived arrived;
  };
  void work(std::stop_token stop);
  void take(const QString& key, Sheet sheet);

  QCache<QString, Sheet> sheets_;
  std::map<QObject*, Waiting> waiting_;
  int num_read_ = 0;
  std::mutex mutex_;  // guards questions_
  std::condition_variable_any wake_;
  std::vector<Question> questions_;  ///< newest last
  std::jthread thread_;              // last: it uses what stands above
};

}  // namespace fantascope::ui
