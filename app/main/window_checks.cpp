#include "app/main/window_checks.h"

#include <unistd.h>

#include <QAccessible>
#include <QGuiApplication>
#include <QImage>
#include <QQuickItem>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "ui/bridge/navigator.h"
#include "ui/bridge/preferences.h"

namespace fantascope {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr int kHeart_ms = 5;
constexpr int kPixelsMin = 9;

struct ShownText {
  QQuickItem* item;
  QString text;
  QRectF rect;     // what is painted, in window coordinates
  QRectF visible;  // the same, cut by clipping parents
};

bool is_text(const QQuickItem& item) {
  return item.inherits("QQuickText") || item.inherits("QQuickTextInput") || item.inherits("QQuickTextEdit");
}

/// The rectangle of the window in which this item can be seen.
QRectF sight(const QQuickItem& item, const QRectF& window) {
  QRectF rect = window;
  for (const QQuickItem* parent = item.parentItem(); parent != nullptr; parent = parent->parentItem())
    if (parent->clip()) rect &= parent->mapRectToScene(QRectF(0, 0, parent->width(), parent->height()));
  return rect;
}

double opacity_of(const QQuickItem& item) {
  double opacity = 1;
  for (const QQuickItem* parent = &item; parent != nullptr; parent = parent->parentItem()) opacity *= parent->opacity();
  return opacity;
}

void collect(QQuickItem& item, const QRectF& window, std::vector<ShownText>& texts) {
  if (!item.isVisible()) return;
  if (is_text(item) && opacity_of(item) > 0.1) {
    const QString text = item.property("text").toString();
    QSizeF painted(item.property("paintedWidth").toDouble(), item.property("paintedHeight").toDouble());
    if (painted.isEmpty()) painted = {item.property("contentWidth").toDouble(), item.property("contentHeight").toDouble()};
    const int across = item.property("horizontalAlignment").toInt(), down = item.property("verticalAlignment").toInt();
    const double left = item.property("leftPadding").toDouble(), top = item.property("topPadding").toDouble();
    const double x = across == Qt::AlignHCenter ? (item.width() - painted.width()) / 2
                     : across == Qt::AlignRight ? item.width() - painted.width()
                                                : left;
    const double y = down == Qt::AlignVCenter  ? (item.height() - painted.height()) / 2
                     : down == Qt::AlignBottom ? item.height() - painted.height()
                                               : top;
    const QRectF rect = item.mapRectToScene(QRectF(QPointF(x, y), painted));
    const QRectF visible = rect & sight(item, window);
    if (!text.isEmpty() && !visible.isEmpty()) texts.push_back({&item, text, rect, visible});
  }
  for (QQuickItem* child : item.childItems()) collect(*child, window, texts);
}

/// The window's own items, or what lies over them if a popup is open.
std::vector<ShownText> shown_texts(QQuickWindow& window) {
  std::vector<ShownText> texts;
  collect(*window.contentItem(), QRectF(QPointF(0, 0), QSizeF(window.size())), texts);
  return texts;
}

bool in_flickable(const QQuickItem& item) {
  for (const QQuickItem* parent = item.parentItem(); parent != nullptr; parent = parent->parentItem())
    if (parent->inherits("QQuickFlickable")) return true;
  return false;
}

bool in_button(const QQuickItem& item) {
  for (const QQuickItem* parent = item.parentItem(); parent != nullptr; parent = parent->parentItem())
    if (parent->inherits("QQuickAbstractButton")) return true;
  return false;
}

/// What a person can see clearly: an open popup alone, else everything.
std::vector<ShownText> texts_in_front(QQuickWindow& window) {
  for (QQuickItem* item : window.contentItem()->childItems()) {
    if (!item->inherits("QQuickOverlay") || !item->isVisible()) continue;
    std::vector<ShownText> texts;
    collect(*item, QRectF(QPointF(0, 0), QSizeF(window.size())), texts);
    if (!texts.empty()) return texts;
  }
  return shown_texts(window);
}

json layout_problems(QQuickWindow& window) {
  json problems = json::array();
  const auto add = [&problems](const char* kind, const QString& text, const QRectF& rect, const QString& with = {}) {
    problems.push_back({{"kind", kind},
                        {"text", text.left(80).toStdString()},
                        {"with", with.left(80).toStdString()},
                        {"rect", {qRound(rect.x()), qRound(rect.y()), qRound(rect.width()), qRound(rect.height())}}});
  };
  const std::vector<ShownText> texts = texts_in_front(window);
  for (const ShownText& text : texts) {
    // Names of takes and prompts may be elided; words of the program may not.
    if (text.item->property("truncated").toBool() && in_button(*text.item)) add("elided", text.text, text.rect);
    if (text.item->property("truncated").toBool() && !in_button(*text.item) && !text.item->property("mayElide").toBool())
      add("shortened", text.text, text.rect);
    if (text.item->inherits("QQuickText")) {
      if (text.rect.width() > text.visible.width() + 1.5 && !in_flickable(*text.item)) add("clipped", text.text, text.rect);
      if (text.item->property("fontInfo").isValid() && text.item->property("font").value<QFont>().pixelSize() < kPixelsMin)
        add("too small", text.text, text.rect);
    }
  }
  for (std::size_t a = 0; a < texts.size(); ++a) {
    for (std::size_t b = a + 1; b < texts.size(); ++b) {
      const QRectF both = texts[a].visible.adjusted(1, 2, -1, -2) & texts[b].visible.adjusted(1, 2, -1, -2);
      const bool nested = texts[a].item->isAncestorOf(texts[b].item) || texts[b].item->isAncestorOf(texts[a].item);
      if (both.width() > 2 && both.height() > 2 && !nested) add("overlap", texts[a].text, both, texts[b].text);
    }
  }
  return problems;
}

QQuickItem* find_item(QQuickItem& item, const QString& name) {
  if (!item.isVisible()) return nullptr;
  if (item.objectName() == name) return &item;
  if (QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&item);
      accessible != nullptr && accessible->isValid() && accessible->text(QAccessible::Name) == name)
    return &item;
  for (QQuickItem* child : item.childItems())
    if (QQuickItem* found = find_item(*child, name)) return found;
  return nullptr;
}

