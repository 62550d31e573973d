#include "app/main/desktop_shelf.h"

#include "app/library/shelf_json.h"
#include "app/main/work_thread.h"
#include "app/settings/home.h"

namespace fantascope {
namespace {

class ShelfBackend final : public ui::Backend {
 public:
  ShelfBackend(std::unique_ptr<Database> database, const Home& home) : database_(std::move(database)), takes_dir_(home.takes()) {}

  void ask(ui::Lane, const std::string& name, nlohmann::json arguments, Answer answer) override {
    thread_.post([this, name, arguments = std::move(arguments), answer = std::move(answer)] {
      try {
        answer(name == kShelfQuestions[0] ? shelf_takes(*database_, arguments) : shelf_rows(*database_, takes_dir_, arguments));
      } catch (const nlohmann::json::exception& error) {
        answer(Error{ErrorCode::kInvalidArgument, "a field has the wrong type", name, error.what(), "", ""});
      }
    });
  }
  void read_clip(const std::string& path, ClipAnswer answer) override {
    answer(Error{ErrorCode::kUnsupported, "the engine is not loaded yet", path, "", "", ""});
  }

 private:
  std::unique_ptr<Database> database_;
  std::string takes_dir_;
  WorkThread thread_;  // last: it uses what stands above
};

}  // namespace
}  // namespace fantascope

fantascope::ui::Backend* fantascope_open_shelf(const std::string& home_dir) {
  using fantascope::Database;
  auto database = Database::open(home_dir, Database::Access::kReadOnly);
  return database ? new fantascope::ShelfBackend(*std::move(database), {home_dir}) : nullptr;
}
