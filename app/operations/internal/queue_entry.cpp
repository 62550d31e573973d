#include "app/operations/internal/queue_entry.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "app/operations/internal/job_order.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace {

constexpr double kStallFactor = 3, kStallAfter_s = 120, kStallUnknown_s = 1200;
constexpr double kOwnerSilence_s = 30;

}  // namespace

QueueEntry to_entry(const Job& job) {
  QueueEntry entry;
  entry.job_id = job.job_id.text();
  entry.take_id = job.take_id.text();
  entry.kind = job.kind;
  entry.state = job.state;
  entry.phase = job.phase;
  entry.step = job.step;
  entry.num_steps = job.num_steps;
  entry.position = job.position;
  entry.reason = job.reason;
  entry.error_code = job.error_code;
  entry.error_message = job.error_message;
  entry.crashes = job.crashes;
  entry.pause_wanted = job.pause_wanted;
  entry.wait_folder = job.wait_folder;
  entry.wait_bytes = job.wait_bytes;
  entry.created_ms = job.created_ms;
  entry.changed_ms = job.changed_ms;
  if (job.state == JobState::kRunning || job.state == JobState::kCanceling) {
    const std::int64_t now = monotonic_ms();
    entry.runs_here = job.owner == this_process();
    entry.silent_s = std::max<double>(0, static_cast<double>(now - job.progress_ms) / 1000);
    const double usual_s = static_cast<double>(job.usual_step_ms) / 1000;
    const double allowed_s = usual_s > 0 ? std::max(kStallAfter_s, kStallFactor * usual_s) : kStallUnknown_s;
    entry.is_stalled = entry.silent_s > allowed_s || static_cast<double>(now - job.heartbeat_ms) / 1000 > kOwnerSilence_s;
  }
  if (const auto order = order_from_text(job.recipe, "job")) {
    const Recipe& recipe = order->recipe;
    entry.prompt = recipe.prompt;
    entry.model = recipe.model;
    entry.size = PixelSize{recipe.width, recipe.height}.to_string();
    entry.fps = recipe.fps.to_string();
    entry.frames = recipe.frames;
    entry.seed = recipe.seed;
    entry.duration_s = recipe.frames / recipe.fps.value();
    entry.steps = recipe.steps;
    entry.guidance = recipe.guidance.guidance_scale;
    entry.negative = recipe.negative.value_or("");
    entry.dtype = recipe.dtype;
    entry.parent_take = order->parent_take;
    entry.relation = order->relation;
  }
  return entry;
}

nlohmann::json QueueEntry::to_json() const {
  nlohmann::json row = {{"job_id", job_id},
                        {"kind", kind},
                        {"state", job_state_name(state)},
                        {"phase", job_phase_name(phase)},
                        {"step", step},
                        {"num_steps", num_steps},
                        {"take_id", take_id},
                        {"crashes", crashes},
                        {"created_ms", created_ms},
                        {"changed_ms", changed_ms}};
  if (!model.empty()) {
    row["prompt"] = prompt;
    row["model"] = model;
    row["size"] = size;
    row["frames"] = frames;
    row["fps"] = fps;
    row["duration_s"] = duration_s;
    row["seed"] = seed;
    row["steps"] = steps;
    row["guidance"] = guidance;
    row["dtype"] = dtype;
    if (!negative.empty()) row["negative"] = negative;
    if (!parent_take.empty()) row["parent"] = {{"take_id", parent_take}, {"relation", relation}};
  }
  if (!reason.empty()) row["reason"] = reason;
  if (!error_code.empty()) row["error"] = {{"code", error_code}, {"message", error_message}};
  if (!wait_folder.empty()) row["waits_for"] = {{"folder", wait_folder}, {"bytes", wait_bytes}};
  if (state == JobState::kRunning || state == JobState::kCanceling) {
    row["pause_wanted"] = pause_wanted;
    row["silent_s"] = silent_s;
    row["stalled"] = is_stalled;
  }
  return row;
}

QueueRule to_rule(const QueueRuleRow& row) { return {row.held, row.from_minute, row.until_minute, row.load_max}; }

nlohmann::json QueueRule::to_json() const {
  nlohmann::json json = {{"held", held}, {"from", nullptr}, {"until", nullptr}, {"load_max", nullptr}};
  if (from_minute >= 0) json["from"] = minute_text(from_minute);
  if (until_minute >= 0) json["until"] = minute_text(until_minute);
  if (load_max >= 0) json["load_max"] = load_max;
  return json;
}

std::string minute_text(int minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return text;
}

Result<int> parse_minute(const std::string& text, const std::string& field) {
  int hour = -1, minute = -1;
  const auto colon = text.find(':');
  const auto number = [&](std::size_t from, std::size_t to, int& value) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + to, value);
    return error == std::errc{} && end == text.data() + to && to - from <= 2;
  };
  if (colon != std::string::npos && colon > 0 && number(0, colon, hour) && text.size() == colon + 3 &&
      number(colon + 1, text.size(), minute) && hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59)
    return hour * 60 + minute;
  return Error{ErrorCode::kInvalidArgument,
               "this is not a time of day",
               field,
               "\"" + shown_safely(text.substr(0, 20)) + "\"",
               "hours and minutes, such as 22:00",
               ""};
}

std::string why_waiting(const QueueRule& rule, int minute_of_day, double load_average, double own_load) {
  if (rule.held) return "the queue is paused";
  if (rule.from_minute >= 0 && rule.until_minute >= 0 && rule.from_minute != rule.until_minute) {
    const bool inside = rule.from_minute < rule.until_minute ? minute_of_day >= rule.from_minute && minute_of_day < rule.until_minute
                                                             : minute_of_day >= rule.from_minute || minute_of_day < rule.until_minute;
    if (!inside) return "jobs run between " + minute_text(rule.from_minute) + " and " + minute_text(rule.until_minute);
  }
  if (rule.load_max >= 0 && load_average - own_load > rule.load_max) {
    char text[96];
    std::snprintf(text, sizeof text, "the machine is busy (load %.1f, jobs run up to %.1f)", std::max(0.0, load_average - own_load),
                  rule.load_max);
    return text;
  }
  return {};
}

GeneratedTake to_take(const Studio& studio, const Job& job, const FinishedJob& finished) {
  GeneratedTake made;
  made.take_id = job.take_id.text();
  made.job_id = job.job_id.text();
  if (finished.take) made.path = take_dir(studio.home(), job.take_id) + "/clip.mp4";
  made.out_path = finished.out_path;
  made.out_error = finished.out_error;
  made.recipe = finished.recipe;
  made.duration_s = finished.duration_s;
  made.recipe_sha256 = finished.recipe_sha256;
  made.latents_sha256 = finished.latents_sha256;
  made.unsigned_sha256 = finished.unsigned_sha256;
  made.timings_s = finished.timings_s;
  made.warnings = finished.warnings;
  made.parent_take = finished.parent_take;
  made.relation = finished.relation;
  made.seams = finished.seams;
  return made;
}

}  // namespace fantascope