/// What a screen reader is told of it, and where it is.
json control_to_json(QQuickItem& item) {
  const QRectF rect = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()));
  QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&item);
  const bool known = accessible != nullptr && accessible->isValid();
  return {{"name", known ? accessible->text(QAccessible::Name).toStdString() : ""},
          {"role", known ? static_cast<int>(accessible->role()) : 0},
          {"type", item.metaObject()->className()},
          {"object", item.objectName().toStdString()},
          {"id", std::to_string(reinterpret_cast<std::uintptr_t>(&item))},
          {"rect", {qRound(rect.x()), qRound(rect.y()), qRound(rect.width()), qRound(rect.height())}}};
}

void collect_controls(QQuickItem& item, json& controls) {
  if (!item.isVisible() || !item.isEnabled()) return;
  // A scope passes the keys on to what is in it.
  if (item.activeFocusOnTab() && !item.isFocusScope()) controls.push_back(control_to_json(item));
  if (item.activeFocusOnTab() && item.isFocusScope() && item.inherits("QQuickControl")) controls.push_back(control_to_json(item));
  for (QQuickItem* child : item.childItems()) collect_controls(*child, controls);
}

json controls_in_front(QQuickWindow& window) {
  json controls = json::array();
  for (QQuickItem* item : window.contentItem()->childItems())
    if (item->inherits("QQuickOverlay") && item->isVisible()) collect_controls(*item, controls);
  if (controls.empty()) collect_controls(*window.contentItem(), controls);
  return controls;
}

}  // namespace

QUrl UrlsFromFolder::intercept(const QUrl& url, DataType) {
  const QString text = url.toString();
  if (folder_.startsWith("qrc:"_L1) || !text.startsWith("qrc:/qt/qml/Fantascope/"_L1)) return url;
  return QUrl::fromLocalFile(folder_ + text.mid(static_cast<int>(qstrlen("qrc:/qt/qml"))));
}

