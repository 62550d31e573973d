#pragma once
/// The door of the window to everything below it: questions by name with JSON in and out, pictures, and news of jobs. The window links
/// Qt only; what answers (operations, library, engine) is made in app/main, in a library that is loaded after the first frame, and
/// by tests as a table of answers. Any thread may ask; answers and news come on threads of the backend and must return at once.
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/clip.h"
#include "engine/base/result.h"

namespace fantascope::ui {

/// Questions in one lane are answered in order; a slow lane (export, checking a library) never holds up a quick one.
enum class Lane { kQuick, kEstimate, kSlow };

/// A clip's frames as they are painted, and its sound.
struct DecodedClip {
  int width = 0, height = 0;
  Rational fps;
  std::vector<std::vector<std::uint8_t>> frames;  ///< RGB, 8 bits, row-major
  Waveform sound;                                 ///< empty if the clip has none
};
using ClipPointer = std::shared_ptr<const DecodedClip>;
using PicturePointer = std::shared_ptr<const RgbImage>;

/// What the backend tells by itself.
class BackendListener {
 public:
  virtual ~BackendListener() = default;
  /// The engine's library is loaded; `error` is empty if all went well.
  virtual void on_ready(const std::string& error) = 0;
  /// A job as "queue list" shows it, with progress fields where it runs. Also sent when it ends.
  virtual void on_job(nlohmann::json job) = 0;
  virtual void on_picture(const std::string& job_id, PicturePointer picture) = 0;
  /// Takes were published or changed (also by another program).
  virtual void on_takes_changed() = 0;
};

class Backend {
 public:
  using Answer = std::function<void(Result<nlohmann::json>)>;
  using ClipAnswer = std::function<void(Result<ClipPointer>)>;

  virtual ~Backend() = default;
  /// Operations of app/operations by name, and the window's own questions ("view takes", …: app/operations/views.h).
  virtual void ask(Lane lane, const std::string& name, nlohmann::json arguments, Answer answer) = 0;
  virtual void read_clip(const std::string& path, ClipAnswer answer) = 0;
};

}  // namespace fantascope::ui
