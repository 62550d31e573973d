#include "ui/components/sheet_cache.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QImageReader>
#include <algorithm>
#include <cmath>

namespace fantascope::ui {
namespace {

constexpr int kReaderNice = 5;         // before the engine's threads, behind the window
constexpr int kSidePixelsMax = 32768;  // a file that claims more is not one of ours

QString key_of(const QString& path, SheetPart part) { return (part == SheetPart::kWhole ? QLatin1Char('w') : QLatin1Char('f')) + path; }

}  // namespace

Sheet read_sheet(const QString& path, double aspect, SheetPart part) {
  QImageReader reader(path);
  const QSize size = reader.size();
  if (size.isEmpty() || size.width() > kSidePixelsMax || size.height() > kSidePixelsMax || !(aspect > 0)) return {};
  const int cells = std::max(1, static_cast<int>(std::lround(size.width() / (size.height() * aspect))));
  if (part == SheetPart::kFirstCell) reader.setClipRect(QRect(0, 0, std::max(1, size.width() / cells), size.height()));
  // The format that both the painter and the scene graph take without converting it again.
  return {reader.read().convertToFormat(QImage::Format_RGB32), cells};
}

SheetCache::SheetCache() : sheets_(kBytesMax), thread_([this](std::stop_token stop) { work(stop); }) {}

SheetCache::~SheetCache() {
  thread_.request_stop();
  wake_.notify_all();
  thread_.join();
}

SheetCache& SheetCache::shared() {
  // Ends with the application, before Qt's image plugins do.
  static auto* cache = [] {
    auto* made = new SheetCache;
    made->setParent(QCoreApplication::instance());
    return made;
  }();
  return *cache;
}

const Sheet* SheetCache::get(const QString& path, double aspect, SheetPart part, QObject* owner, Arrived arrived) {
  const QString key = key_of(path, part);
  if (const Sheet* sheet = sheets_.object(key)) {
    waiting_.erase(owner);
    return sheet;
  }
  const bool known = std::ranges::any_of(waiting_, [&](const auto& entry) { return entry.second.key == key; });
  waiting_[owner] = {key, owner, std::move(arrived)};
  if (known) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(questions_, [&](const Question& question) {
      return std::ranges::none_of(waiting_, [&](const auto& entry) { return entry.second.key == question.key; });
    });
    questions_.push_back({key, path, aspect, part});
  }
  wake_.notify_one();
  return nullptr;
}

void SheetCache::forget(QObject* owner) { waiting_.erase(owner); }

void SheetCache::work(std::stop_token stop) {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kReaderNice);
  while (true) {
    Question question;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !questions_.empty(); })) return;
      question = std::move(questions_.back());
      questions_.pop_back();
    }
    Sheet sheet = read_sheet(question.path, question.aspect, question.part);
    QMetaObject::invokeMethod(
        this, [this, key = question.key, sheet = std::move(sheet)] { take(key, sheet); }, Qt::QueuedConnection);
  }
}

void SheetCache::take(const QString& key, Sheet sheet) {
  ++num_read_;
  std::vector<Waiting> theirs;
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    if (entry->second.key != key) {
      ++entry;
      continue;
    }
    theirs.push_back(std::move(entry->second));
    entry = waiting_.erase(entry);
  }
  // A file that cannot be read is not kept: it may be there the next time.
  if (!sheet.picture.isNull()) sheets_.insert(key, new Sheet(sheet), sheet.picture.sizeInBytes());
  for (const Waiting& one : theirs)
    if (one.owner) one.arrived(sheet);
}

}  // namespace fantascope::ui
