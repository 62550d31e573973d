#pragma once
/// The storyboard: shots in order, each with its words, its length and the take that stands for it, and one text for all. Every change is
/// kept at once and can be undone. GUI thread only.
#include <QAbstractListModel>
#include <QVariantList>
#include <nlohmann/json.hpp>

#include "ui/bridge/studio_context.h"

namespace fantascope::ui {

class StoryboardModel final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(QString world READ world WRITE setWorld NOTIFY changed)
  Q_PROPERTY(int count READ count NOTIFY changed)
  Q_PROPERTY(int missing READ missing NOTIFY changed)
  Q_PROPERTY(QString lengthText READ lengthText NOTIFY changed)
 public:
  enum Role {
    ShotIdRole = Qt::UserRole + 1,
    NumberRole,
    PromptRole,
    SecondsRole,
    TakeIdRole,
    ClipRole,
    FilmstripRole,
    FramesRole,
    SizeRole,
    LengthRole,
    FollowsRole,  ///< its first frame is the last one of the shot before it
    WaitsRole,    ///< it is made as soon as the shot before it has a take
  };
  explicit StoryboardModel(StudioContext& context, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(shots_.size()); }
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  QString world() const { return world_; }
  void setWorld(const QString& text);
  int count() const { return rowCount(); }
  int missing() const;
  QString lengthText() const;

  Q_INVOKABLE void addShot(const QString& prompt);
  Q_INVOKABLE void setPrompt(int row, const QString& prompt);
  Q_INVOKABLE void setSeconds(int row, double seconds);
  Q_INVOKABLE void setFollows(int row, bool follows);
  Q_INVOKABLE void move(int row, int by);
  Q_INVOKABLE void remove(int row);
  Q_INVOKABLE void generate(int row);
  Q_INVOKABLE void generateMissing();
  Q_INVOKABLE void openShot(int row);
  /// The words that go to the model: the shot's and the text for all.
  Q_INVOKABLE QString wholePrompt(int row) const;
  Q_INVOKABLE QVariantMap get(int row) const;

 Q_SIGNALS:
  void changed();

 private:
  void refresh();
  std::string project() const;  ///< the open one's id; empty: all
  void ask(const char* name, nlohmann::json arguments);
  void setForm(int row, const QString& field, const QVariant& value, const QString& undo_text);
  void add(int row, const QString& image);
  void addWaiting();
  void setOrder(const QStringList& ids, const QString& undo_text);
  QStringList order() const;

  StudioContext& context_;
  QVariantList shots_;
  QString world_;
  QStringList waiting_;  ///< shots that wait for a take of the one before them, for as long as the window is open
};

}  // namespace fantascope::ui
