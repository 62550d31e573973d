#include <ATen/TensorOperators.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "training/evaluate/detectors.h"
#include "training/evaluate/scoring.h"
#include "training/report/commands.h"
#include "training/report/generator.h"
#include "training/trainer/codec_stage.h"
#include "training/trainer/image_files.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

using evaluate::AttributeJudge;
using evaluate::Attributes;
using evaluate::Score;

constexpr const char* kUsage =
    "usage: fantascope evaluate --model DIR --out DIR [--prompts N] [--judge-clips N] [--steps N] [--seed N]\n"
    "  --prompts N      held-out prompts to generate (default 120)\n"
    "  --judge-clips N  rendered clips that the judge is calibrated on (default 3000)\n"
    "  --steps N        denoising steps (default: the model's)\n"
    "  --seed N         of the held-out scenes and of the noise (default 1)\n";

struct Options {
  std::string model, out;
  int prompts = 120, judge_clips = 3000, steps = 0;
  std::uint64_t seed = 1;
};

Result<Options> parse(std::span<const std::string> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& flag = arguments[i];
    const auto refuse = [&](const std::string& found, const std::string& allowed) {
      return Error{ErrorCode::kInvalidArgument, "cannot evaluate", flag, found, allowed, ""};
    };
    if (i + 1 == arguments.size()) return refuse("no value", "a value behind it");
    const std::string& value = arguments[i + 1];
    int number = 0;
    const bool whole = std::from_chars(value.data(), value.data() + value.size(), number).ptr == value.data() + value.size() && number > 0;
    if (flag == "--model") {
      options.model = value;
    } else if (flag == "--out") {
      options.out = value;
    } else if (flag != "--prompts" && flag != "--judge-clips" && flag != "--steps" && flag != "--seed") {
      return refuse("an unknown flag", "--model, --out, --prompts, --judge-clips, --steps, --seed");
    } else if (!whole) {
      return refuse(value, "a whole number above 0");
    } else if (flag == "--seed") {
      options.seed = static_cast<std::uint64_t>(number);
    } else {
      (flag == "--prompts" ? options.prompts : flag == "--judge-clips" ? options.judge_clips : options.steps) = number;
    }
  }
  if (options.model.empty() || options.out.empty())
    return Error{ErrorCode::kInvalidArgument, "cannot evaluate", "--model and --out", "nothing", "a folder each", ""};
  return options;
}

std::vector<world::Scene> held_out_scenes(int count, std::uint64_t seed) {
  std::vector<world::Scene> scenes;
  for (std::uint64_t i = 0; static_cast<int>(scenes.size()) < count; ++i) {
    const world::Scene scene = world::sample_scene(0xE7A10000000ULL * seed + i);
    if (world::is_held_out(scene)) scenes.push_back(scene);
  }
  return scenes;
}

struct Column {
  std::string name;
  Score score;
};

// Contacts of truth with one half of each clip gone through the codec: which half loses them.
struct CodecHalves {
  Score picture, sound;
};

nlohmann::json to_json(const std::vector<Column>& columns, const CodecReport& codec, const CodecHalves& halves, const Options& options,
                       double seconds_per_clip) {
  nlohmann::json report{{"model", std::filesystem::path(options.model).filename().string()},
                        {"prompts", options.prompts},
                        {"judge_clips", options.judge_clips},
                        {"seed", options.seed},
                        {"seconds_per_clip", seconds_per_clip},
                        {"codec_db",
                         {{"all", codec.all_db},
                          {"objects", codec.object_db},
                          {"moving_pixels", codec.moving_db},
                          {"first_frame", codec.first_frame_db},
                          {"later_frames", codec.later_frames_db}}}};
  for (const auto& [name, half] : {std::pair{"picture", &halves.picture}, std::pair{"sound", &halves.sound}}) {
    report["contacts_through_codec"][name] = {{"within_100_ms", half->within_100_ms().value()},
                                              {"n", half->within_100_ms().trials},
                                              {"median_offset_ms", half->median_offset_ms()}};
  }
  for (const auto& column : columns) {
    auto& entry = report["columns"][column.name];
    for (const auto& row : column.score.rows()) {
      entry[row.attribute] = {
          {"value", row.proportion.value()}, {"low", row.proportion.low()}, {"high", row.proportion.high()}, {"n", row.proportion.trials}};
    }
    entry["median_offset_ms"] = column.score.median_offset_ms();
  }
  return report;
}

