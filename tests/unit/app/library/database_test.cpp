#include "app/library/database.h"

#include "app/library/job_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <thread>

#include "app/files/sha256.h"
#include "tests/unit/app/library/library_fixture.h"

namespace fantascope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Result<void> run_sql(sqlite3* handle, const char* sql) {
  return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Result<void>()
                                                                           : Result<void>(Error{ErrorCode::kIo, sqlite3_errmsg(handle)});
}

std::int64_t pragma(Database& database, const char* name) {
  std::int64_t value = -1;
  EXPECT_TRUE(database.read([&](sqlite3* handle) -> Result<void> {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, (std::string("PRAGMA ") + name).c_str(), -1, &statement, nullptr);
    if (sqlite3_step(statement) == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return {};
  }));
  return value;
}

/// A change here is a change of what lies on users' disks: add a migration, never edit one.
TEST(Migrations, AreFrozen) {
  std::vector<std::string> found;
  for (const Migration& migration : library_migrations())
    found.push_back(std::to_string(migration.version) + " " + migration.name + " " + sha256_text(migration.sql));
  EXPECT_THAT(found, ::testing::ElementsAre("1 0001_library cec52ad17fc4b11a6ee2bc2ff8fde820ec19523c4871555ba270f6a9b207c35c",
                                            "2 0002_queue 35c25a22325834203c93e45f3d13eff8eab183b6ad65a9f64dcb45dabae149bf",
                                            "3 0003_shelf 58c92549ead15d07c7675ca4876776c5117c78047485e0e032c28f9ef630f3e4",
                                            "4 0004_lineage 457af9b3954ecd77113bc118c2485916fe7aacf9d90cba6445c5e537afa94932",
                                            "5 0005_measures f995fb978f197c749b81cf1d663c60039d5bb733e5e38919071415c65bb176c3",
                                            "6 0006_projects 83ba7fed440f296db6f9dd06dee2d1b7e877de74eb47077cbeb009e0d30fffb8",
                                            "7 0007_licences f9ad17540251bbea46a07a5224e87e5d6193f219e841b99422e0b794ad19fbaa"));
}

class DatabaseTest : public LibraryTest {};

TEST_F(DatabaseTest, IsSetUpToSurviveAPowerCutAndAHostileFile) {
  const auto database = open();
  ASSERT_NE(database, nullptr);
  EXPECT_EQ(pragma(*database, "synchronous"), 2) << "FULL";
  EXPECT_EQ(pragma(*database, "foreign_keys"), 1);
  EXPECT_EQ(pragma(*database, "trusted_schema"), 0);
  EXPECT_EQ(pragma(*database, "cell_size_check"), 1);
  EXPECT_EQ(pragma(*database, "mmap_size"), 0);
  EXPECT_EQ(pragma(*database, "user_version"), library_migrations().back().version);
  EXPECT_EQ(fs::status(dir_ + "/library.db").permissions() & fs::perms::all, fs::perms(0600));
  const auto refused = database->write([](sqlite3* handle) { return run_sql(handle, "UPDATE sqlite_schema SET sql = ''"); });
  EXPECT_FALSE(refused) << "the schema cannot be written by statements";
}

TEST_F(DatabaseTest, EveryTableIsStrict) {
  const auto database = open();
  ASSERT_TRUE(database->read([](sqlite3* handle) -> Result<void> {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(
        handle, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
        -1, &statement, nullptr);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE) << sqlite3_column_text(statement, 0);
    sqlite3_finalize(statement);
    return {};
  }));
}

TEST_F(DatabaseTest, AFailedWriteChangesNothing) {
  const auto database = open();
  const auto failed = database->write([](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY_VOID(run_sql(handle, "INSERT INTO model_link VALUES ('/a', 1)"));
    return Error{ErrorCode::kInternal, "no"};
  });
  EXPECT_EQ(failed.error().message, "no");
  ASSERT_TRUE(database->write([](sqlite3* handle) { return run_sql(handle, "INSERT INTO model_link VALUES ('/b', 1)"); }));
  ASSERT_TRUE(database->read([](sqlite3* handle) -> Result<void> {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, "SELECT group_concat(dir) FROM model_link", -1, &statement, nullptr);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), "/b");
    sqlite3_finalize(statement);
    return {};
  }));
}