WindowChecks::WindowChecks(QQuickWindow& window, ui::Shell& shell, ui::Operations& operations)
    : window_(window), shell_(shell), operations_(operations) {
  if (qEnvironmentVariableIsEmpty("FANTASCOPE_WINDOW_TEST")) return;
  heart_.setTimerType(Qt::PreciseTimer);
  heart_.setInterval(kHeart_ms);
  stalls_ = std::make_unique<StallWatch>(
      kHeart_ms, qEnvironmentVariableIsEmpty("FANTASCOPE_STALL_STACKS") ? StallWatch::Backtraces::kNo : StallWatch::Backtraces::kYes);
  frames_ = std::make_unique<FrameWatch>(window_);
  connect(&heart_, &QTimer::timeout, this, [this] {
    if (loop_s_ == 0) loop_s_ = monotonic_s();
    stalls_->beat();
  });
  connect(&operations_, &ui::Operations::readyChanged, this, [this] { ready_s_ = monotonic_s(); });
  heart_.start();
  input_ = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
  connect(input_.get(), &QSocketNotifier::activated, this, [this] {
    char buffer[4096];
    const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (size <= 0) {
      input_->setEnabled(false);
      return;
    }
    typed_.append(buffer, size);
    for (qsizetype end = typed_.indexOf('\n'); end >= 0; end = typed_.indexOf('\n')) {
      const QString line = QString::fromUtf8(typed_.left(end));
      typed_.remove(0, end + 1);
      answer(line);
    }
  });
}

void WindowChecks::answer(const QString& line) {
  stalls_->beat();  // what came before the question counts
  const qsizetype space = line.indexOf(QLatin1Char(' '));
  const QString word = space < 0 ? line : line.left(space), rest = space < 0 ? QString() : line.mid(space + 1);
  json reply = json::object();
  if (word == "where"_L1) {
    if (QQuickItem* item = find_item(*window_.contentItem(), rest)) {
      const QRectF rect = item->mapRectToScene(QRectF(0, 0, item->width(), item->height()));
      reply = {{"x", rect.x()}, {"y", rect.y()}, {"width", rect.width()}, {"height", rect.height()}, {"enabled", item->isEnabled()}};
    }
  } else if (word == "layout"_L1) {
    reply["problems"] = layout_problems(window_);
  } else if (word == "focus"_L1) {
    if (QQuickItem* item = window_.activeFocusItem()) reply = control_to_json(*item);
  } else if (word == "controls"_L1) {
    reply["controls"] = controls_in_front(window_);
  } else if (word == "texts"_L1) {
    reply["texts"] = json::array();
    for (const ShownText& text : shown_texts(window_)) reply["texts"].push_back(text.text.toStdString());
  } else if (word == "grab"_L1) {
    reply["file"] = window_.grabWindow().save(rest) ? rest.toStdString() : "";
  } else if (word == "route"_L1) {
    auto* navigator = qobject_cast<ui::Navigator*>(shell_.navigator());
    if (!rest.isEmpty()) navigator->go(rest);
    reply["route"] = navigator->route().toStdString();
  } else if (word == "set"_L1) {
    const qsizetype gap = rest.indexOf(QLatin1Char(' '));
    qobject_cast<ui::Preferences*>(shell_.preferences())->setValue(rest.left(gap), rest.mid(gap + 1));
  } else if (word == "run"_L1) {
    reply["done"] = shell_.run(rest);
  } else if (word == "ready"_L1) {
    reply["ready"] = operations_.ready();
  } else if (word == "quit"_L1) {
    QGuiApplication::quit();
  } else {
    reply = answerOfTimes(word, rest);
  }
  std::printf("%s\n", reply.dump().c_str());
  std::fflush(stdout);
  stalls_->forgive();
}

json WindowChecks::answerOfTimes(const QString& word, const QString& rest) {
  if (word == "stall"_L1) return stalls_->report();
  if (word == "frames"_L1) return frames_->frames();
  if (word == "scrolling"_L1) return {{"left", frames_->scrollsLeft()}};
  if (word == "followed"_L1) return {{"changes", frames_->followed()}};
  if (word == "clock"_L1) return {{"loop_s", loop_s_}, {"first_frame_s", frames_->firstFrame_s()}, {"ready_s", ready_s_}};
  const QStringList words = rest.split(QLatin1Char(' '));
  QQuickItem* item = find_item(*window_.contentItem(), words.constFirst());
  if (item != nullptr && word == "follow"_L1) frames_->follow(*item);
  if (item != nullptr && word == "scroll"_L1 && words.size() == 3) frames_->scroll(*item, words[1].toDouble(), words[2].toInt());
  return {{"found", item != nullptr}};
}

}  // namespace fantascope