std::string to_markdown(const std::vector<Column>& columns, const CodecReport& codec, const CodecHalves& halves, const Options& options) {
  std::string text = "| attribute |", rule = "|---|";
  for (const auto& column : columns) {
    text += " " + column.name + " |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  const auto rows = columns[0].score.rows();
  char cell[64];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += "| " + rows[i].attribute + " |";
    for (const auto& column : columns) {
      const auto p = column.score.rows()[i].proportion;
      if (p.trials == 0) {
        text += " - |";
        continue;
      }
      std::snprintf(cell, sizeof cell, " %.2f (%.2f-%.2f) |", p.value(), p.low(), p.high());
      text += cell;
    }
    text += "\n";
  }
  text += "| median offset of contact and sound |";
  for (const auto& column : columns) {
    std::snprintf(cell, sizeof cell, " %.0f ms |", column.score.median_offset_ms());
    text += column.score.within_100_ms().trials == 0 ? " - |" : cell;
  }
  char decibels[256];
  std::snprintf(decibels, sizeof decibels,
                "\n\nCodec: all %.1f dB, objects %.1f dB, moving pixels %.1f dB, first frame %.1f dB, later frames %.1f dB.", codec.all_db,
                codec.object_db, codec.moving_db, codec.first_frame_db, codec.later_frames_db);
  char contacts[256];
  std::snprintf(
      contacts, sizeof contacts,
      " Contacts within 100 ms with the picture alone through the codec: %.2f, median %.0f ms; with the sound alone: %.2f, median "
      "%.0f ms.",
      halves.picture.within_100_ms().value(), halves.picture.median_offset_ms(), halves.sound.within_100_ms().value(),
      halves.sound.median_offset_ms());
  return text + decibels + contacts + "\n\n" + std::to_string(options.prompts) + " held-out prompts; 95 % intervals in brackets.\n";
}

// One line a clip, wanted and seen side by side: which prompts fail, and as what.
class ClipTable {
 public:
  explicit ClipTable(const std::string& path) : out_(path) {
    out_ << "prompt,colour,colour_seen,place,place_seen,time,time_seen,weather,weather_seen,camera,camera_seen,shape,shape_seen,"
            "motion,motion_seen,count,count_seen\n";
  }
  void add(const std::string& prompt, const world::Scene& wanted, const Attributes& seen) {
    const auto pair = [this](const char* a, const char* b) { out_ << ',' << a << ',' << b; };
    const bool any = seen.count > 0;
    out_ << '"' << prompt << '"';
    pair(name(wanted.colour), any ? name(seen.subject.colour) : "none");
    pair(name(wanted.place), name(seen.place));
    pair(name(wanted.time), name(seen.time));
    pair(name(wanted.weather), name(seen.weather));
    pair(name(wanted.camera), name(seen.camera));
    pair(name(wanted.shape), any ? name(seen.subject.shape) : "none");
    pair(evaluate::name(evaluate::motion_of(wanted.action)), any ? evaluate::name(seen.subject.motion) : "none");
    out_ << ',' << (wanted.second.present ? 2 : 1) << ',' << seen.count << '\n';
  }

 private:
  std::ofstream out_;
};

