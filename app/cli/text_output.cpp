#include "app/cli/text_output.h"

#include <cstdio>
#include <functional>
#include <map>
#include <sstream>

#include "app/cli/progress_printer.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace {

using nlohmann::json;

/// A field as safe text, whatever its type; empty if it is not there.
std::string field(const json& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || object[key].is_null()) return {};
  return shown_safely(object[key].is_string() ? object[key].get<std::string>() : object[key].dump());
}

double number(const json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_number() ? object[key].get<double>() : 0.0;
}

std::string mebibytes(const json& object, const char* key) {
  return std::to_string(static_cast<long long>(number(object, key) / (1 << 20))) + " MiB";
}

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string one_take(const json& take) {
  std::string text = field(take, "path") + "\n  " + cut(field(take, "prompt"), 300) + "\n  " + field(take, "model") + ", " +
                     field(take, "size") + ", " + field(take, "frames") + " frames at " + field(take, "fps") + " fps, " +
                     field(take, "steps") + " steps, seed " + field(take, "seed") + "\n  ";
  for (const auto& [name, seconds] : take["timings_s"].items()) {
    if (name != "total") text += name + " " + duration_text(seconds.get<double>()) + ", ";
  }
  text += "total " + duration_text(number(take["timings_s"], "total")) + ", peak memory " + mebibytes(take, "peak_memory_bytes") + "\n";
  for (const json& warning : take["warnings"]) text += "  note: " + shown_safely(warning.get<std::string>()) + "\n";
  if (take.contains("out")) text += "  copied to " + field(take, "out") + "\n";
  return text + "  take " + field(take, "take_id") + "\n";
}

std::string generate_text(const json& response) {
  if (!response.contains("takes")) return one_take(response);
  std::string text;
  for (const json& take : response["takes"]) text += one_take(take);
  return text;
}

std::string estimate_text(const json& response) {
  std::string text = field(response, "model") + ", " + field(response, "size") + ", " + field(response, "frames") + " frames at " +
                     field(response, "fps") + " fps, " + field(response, "steps") + " steps\n";
  if (const json& run = response["run"]; field(response, "action") != "generate") {
    text += "  " + field(response, "action") + ": " + field(run, "steps") + " of " + field(run, "all_steps") + " steps";
    if (number(run, "windows") > 1) text += " in " + field(run, "windows") + " windows";
    text += "\n";
  }
  if (response["measured"].get<bool>()) {
    text += "  about " + duration_text(number(response, "total_s")) + " (" + duration_text(number(response, "total_s_min")) + " to " +
            duration_text(number(response, "total_s_max")) + ")\n";
  }
  text += "  memory: at least " + mebibytes(response, "memory_bytes_min") + " of " + mebibytes(response, "available_memory_bytes") +
          " available\n  disk: " + mebibytes(response, "disk_bytes") + " of " + mebibytes(response, "free_bytes") + " free\n";
  for (const json& note : response["notes"]) text += "  " + shown_safely(note.get<std::string>()) + "\n";
  return text + (response["fits"].get<bool>() ? "" : "  it does not fit\n");
}

std::string reproduce_text(const json& response) {
  std::string text = response["equal"].get<bool>()
                         ? "equal: the same bytes before signing, SHA-256 " + field(response, "found_sha256") + "\n"
                         : "not equal: " + field(response, "found_sha256") + ", was " + field(response, "expected_sha256") + "\n";
  if (!response["equal"].get<bool>())
    text += response["latents_equal"].get<bool>() ? "  the latents are equal; decoding or encoding differs\n" : "  the latents differ\n";
  for (const json& row : response["differences"])
    text += "  " + field(row, "field") + ": was " + field(row, "expected") + ", is " + field(row, "found") + "\n";
  if (!response["equal"].get<bool>() && response["differences"].empty())
    text += "  no input differs: this build is not deterministic here\n";
  return text;
}

std::string takes_text(const json& response) {
  std::string text;
  for (const json& take : response["takes"]) {
    text += field(take, "take_id") + "  " + field(take, "keep") + "  " + field(take, "model") + "  " + field(take, "size") + "  " +
            cut(field(take, "prompt"), 100) + "\n";
  }
  return text.empty() ? "no takes\n" : text;
}

std::string num(const json& object, const char* key, const char* one, const char* many) {
  return field(object, key) + " " + (number(object, key) == 1 ? one : many);
}

std::string projects_text(const json& response) {
  std::string text;
  for (const json& project : response["projects"])
    text += field(project, "name") + "  " + num(project, "num_shots", "shot", "shots") + "  " + num(project, "num_takes", "take", "takes") +
            "\n";
  return text.empty() ? "no projects; fantascope project create NAME makes one\n" : text;
}

std::string project_text(const json& response) { return "project " + field(response, "name") + "\n"; }

std::string removed_project_text(const json& response) {
  return "project " + field(response, "name") + " is gone; its " + std::to_string(response["shots"].size()) +
         " shots and all takes stay in the library\n";
}