TEST_F(DatabaseTest, RefusesANewerSchemaAndNamesBothVersions) {
  open();
  {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((dir_ + "/library.db").c_str(), &handle), SQLITE_OK);
    ASSERT_TRUE(run_sql(handle, "PRAGMA user_version = 99"));
    sqlite3_close(handle);
  }
  const std::string before = read("library.db");
  for (const auto access : {Database::Access::kReadWrite, Database::Access::kReadOnly}) {
    const auto refused = Database::open(dir_, access);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(refused.error().message, HasSubstr("newer version"));
    EXPECT_THAT(refused.error().found, HasSubstr("99"));
    EXPECT_THAT(refused.error().allowed, HasSubstr(std::to_string(library_migrations().back().version)));
  }
  EXPECT_EQ(read("library.db"), before);
}

TEST_F(DatabaseTest, KeepsACopyBeforeAnUpgradeAndLosesNothingInAFailedOne) {
  const auto all = library_migrations();
  std::vector<Migration> next(all.begin(), all.end());
  open();
  const int version = next.back().version + 1;
  next.push_back({version, "bad", "CREATE TABLE later (x INTEGER) STRICT; CREATE TABLE later (y INTEGER) STRICT;"});
  const auto failed = Database::open(dir_, Database::Access::kReadWrite, next);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("upgrading the library to schema " + std::to_string(version)));
  EXPECT_EQ(open()->schema_version(), version - 1) << "the old program still opens it";
  next.back() = {version, "good", "CREATE TABLE later (x INTEGER) STRICT;"};
  const auto upgraded = Database::open(dir_, Database::Access::kReadWrite, next);
  ASSERT_TRUE(upgraded) << upgraded.error().to_string();
  EXPECT_EQ((*upgraded)->schema_version(), version);
  std::vector<std::string> copies;
  for (const auto& entry : fs::directory_iterator(dir_ + "/backups")) copies.push_back(entry.path().filename().string());
  ASSERT_EQ(copies.size(), 2u);
  for (const std::string& copy : copies) {
    EXPECT_THAT(copy, ::testing::StartsWith("library-schema" + std::to_string(version - 1)));
    EXPECT_TRUE(copy.ends_with(".db"));
    fs::create_directories(dir_ + "/restored");
    fs::copy_file(dir_ + "/backups/" + copy, dir_ + "/restored/library.db", fs::copy_options::overwrite_existing);
    const auto restored = Database::open(dir_ + "/restored", Database::Access::kReadWrite);
    ASSERT_TRUE(restored) << restored.error().to_string();
    EXPECT_THAT(*(*restored)->integrity_problems(), ::testing::IsEmpty());
  }
}

TEST_F(DatabaseTest, LeavesForeignAndDamagedFilesAlone) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((dir_ + "/library.db").c_str(), &handle), SQLITE_OK);
  ASSERT_TRUE(run_sql(handle, "CREATE TABLE other (x)"));
  sqlite3_close(handle);
  EXPECT_THAT(Database::open(dir_, Database::Access::kReadWrite).error().message, HasSubstr("not a Fantascope library"));
  std::ofstream(dir_ + "/library.db", std::ios::binary | std::ios::trunc) << std::string(10'000, '\x7f');
  const auto damaged = Database::open(dir_, Database::Access::kReadWrite);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::kBadFile);
  EXPECT_EQ(damaged.error().subject, dir_ + "/library.db");
  EXPECT_EQ(read("library.db"), std::string(10'000, '\x7f'));
}

TEST_F(DatabaseTest, DamagedPagesAreFoundOrRefusedNeverACrash) {
  {
    const auto database = open();
    for (int i = 0; i < 200; ++i) {
      const std::string sql = "INSERT INTO model_link VALUES ('/models/number/" + std::to_string(i) + std::string(200, 'x') + "', 1)";
      ASSERT_TRUE(database->write([&](sqlite3* handle) { return run_sql(handle, sql.c_str()); }));
    }
  }
  {  // everything into the main file
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((dir_ + "/library.db").c_str(), &handle), SQLITE_OK);
    ASSERT_TRUE(run_sql(handle, "PRAGMA wal_checkpoint(TRUNCATE)"));
    sqlite3_close(handle);
  }
  const std::string good = read("library.db");
  std::uint32_t random = 12345;
  int noticed = 0;
  for (int round = 0; round < 60; ++round) {
    std::string bad = good;
    for (int i = 0; i < 64; ++i) {
      random = random * 1664525u + 1013904223u;
      bad[100 + (random >> 3) % (bad.size() - 100)] ^= static_cast<char>(random >> 24 | 1);
    }
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(dir_ + "/library.db" + suffix);
    std::ofstream(dir_ + "/library.db", std::ios::binary | std::ios::trunc) << bad;
    const auto database = Database::open(dir_, Database::Access::kReadWrite);
    if (!database) {
      ++noticed;
      continue;
    }
    const auto problems = (*database)->integrity_problems();
    noticed += !problems || !problems->empty() ? 1 : 0;
  }
  EXPECT_GE(noticed, 50);
}

