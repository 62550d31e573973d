#include "app/operations/frame_operations.h"

#include <filesystem>

#include "app/files/file_system.h"
#include "app/library/take_store.h"
#include "app/media/clip_reader.h"
#include "app/media/image.h"
#include "app/operations/internal/job_order.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

Result<json> run_frame(OperationContext& context, const json& arguments) {
  const std::string wanted = arguments["take"];
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr)
    return Error{ErrorCode::kNotFound, "the library is empty", "take", wanted.substr(0, 40), "", "Generate a first clip"};
  FANTASCOPE_TRY(const Take take, TakeStore(*database).find_by_text(wanted));
  const int frame = arguments.value("frame", take.num_frames);
  if (frame < 1 || frame > take.num_frames) {
    return Error{ErrorCode::kInvalidArgument,
                 "the take has no such frame",
                 "frame",
                 std::to_string(frame),
                 "1 to " + std::to_string(take.num_frames),
                 "Leave it out for the last one"};
  }
  const Home& home = context.studio.home();
  std::string path = arguments.value("out", "");
  if (path.empty()) {
    FANTASCOPE_TRY_VOID(create_home(home));
    FANTASCOPE_TRY_VOID(create_private_dir(home.references()));
    path = home.references() + "/" + take.take_id.text() + "-" + std::to_string(frame) + ".png";
  }
  const json answer = {{"take_id", take.take_id.text()}, {"frame", frame}, {"path", path}};
  std::error_code error;
  if (!arguments.contains("out") && fs::exists(path, error)) return answer;
  FANTASCOPE_TRY(const VideoFrames frames, read_frames(take_dir(home, take.take_id) + "/clip.mp4", frame));
  if (frames.num_frames < frame) {
    return Error{ErrorCode::kBadFile,
                 "the clip ends before this frame",
                 take_dir(home, take.take_id) + "/clip.mp4",
                 std::to_string(frames.num_frames) + " frames",
                 std::to_string(take.num_frames) + " frames",
                 "fantascope library check looks at the whole library"};
  }
  FANTASCOPE_TRY_VOID(write_png(path, frame_image(frames, frame - 1)));
  return answer;
}

}  // namespace

std::span<const Operation> frame_operations() {
  static const Operation kAll[] = {
      {{"library frame",
        "write one frame of a take as a PNG picture",
        {{.name = "take",
          .type = ParamType::kText,
          .help = "id of the take, or how it starts",
          .value_name = "TAKE",
          .positional = true,
          .required = true},
         {.name = "frame",
          .type = ParamType::kInteger,
          .help = "its number, counted from 1; the last one if left out",
          .value_name = "N",
          .min = 1,
          .max = 1'000'000},
         {.name = "out", .type = ParamType::kText, .help = "where to; if left out a place in the home", .value_name = "FILE"}}},
       run_frame},
  };
  return kAll;
}

}  // namespace fantascope