std::string moved_text(const json& response) {
  return num(response, "num_shots", "shot", "shots") + " with " + num(response, "num_takes", "take", "takes") +
         (response.contains("project") ? " moved to project " + field(response, "project") : std::string(" of no project now")) + "\n";
}

std::string check_text(const json& response) {
  std::string text;
  for (const json& row : response["findings"])
    text += field(row, "severity") + ": " + field(row, "subject") + ": " + field(row, "message") + ". " + field(row, "advice") + "\n";
  text += field(response, "num_takes") + " takes and " + field(response, "num_files") + " files checked";
  if (number(response, "num_adopted") > 0) text += ", " + field(response, "num_adopted") + " takes entered";
  return text + (response["ok"].get<bool>() ? ": all well\n" : ": damage found\n");
}

std::string licence_words(const json& model) {
  const std::string name = field(model, "licence");
  return (name.empty() ? "no licence stated" : name) + (model.value("licence_needs_acceptance", false) ? " (not accepted yet)" : "");
}

/// Whether it has to be accepted still, or was.
std::string acceptance_text(const json& response) {
  if (response.contains("licence_problem")) return field(response, "licence_problem") + "\n";
  const bool needed = response.value("licence_needs_acceptance", false);
  if (!needed && response["licence_accepted_at"].is_null()) return "needs no acceptance\n";
  if (!needed) return "accepted at " + field(response, "licence_accepted_at") + "\n";
  return "not accepted yet; fantascope models accept " + field(response, "name") + " accepts it\n";
}

std::string accepted_text(const json& response) {
  return field(response, "name") + ": " + licence_words(response) + ", " + acceptance_text(response);
}

std::string licence_text(const json& response) {
  std::string text;
  std::istringstream lines(response.value("text", ""));
  for (std::string line; std::getline(lines, line);) text += shown_safely(line) + "\n";
  if (text.empty()) text = "no licence text lies in " + field(response, "dir") + "\n";
  text += "\n" + field(response, "name") + ": " + licence_words(response) + "\n";
  if (response["licence_state"] == "differs") text += "its files name this licence, but a licence file holds other text\n";
  if (!response["licence_link"].is_null()) text += "its files say that the text is at " + field(response, "licence_link") + "\n";
  if (!response["terms"].empty()) text += "what to know first, in its own words:\n";
  for (const json& term : response["terms"])
    text += "  " + field(term, "file") + ", line " + field(term, "line") + ": " + field(term, "text") + "\n";
  return text + acceptance_text(response);
}

std::string unlinked_text(const json& response) {
  const auto waiting = static_cast<long long>(number(response, "num_waiting_jobs"));
  return field(response, "name") + " is unlinked; its files stay in " + field(response, "dir") + "\n" +
         (waiting > 0 ? std::to_string(waiting) + (waiting == 1 ? " waiting job needs it and fails" : " waiting jobs need it and fail") +
                            " unless it is linked again: fantascope models add\n"
                      : std::string());
}

std::string models_text(const json& response) {
  std::string text;
  for (const json& model : response["models"]) {
    text += field(model, "name") + "  " + field(model, "family") + "  " + field(model, "origin") + "  " +
            mebibytes(model, "weights_bytes") + "  " + licence_words(model) + "  " + field(model, "dir") + "\n";
  }
  for (const json& model : response["broken"])
    text += "cannot be used: " + field(model, "dir") + ": " + field(model["error"], "message") + "\n";
  return text.empty() ? "no models\n" : text;
}

std::string verify_text(const json& response) {
  std::string text;
  for (const json& problem : response["problems"]) text += shown_safely(problem.get<std::string>()) + "\n";
  return text + field(response, "name") + ": " + field(response, "num_files") + " files, weights " + field(response, "weights_sha256") +
         (response["ok"].get<bool>() ? ": good\n" : ": not good\n");
}

std::string job_text(const json& job) {
  std::string text = field(job, "job_id") + "  " + field(job, "state") + "  " + field(job, "phase") + "  " + field(job, "step") + "/" +
                     field(job, "num_steps") + "  " + cut(field(job, "prompt"), 80) + "\n";
  if (job.contains("error")) text += "  " + field(job["error"], "message") + "\n";
  if (job.contains("reason")) text += "  " + field(job, "reason") + "\n";
  if (job.value("pause_wanted", false)) text += "  pauses at its next step\n";
  if (job.value("stalled", false)) text += "  no step for " + duration_text(number(job, "silent_s")) + "; it may hang\n";
  return text;
}

/// Why nothing may start, if the rule says anything.
std::string rule_text(const json& rule) {
  std::string text;
  if (rule.value("held", false)) text += "the queue is paused; fantascope queue resume --all goes on\n";
  if (!rule["from"].is_null()) text += "jobs run between " + field(rule, "from") + " and " + field(rule, "until") + "\n";
  if (!rule["load_max"].is_null()) text += "jobs run while the machine's other load is at most " + field(rule, "load_max") + "\n";
  return text;
}

