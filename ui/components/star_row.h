#pragma once
/// Five stars, some of them filled, as one picture: a grid of cards has hundreds. Painted once for each look and shared. GUI thread.
#include <QColor>
#include <QImage>
#include <QQuickItem>

namespace fantascope::ui {

class StarRow : public QQuickItem {
  Q_OBJECT
  Q_PROPERTY(int stars MEMBER stars_ NOTIFY changed)
  Q_PROPERTY(int size MEMBER size_ NOTIFY changed)     ///< of one star; 2 pixels lie between
  Q_PROPERTY(QColor full MEMBER full_ NOTIFY changed)  ///< of filled stars
  Q_PROPERTY(QColor empty MEMBER empty_ NOTIFY changed)
  Q_PROPERTY(bool faint MEMBER faint_ NOTIFY changed)  ///< empty ones half seen
 public:
  explicit StarRow(QQuickItem* parent = nullptr);
  static constexpr int kGap = 2;
  /// Which star lies at x, 1 to 5.
  Q_INVOKABLE int starAt(double x) const;

 Q_SIGNALS:
  void changed();

 protected:
  QSGNode* updatePaintNode(QSGNode* old, UpdatePaintNodeData* data) override;
  void componentComplete() override;
  void itemChange(ItemChange change, const ItemChangeData& data) override;

 private:
  void refresh();

  int stars_ = 0, size_ = 12;
  QColor full_ = Qt::white, empty_ = Qt::gray;
  bool faint_ = false, picture_changed_ = false;
  QImage picture_;
};

}  // namespace fantascope::ui