Result<AttributeJudge> make_judge(const Options& options, const world::ClipShape& shape) {
  const std::string path = options.out + "/judge-" + std::to_string(options.judge_clips) + ".bin";
  if (std::filesystem::exists(path)) {
    if (auto stored = AttributeJudge::load(path)) return std::move(*stored);
  }
  std::fprintf(stderr, "[evaluate] calibrating the judge on %d rendered clips\n", options.judge_clips);
  AttributeJudge judge =
      AttributeJudge::fit(shape, 11, options.judge_clips, static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  (void)judge.save(path);  // only saves time at the next run
  return judge;
}

Result<void> run(const Options& options) {
  std::filesystem::create_directories(options.out);
  FANTASCOPE_TRY(ClipGenerator generator, ClipGenerator::open(options.model));
  if (options.steps > 0) generator.set_steps(options.steps);
  const world::ClipShape shape = generator.shape();
  const double duration_s = shape.num_frames / shape.fps;
  FANTASCOPE_TRY(const AttributeJudge judge, make_judge(options, shape));
  const auto scenes = held_out_scenes(options.prompts, options.seed);
  std::vector<Column> columns = {{"generated", {}}, {"truth", {}}, {"codec", {}}, {"shuffled prompt", {}}, {"blank prompt", {}}};
  std::vector<Attributes> seen;
  CodecMeter codec;
  CodecHalves halves;
  std::vector<at::Tensor> sheet;
  ClipTable table_of_clips(options.out + "/clips.csv");
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const auto& scene = scenes[i];
    const auto left = scene.second.present ? std::optional<bool>(scene.second.on_left) : std::nullopt;
    const std::string prompt = world::plain_caption(scene);
    FANTASCOPE_TRY(const world::Clip clip, generator.generate(prompt, options.seed * 1000 + i));
    seen.push_back(judge.judge(evaluate::view_of(clip), left));
    table_of_clips.add(prompt, scene, seen.back());
    columns[0].score.add(seen.back(), scene);
    columns[0].score.add_sync(seen.back(), seen.back(), scene, duration_s);
    const world::Clip truth = world::render_clip(scene, shape);
    const Attributes true_seen = judge.judge(evaluate::view_of(truth), left);
    columns[1].score.add(true_seen, scene);
    columns[1].score.add_sync(true_seen, true_seen, scene, duration_s);
    FANTASCOPE_TRY(const world::Clip coded, generator.reconstruct(truth));
    codec.add(truth, frames_tensor(coded));
    const Attributes coded_seen = judge.judge(evaluate::view_of(coded), left);
    columns[2].score.add(coded_seen, scene);
    columns[2].score.add_sync(coded_seen, coded_seen, scene, duration_s);
    halves.picture.add_sync(coded_seen, true_seen, scene, duration_s);
    halves.sound.add_sync(true_seen, coded_seen, scene, duration_s);
    if (i % 4 == 0) {
      FANTASCOPE_TRY(const world::Clip blank, generator.generate(".", options.seed * 1000 + i));
      const Attributes blank_seen = judge.judge(evaluate::view_of(blank), left);
      columns[4].score.add(blank_seen, scene);
      columns[4].score.add_sync(blank_seen, blank_seen, scene, duration_s);
    }
    if (sheet.size() < 16) sheet.push_back(frames_tensor(clip));
    if (i % 10 == 9)
      std::fprintf(stderr, "[evaluate] %zu of %zu prompts, %.1f s a clip\n", i + 1, scenes.size(), generator.seconds_per_clip());
  }
  std::vector<std::size_t> striking;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    columns[3].score.add(seen[i], scenes[(i + scenes.size() / 2) % scenes.size()]);
    if (world::strikes(scenes[i])) striking.push_back(i);
  }
  // Another clip's sound, but of one that strikes as well: the floor is what chance gives, not what silence gives.
  for (std::size_t k = 0; k < striking.size(); ++k) {
    const std::size_t i = striking[k], other = striking[(k + (striking.size() + 1) / 2) % striking.size()];
    if (i != other) columns[3].score.add_sync(seen[i], seen[other], scenes[i], duration_s);
  }
  FANTASCOPE_TRY_VOID(write_png(options.out + "/sheet.png", contact_sheet(sheet, 6)));
  const std::string table = to_markdown(columns, codec.report(), halves, options);
  std::ofstream(options.out + "/report.json") << to_json(columns, codec.report(), halves, options, generator.seconds_per_clip()).dump(2)
                                              << '\n';
  std::ofstream(options.out + "/report.md") << table;
  std::printf("%s", table.c_str());
  return {};
}

}  // namespace

int run_evaluate_command(std::span<const std::string> arguments) {
  const auto options = parse(arguments);
  if (!options) {
    std::fprintf(stderr, "%s\n%s", options.error().to_string().c_str(), kUsage);
    return 2;
  }
  if (const auto result = run(*options); !result) {
    std::fprintf(stderr, "%s\n", result.error().to_string().c_str());
    return 1;
  }
  return 0;
}

}  // namespace fantascope::training