std::string jobs_text(const json& response) {
  std::string text;
  for (const json& job : response["jobs"]) text += job_text(job);
  if (text.empty()) text = "no jobs are waiting\n";
  return text + (response.contains("rule") ? rule_text(response["rule"]) : "");
}

std::string queue_change_text(const json& response) {
  if (response.contains("job_id")) return job_text(response);
  const std::string text = rule_text(response["rule"]);
  return text.empty() ? "the queue goes on\n" : text;
}

std::string queue_rule_text(const json& response) {
  const std::string text = rule_text(response);
  return text.empty() ? "jobs run at any time\n" : text;
}

std::string worker_text(const json& response) {
  std::string text = std::to_string(response["done"].size()) + " jobs done, " + std::to_string(response["failed"].size()) + " failed";
  if (!response["paused"].empty()) text += ", " + std::to_string(response["paused"].size()) + " paused";
  text += "\n";
  if (response.contains("waiting")) text += "jobs wait: " + field(response, "waiting") + "\n";
  for (const char* list : {"failed", "paused"}) {
    for (const json& job : response[list]) text += job_text(job);
  }
  return text;
}

std::string inspect_text(const json& response) {
  if (response.contains("recipe")) return "a recipe, SHA-256 " + field(response, "recipe_sha256") + "\n";
  const json& video = response["video"];
  const json& credentials = response["credentials"];
  std::string text = field(response, "path") + "\n  " + field(video, "codec") + " " + field(video, "profile") + " " +
                     field(video, "pixel_format") + " " + field(video, "color_matrix") + ", " + field(video, "size") + ", " +
                     field(video, "frames") + " frames at " + field(video, "fps") + " fps\n";
  const json& audio = response["audio"];
  text += audio.is_null() ? "  no sound\n"
                          : "  " + field(audio, "codec") + " " + field(audio, "sample_rate") + " Hz, " + field(audio, "num_channels") +
                                " channels, " + field(audio, "duration_s") + " s\n";
  text += "  content credentials: " + field(credentials, "state") + "; " + field(response, "answer") + "\n";
  if (credentials["state"] != "none") {
    text += "  " + field(credentials, "generator") + " " + field(credentials, "generator_version") + ", signed by " +
            field(credentials, "signer") + " at " + field(credentials, "signed_at") + "\n  " + field(credentials, "actions") + " " +
            field(credentials, "digital_source_type") + "\n";
  }
  for (const json& code : credentials["failure_codes"]) text += "  failed: " + shown_safely(code.get<std::string>()) + "\n";
  return text;
}

std::string parity_text(const json& response) {
  std::string text = "stage                                 error        allowed\n";
  for (const json& row : response["stages"]) {
    char line[160];
    std::snprintf(line, sizeof line, "%-36s  %.3e    %.1e  %s\n", cut(field(row, "stage"), 36).c_str(), number(row, "error_ratio"),
                  number(row, "tolerance"), row["passed"].get<bool>() ? "ok" : "OUT OF TOLERANCE");
    text += line;
  }
  return text + (response["ok"].get<bool>() ? "all stages within tolerance\n" : "some stage is out of tolerance\n");
}

}  // namespace

std::string response_text(const std::string& operation, const json& response) {
  static const std::map<std::string, std::function<std::string(const json&)>> kTexts = {{"generate", generate_text},
                                                                                        {"estimate", estimate_text},
                                                                                        {"reproduce", reproduce_text},
                                                                                        {"library list", takes_text},
                                                                                        {"library search", takes_text},
                                                                                        {"library check", check_text},
                                                                                        {"project list", projects_text},
                                                                                        {"project create", project_text},
                                                                                        {"project rename", project_text},
                                                                                        {"project remove", removed_project_text},
                                                                                        {"project add", moved_text},
                                                                                        {"project release", moved_text},
                                                                                        {"models list", models_text},
                                                                                        {"models unlink", unlinked_text},
                                                                                        {"models licence", licence_text},
                                                                                        {"models accept", accepted_text},
                                                                                        {"models verify", verify_text},
                                                                                        {"queue list", jobs_text},
                                                                                        {"queue add", jobs_text},
                                                                                        {"queue batch", jobs_text},
                                                                                        {"queue move", jobs_text},
                                                                                        {"queue pause", queue_change_text},
                                                                                        {"queue resume", queue_change_text},
                                                                                        {"queue cancel", queue_change_text},
                                                                                        {"queue retry", queue_change_text},
                                                                                        {"queue duplicate", queue_change_text},
                                                                                        {"queue rule", queue_rule_text},
                                                                                        {"worker", worker_text},
                                                                                        {"inspect", inspect_text},
                                                                                        {"parity", parity_text}};
  // Any action may be asked for its price instead.
  const auto found = kTexts.find(response.is_object() && response.contains("phases_s") ? "estimate" : operation);
  // Escaped as ASCII: no control or direction mark reaches the terminal.
  return found == kTexts.end() ? response.dump(2, ' ', true, json::error_handler_t::replace) + "\n" : found->second(response);
}

}  // namespace fantascope