TEST_F(DatabaseTest, ReadersSeeWritesOfOthersAndCannotWrite) {
  const auto writer = open();
  const auto reader = open(Database::Access::kReadOnly);
  ASSERT_TRUE(writer->write([](sqlite3* handle) { return run_sql(handle, "INSERT INTO model_link VALUES ('/a', 1)"); }));
  ASSERT_TRUE(reader->read([](sqlite3* handle) -> Result<void> {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, "SELECT count(*) FROM model_link", -1, &statement, nullptr);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    EXPECT_EQ(sqlite3_column_int(statement, 0), 1);
    sqlite3_finalize(statement);
    return {};
  }));
  EXPECT_EQ(reader->write([](sqlite3*) { return Result<void>(); }).error().code, ErrorCode::kIo);
  EXPECT_FALSE(reader->read([](sqlite3* handle) { return run_sql(handle, "DELETE FROM model_link"); }));
}

TEST_F(DatabaseTest, AWriteWaitsForTheLockOfAnotherProcess) {
  const auto database = open();
  const int fd = ::open((dir_ + "/library.lock").c_str(), O_RDWR);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  std::atomic<bool> written = false;
  std::thread thread([&] {
    EXPECT_TRUE(database->write([](sqlite3* handle) { return run_sql(handle, "INSERT INTO model_link VALUES ('/a', 1)"); }));
    written = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(written);
  ::flock(fd, LOCK_UN);
  thread.join();
  EXPECT_TRUE(written);
  ::close(fd);
}

TEST_F(DatabaseTest, ManyThreadsAndConnectionsWriteEverythingOnce) {
  const auto first = open(), second = open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Database& database = t % 2 == 0 ? *first : *second;
      for (int i = 0; i < 100; ++i) {
        const std::string sql =
            "INSERT INTO model_link VALUES ('/" + std::to_string(t) + "/" + std::to_string(i) + std::string(3000, 'x') + "', 1)";
        EXPECT_TRUE(database.write([&](sqlite3* handle) { return run_sql(handle, sql.c_str()); }));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(*first->integrity_problems(), ::testing::IsEmpty());
  ASSERT_TRUE(second->read([](sqlite3* handle) -> Result<void> {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, "SELECT count(*) FROM model_link", -1, &statement, nullptr);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    EXPECT_EQ(sqlite3_column_int(statement, 0), 400);
    sqlite3_finalize(statement);
    return {};
  }));
}

TEST_F(DatabaseTest, TheSecondSchemaKeepsJobsOfTheFirstAndTheirStories) {
  const auto all = library_migrations();
  {
    auto old = Database::open(dir_, Database::Access::kReadWrite, all.first(1));
    ASSERT_TRUE(old);
    ASSERT_TRUE((*old)->write([](sqlite3* handle) {
      return run_sql(
          handle,
          "INSERT INTO job (job_id, kind, state, phase, step, position, take_id, recipe, crashes, owner, created_ms, changed_ms) "
          "VALUES ('0123456789abcdef', 'generate', 'running', 'denoise', 3, 9, 'fedcba9876543210', '{}', 1, 'x:1:1', 5, 6);"
          "INSERT INTO job_event (job_id, state, phase, message, time_ms) "
          "VALUES ('0123456789abcdef', 'queued', 'prepare', 'accepted', 5);");
    }));
  }
  const auto database = open();
  ASSERT_NE(database, nullptr);
  JobStore jobs(*database);
  const JobId id = *JobId::parse("0123456789abcdef");
  const auto job = jobs.find(id);
  ASSERT_TRUE(job && *job);
  EXPECT_EQ((*job)->state, "running");
  EXPECT_EQ((*job)->step, 3);
  EXPECT_EQ((*job)->position, 9);
  EXPECT_EQ((*job)->owner, "x:1:1");
  EXPECT_EQ((*job)->wish, "");
  ASSERT_EQ(jobs.events(id)->size(), 1u);
  EXPECT_TRUE(database->integrity_problems()->empty());
  const std::string states[] = {"running"};
  EXPECT_EQ(*jobs.remove(states), 1);
  EXPECT_TRUE(jobs.events(id)->empty()) << "the story goes with its job";
}

}  // namespace
}  // namespace fantascope
