/// Search, listing and pages in a library of many takes, as the window asks for them: median and 95th percentile of each, as JSON.
///   fantascope_library_bench DIR [TAKES] [QUESTIONS]     DIR is made and filled if it holds no library (about 20 s for 100,000)
#include <sqlite3.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "app/library/project_store.h"
#include "app/library/take_shelf.h"

namespace fantascope {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kColours[] = {"red", "green", "blue", "yellow", "white", "orange", "purple", "grey"};
constexpr const char* kSubjects[] = {"ball", "cube", "cone", "person", "column", "lighthouse", "boat", "gull", "keeper", "harbour"};
constexpr const char* kActions[] = {"bounces", "rolls left", "walks right", "falls", "spins", "rises", "stands still"};
constexpr const char* kPlaces[] = {"across a checkered floor", "in a green meadow", "in a sandy desert", "in a grey studio",
                                   "on the stairs"};
constexpr const char* kTimes[] = {"by day", "at sunset", "at dusk", "at night"};

template <typename T, std::size_t N>
T pick(const T (&words)[N], std::mt19937_64& random) {
  return words[random() % N];
}

/// All rows in one transaction: the store's own insert makes each take durable by itself, which is right there and slow here.
Result<void> fill(Database& database, int takes) {
  std::mt19937_64 random(7);
  const std::string recipe = nlohmann::json{{"steps", 12}, {"weights", std::string(1500, 'x')}}.dump(), hash(64, 'a');
  return database.write([&](sqlite3* handle) -> Result<void> {
    sqlite3_stmt *row = nullptr, *words = nullptr, *tag = nullptr;
    sqlite3_prepare_v2(
        handle,
        "INSERT INTO take (take_id, job_id, keep, prompt, model, family, width, height, num_frames, fps, seed, recipe, recipe_sha256, "
        "latents_sha256, unsigned_sha256, created_ms, stars) VALUES (?1, ?2, ?3, ?4, ?5, 'f', 192, 128, 25, '16', ?6, ?7, ?8, ?8, ?8, ?9, "
        "?10)",
        -1, &row, nullptr);
    sqlite3_prepare_v2(handle, "INSERT INTO take_search (rowid, words) VALUES (?1, ?2)", -1, &words, nullptr);
    sqlite3_prepare_v2(handle, "INSERT INTO take_tag (take_seq, tag) VALUES (?1, ?2)", -1, &tag, nullptr);
    const auto text = [](sqlite3_stmt* to, int at, const std::string& value) {
      sqlite3_bind_text(to, at, value.c_str(), -1, SQLITE_TRANSIENT);
    };
    bool good = row != nullptr && words != nullptr && tag != nullptr;
    for (int i = 0; good && i < takes; ++i) {
      const std::string prompt = std::string("a ") + pick(kColours, random) + " " + pick(kSubjects, random) + " " + pick(kActions, random) +
                                 " " + pick(kPlaces, random) + " " + pick(kTimes, random) + ", take " + std::to_string(i);
      const bool kept = random() % 4 == 0;
      text(row, 1, TakeId::random().text());
      text(row, 2, JobId::random().text());
      text(row, 3, kept ? "kept" : "draft");
      text(row, 4, prompt);
      text(row, 5, i % 5 == 0 ? "other" : "previz");
      sqlite3_bind_int64(row, 6, i);
      text(row, 7, recipe);
      text(row, 8, hash);
      sqlite3_bind_int64(row, 9, 1'700'000'000'000 + i * 1000LL);
      sqlite3_bind_int64(row, 10, kept ? static_cast<int>(random() % 6) : 0);
      good = sqlite3_step(row) == SQLITE_DONE;
      sqlite3_reset(row);
      const std::int64_t seq = sqlite3_last_insert_rowid(handle);
      sqlite3_bind_int64(words, 1, seq);
      text(words, 2, search_words(prompt));
      good = good && sqlite3_step(words) == SQLITE_DONE;
      sqlite3_reset(words);
      if (kept) {
        sqlite3_bind_int64(tag, 1, seq);
        text(tag, 2, pick(kTimes, random) + 3);
        good = good && sqlite3_step(tag) == SQLITE_DONE;
        sqlite3_reset(tag);
      }
    }
    const std::string problem = good ? "" : sqlite3_errmsg(handle);
    for (sqlite3_stmt* statement : {row, words, tag}) sqlite3_finalize(statement);
    return good ? Result<void>() : Result<void>(Error{ErrorCode::kInternal, "the library could not be filled", "", problem, "", ""});
  });
}

/// Two projects, if there are none yet: every take of an even number in "half", every hundredth of the others in "small", ten takes a shot.
Result<void> fill_projects(Database& database) {
  ProjectStore projects(database);
  FANTASCOPE_TRY(const ProjectList list, projects.list());
  if (!list.projects.empty()) return {};
  FANTASCOPE_TRY(const Project half, projects.put({ProjectId::random(), "half", 0}));
  FANTASCOPE_TRY(const Project small, projects.put({ProjectId::random(), "small", 0}));
  const std::string sql =
      "CREATE TEMP TABLE placed AS SELECT seq, job_id, CASE WHEN seq % 2 = 0 THEN 'e' ELSE 'o' END || printf('%015d', seq / 20) AS shot, "
      "iif(seq % 2 = 0, '" +
      half.project_id.text() + "', '" + small.project_id.text() +
      "') AS project FROM take "
      "WHERE (seq % 2 = 0 OR seq % 100 = 1) AND job_id NOT IN (SELECT job_id FROM shot_job);"
      "INSERT INTO shot (shot_id, name, created_ms, changed_ms, project_id) SELECT shot, 'shot', 1, 1, project FROM placed GROUP BY shot;"
      "INSERT INTO shot_job (job_id, shot_id) SELECT job_id, shot FROM placed;";
  return database.write([&](sqlite3* handle) -> Result<void> {
    if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return Error{ErrorCode::kInternal, "the projects could not be filled", "", sqlite3_errmsg(handle), "", ""};
  });
}

/// Time on a core of this thread, in milliseconds: what remains where other programs take the cores.
double core_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

nlohmann::json spread(std::vector<double>& spent) {
  std::ranges::sort(spent);
  const auto at = [&spent](double share) {
    return spent[std::min(spent.size() - 1, static_cast<std::size_t>(share * static_cast<double>(spent.size())))];
  };
  return {{"p50_ms", at(0.5)}, {"p95_ms", at(0.95)}, {"max_ms", spent.back()}};
}

/// Runs a question many times; its times in milliseconds, by the clock and (`core`) on a core.
nlohmann::json measure(int times, const std::function<std::size_t(int)>& question) {
  std::vector<double> spent, on_core;
  std::size_t found = 0;
  for (int i = 0; i < times; ++i) {
    const auto start = Clock::now();
    const double core = core_ms();
    found += question(i);
    on_core.push_back(core_ms() - core);
    spent.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  nlohmann::json report = spread(spent);
  report["core"] = spread(on_core);
  report["rows_each"] = found / static_cast<std::size_t>(times);
  return report;
}

Result<nlohmann::json> run(const std::string& dir, int takes, int questions) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  const auto opening = Clock::now();
  FANTASCOPE_TRY(const auto database, Database::open(dir, Database::Access::kReadWrite));
  const double opened_ms = std::chrono::duration<double, std::milli>(Clock::now() - opening).count();
  TakeStore store(*database);
  FANTASCOPE_TRY(std::int64_t count, store.count());
  if (count == 0) {
    FANTASCOPE_TRY_VOID(fill(*database, takes));
    FANTASCOPE_TRY(count, store.count());
  }
  FANTASCOPE_TRY_VOID(fill_projects(*database));
  const TakeShelf shelf(*database);
  std::mt19937_64 random(11);
  const auto find = [&shelf](const std::string& text) {
    const auto filter = parse_take_filter(text);
    const auto found = filter ? shelf.find(*filter) : Result<std::vector<std::int64_t>>(filter.error());
    return found ? found->size() : 0;
  };
  nlohmann::json report = {{"takes", count}, {"open_ms", opened_ms}};
  report["all"] = measure(questions, [&](int) { return find(""); });
  report["kept"] = measure(questions, [&](int) { return find("kept:yes"); });
  report["one_common_word"] = measure(questions, [&](int) { return find(pick(kColours, random)); });
  report["beginning_of_a_word"] = measure(questions, [&](int) { return find(std::string(pick(kSubjects, random)).substr(0, 3)); });
  report["two_words"] = measure(questions, [&](int) { return find(std::string(pick(kColours, random)) + " " + pick(kSubjects, random)); });
  report["three_words_and_filters"] = measure(questions, [&](int) {
    return find(std::string(pick(kColours, random)) + " " + pick(kSubjects, random) + " " + pick(kTimes, random) + " kept:yes stars:3");
  });
  report["project_of_half"] = measure(questions, [&](int) { return find("project:half"); });
  report["small_project"] = measure(questions, [&](int) { return find("project:small"); });
  report["word_in_project"] = measure(questions, [&](int) { return find(std::string(pick(kColours, random)) + " project:half"); });
  report["two_words_in_project"] =
      measure(questions, [&](int) { return find(std::string(pick(kColours, random)) + " " + pick(kSubjects, random) + " project:half"); });
  report["projects_with_counts"] = measure(questions, [&](int) {
    const auto list = ProjectStore(*database).list();
    return list ? list->projects.size() : 0;
  });
  std::vector<std::int64_t> all = *shelf.find({});
  report["page_of_200"] = measure(questions, [&](int) {
    const std::size_t first = random() % (all.size() > 200 ? all.size() - 200 : 1);
    const auto rows = shelf.rows(
        {all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), first + 200))});
    return rows ? rows->size() : 0;
  });
  return report;
}

}  // namespace
}  // namespace fantascope

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s DIR [TAKES] [QUESTIONS]\n", argv[0]);
    return 2;
  }
  const auto report = fantascope::run(argv[1], argc > 2 ? std::atoi(argv[2]) : 100'000, argc > 3 ? std::atoi(argv[3]) : 100);
  if (!report) {
    std::fprintf(stderr, "%s\n", report.error().to_string().c_str());
    return 1;
  }
  std::printf("%s\n", report->dump(2).c_str());
  return 0;
}
