#include "app/library/project_store.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "app/library/take_shelf.h"
#include "tests/unit/app/library/library_fixture.h"

namespace fantascope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ProjectStoreTest : public LibraryTest {
 protected:
  void SetUp() override { database_ = open(); }
  Take add_take(const std::string& prompt = "a red ball", const JobId& job = JobId::random()) {
    NewTake take;
    take.take_id = TakeId::random();
    take.job_id = job;
    take.prompt = prompt;
    take.model = "previz";
    take.family = "f";
    take.width = take.height = 64;
    take.num_frames = 9;
    take.fps = "16";
    take.recipe = "{}";
    take.recipe_sha256 = take.latents_sha256 = take.unsigned_sha256 = std::string(64, 'a');
    auto made = TakeStore(*database_).insert(take);
    EXPECT_TRUE(made) << made.error().to_string();
    return *made;
  }
  ShotId add_shot(const std::vector<JobId>& jobs, const std::string& project_id = {}) {
    Shot shot;
    shot.shot_id = ShotId::random();
    shot.name = "shot";
    shot.project_id = project_id;
    ShotStore shots(*database_);
    EXPECT_TRUE(shots.put(shot));
    EXPECT_TRUE(shots.attach_jobs(shot.shot_id, jobs));
    return shot.shot_id;
  }
  Project create(const std::string& name) {
    auto made = ProjectStore(*database_).put({ProjectId::random(), name, 0});
    EXPECT_TRUE(made) << made.error().to_string();
    return made ? *made : Project{};
  }
  std::vector<std::int64_t> find(const std::string& text, const std::string& project_id = {}) {
    auto filter = parse_take_filter(text);
    filter->project_id = project_id;
    auto found = TakeShelf(*database_).find(*filter);
    EXPECT_TRUE(found) << found.error().to_string();
    return found ? *found : std::vector<std::int64_t>{};
  }
  std::vector<std::int64_t> of(const Project& project) { return find("", project.project_id.text()); }
  std::unique_ptr<Database> database_;
};

TEST_F(ProjectStoreTest, NamesAreUniqueWhateverTheirCase) {
  const Project film = create("  Märchen Film ");
  EXPECT_EQ(film.name, "Märchen Film") << "without the spaces around it";
  ProjectStore store(*database_);
  const auto twice = store.put({ProjectId::random(), "MÄRCHEN film", 0});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(twice.error().found, HasSubstr("Märchen Film"));
  EXPECT_TRUE(store.put({film.project_id, "MÄRCHEN FILM", 0})) << "its own name in another case";
  EXPECT_EQ(store.find_by_name(" märchen film")->name, "MÄRCHEN FILM");
  create("Ночь");
  EXPECT_FALSE(store.put({ProjectId::random(), "НОЧЬ", 0}));
}

TEST_F(ProjectStoreTest, BadNamesAreRefusedWithTheReason) {
  ProjectStore store(*database_);
  const auto refused = [&](const std::string& name) {
    const auto made = store.put({ProjectId::random(), name, 0});
    return made ? std::string("taken: ") + name : made.error().message;
  };
  EXPECT_THAT(refused(""), HasSubstr("needs a name"));
  EXPECT_THAT(refused("   "), HasSubstr("needs a name"));
  EXPECT_THAT(refused(std::string(81, 'x')), HasSubstr("too long"));
  EXPECT_THAT(refused("two\nlines"), HasSubstr("cannot be seen"));
  EXPECT_THAT(refused(std::string("nul\0", 4)), HasSubstr("cannot be seen"));
  EXPECT_THAT(refused("turned \xE2\x80\xAE name"), HasSubstr("cannot be seen"));
  EXPECT_THAT(refused("bad \xff"), HasSubstr("not UTF-8"));
  EXPECT_THAT(store.list()->projects, IsEmpty());
  std::string widest;
  for (int i = 0; i < 80; ++i) widest += "ä";
  EXPECT_EQ(create(widest).name, widest) << "80 characters, not bytes";
}

TEST_F(ProjectStoreTest, ATakeIsOfTheProjectOfItsShotHoweverItGotThere) {
  const Project film = create("Film"), other = create("Other");
  const Take before = add_take();
  const ShotId shot = add_shot({before.job_id}, film.project_id.text());  // attached after the take was made
  const JobId waiting = JobId::random();
  ASSERT_TRUE(ShotStore(*database_).attach_jobs(shot, {waiting}));
  const Take after = add_take("made later", waiting);
  const Take loose = add_take("of no shot");
  EXPECT_THAT(of(film), ElementsAre(after.seq, before.seq));
  EXPECT_THAT(find(""), ElementsAre(loose.seq, after.seq, before.seq)) << "all projects";
  ASSERT_TRUE(ProjectStore(*database_).move_shots({{shot, other.project_id}}));
  EXPECT_THAT(of(film), IsEmpty());
  EXPECT_THAT(of(other), ElementsAre(after.seq, before.seq));
  const ShotId third = add_shot({before.job_id});  // the job goes over to a shot of no project
  EXPECT_THAT(of(other), ElementsAre(after.seq));
  ASSERT_TRUE(ShotStore(*database_).remove(shot));
  EXPECT_THAT(of(other), IsEmpty());
  EXPECT_EQ(ProjectStore(*database_).place_of(before.take_id)->first, third.text());
  const auto rows = TakeShelf(*database_).rows({before.seq});
  EXPECT_EQ(rows->front().project, "");
}

TEST_F(ProjectStoreTest, CountsAreWhatListsShow) {
  const Project film = create("film"), empty = create("Empty");
  const Take kept = add_take(), dropped = add_take();
  add_shot({kept.job_id, dropped.job_id}, film.project_id.text());
  add_take();
  ASSERT_TRUE(TakeStore(*database_).set_keep(dropped.take_id, Keep::kDropped));
  const auto list = ProjectStore(*database_).list();
  ASSERT_TRUE(list) << list.error().to_string();
  ASSERT_EQ(list->projects.size(), 2u);
  EXPECT_EQ(list->projects[0].name, "Empty") << "by name, whatever the case";
  EXPECT_EQ(list->projects[0].num_takes, 0);
  EXPECT_EQ(list->projects[1].num_shots, 1);
  EXPECT_EQ(list->projects[1].num_takes, static_cast<std::int64_t>(of(film).size()));
  EXPECT_EQ(list->projects[1].num_takes, 1);
  EXPECT_EQ(list->num_takes, 2);
  EXPECT_EQ(TakeShelf(*database_).rows({kept.seq})->front().project, "film");
}

TEST_F(ProjectStoreTest, RemovingLeavesShotsAndTakesAndCanBeTakenBack) {
  const Project film = create("Film");
  const Take take = add_take();
  const ShotId shot = add_shot({take.job_id}, film.project_id.text());
  ProjectStore store(*database_);
  const auto shots = store.remove(film.project_id);
  ASSERT_TRUE(shots);
  EXPECT_THAT(*shots, ElementsAre(shot));
  EXPECT_THAT(find(""), ElementsAre(take.seq));
  EXPECT_EQ((*ShotStore(*database_).find(shot))->project_id, "");
  EXPECT_THAT(of(film), IsEmpty());
  EXPECT_THAT(*store.remove(film.project_id), IsEmpty()) << "again: nothing left to do";
  ASSERT_TRUE(store.put(film));
  ASSERT_TRUE(store.move_shots({{shot, film.project_id}}));
  EXPECT_THAT(of(film), ElementsAre(take.seq));
  EXPECT_TRUE(database_->integrity_problems()->empty());
}

TEST_F(ProjectStoreTest, MovesTakesWithTheirShotsAndSaysWhereTheyWere) {
  const Project film = create("Film");
  const Take a = add_take("one"), b = add_take("two"), loose = add_take("a lighthouse\nat dusk");
  const ShotId shot = add_shot({a.job_id, b.job_id});
  ProjectStore store(*database_);
  const auto move = store.move_takes({a.take_id, b.take_id, loose.take_id}, film.project_id);
  ASSERT_TRUE(move) << move.error().to_string();
  EXPECT_EQ(move->before.size(), 2u) << "two shots: a and b share one";
  EXPECT_EQ(move->num_takes, 3);
  EXPECT_THAT(of(film), ElementsAre(loose.seq, b.seq, a.seq));
  const auto made = ShotStore(*database_).find(move->before.back().shot_id);
  EXPECT_EQ((*made)->name, "a lighthouse at dusk") << "a take of no shot got one";
  ASSERT_TRUE(store.move_shots(move->before));
  EXPECT_THAT(of(film), IsEmpty());
  EXPECT_FALSE(store.move_takes({a.take_id, TakeId::random()}, film.project_id)) << "all or none";
  EXPECT_THAT(of(film), IsEmpty());
  EXPECT_EQ(store.move_takes({a.take_id}, ProjectId::random()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store.move_shots({{ShotId::random(), film.project_id}}).error().subject, "shot");
  EXPECT_EQ((*ShotStore(*database_).find(shot))->project_id, "");
}

TEST_F(ProjectStoreTest, TheSearchKnowsProjectsByName) {
  const Project film = create("Short Film"), sea = create("sea");
  const Take ball = add_take("a red ball"), cube = add_take("a red cube"), wave = add_take("a red wave");
  add_shot({ball.job_id, cube.job_id}, film.project_id.text());
  add_shot({wave.job_id}, sea.project_id.text());
  EXPECT_THAT(find("project:SEA"), ElementsAre(wave.seq));
  EXPECT_THAT(find("red project:\"short film\" kept:no"), ElementsAre(cube.seq, ball.seq));
  EXPECT_THAT(find("project:\"short film"), ElementsAre(cube.seq, ball.seq)) << "not closed yet";
  EXPECT_THAT(find("cube", film.project_id.text()), ElementsAre(cube.seq));
  EXPECT_THAT(find("stars:0 model:previz", film.project_id.text()), ElementsAre(cube.seq, ball.seq));
  EXPECT_THAT(find("project:sea", film.project_id.text()), ElementsAre(wave.seq)) << "what is typed goes before what is open";
  EXPECT_EQ(find("project:").size(), 3u);
  TakeFilter filter;
  filter.project = "nowhere";
  const auto unknown = TakeShelf(*database_).find(filter);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(unknown.error().allowed, "sea, Short Film");
  filter.order = TakeOrder::kOldest;
  filter.project = "short film";
  EXPECT_THAT(*TakeShelf(*database_).find(filter), ElementsAre(ball.seq, cube.seq)) << "the order stays";
}

TEST_F(ProjectStoreTest, ManyTakesAreCutToTheProjectAsFewAre) {
  const Project film = create("Film");
  const ShotId shot = add_shot({}, film.project_id.text());
  ASSERT_TRUE(database_->write([&](sqlite3* handle) -> Result<void> {
    const std::string hash(64, 'a');
    const std::string sql =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) INSERT INTO take (take_id, job_id, prompt, model, "
        "family, width, height, num_frames, fps, seed, recipe, recipe_sha256, latents_sha256, unsigned_sha256, created_ms) SELECT "
        "printf('%016d', i), printf('%016d', i), 'x', 'm', 'f', 8, 8, 1, '8', i, '{}', '" +
        hash + "', '" + hash + "', '" + hash +
        "', 1 FROM n; INSERT INTO take_search (rowid, words) SELECT seq, prompt FROM take;"
        "INSERT INTO shot_job (job_id, shot_id) SELECT job_id, '" +
        shot.text() +
        "' FROM take WHERE seq % 3 = 0;"
        "UPDATE take SET keep = 'kept' WHERE seq % 2 = 0";
    return sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
               ? Result<void>()
               : Result<void>(Error{ErrorCode::kIo, sqlite3_errmsg(handle), "", "", "", ""});
  }));
  const std::string id = film.project_id.text();
  for (const char* text : {"", "x", "model:m", "x model:m"}) {
    const auto found = find(text, id);
    EXPECT_EQ(found.size(), 3000u) << text;
    EXPECT_EQ(found.front(), 9000) << text;
    EXPECT_EQ(found.back(), 3) << text;
  }
  for (const char* text : {"kept:yes", "x kept:yes", "model:m kept:yes"}) EXPECT_EQ(find(text, id).size(), 1500u) << text;
  EXPECT_THAT(find("", ProjectId::random().text()), IsEmpty());
  EXPECT_THAT(find("x", ProjectId::random().text()), IsEmpty());
}

TEST_F(ProjectStoreTest, TheStoryboardOfAProjectLeavesTheOthersWhereTheyAre) {
  const Project film = create("Film");
  const std::string id = film.project_id.text();
  const ShotId a = add_shot({}), b = add_shot({}, id), c = add_shot({}), d = add_shot({}, id), e = add_shot({}, id);
  ShotStore shots(*database_);
  ASSERT_TRUE(shots.set_board({a, b, c, d}));
  const auto order = [&](const std::string& project) {
    std::vector<ShotId> ids;
    const auto board = shots.board(project);
    for (const Shot& shot : *board) ids.push_back(shot.shot_id);
    return ids;
  };
  EXPECT_THAT(order(id), ElementsAre(b, d));
  ASSERT_TRUE(shots.set_board({d, b, e}, id));
  EXPECT_THAT(order(id), ElementsAre(d, b, e));
  EXPECT_THAT(order(""), ElementsAre(a, d, c, b, e));
  ASSERT_TRUE(shots.set_board({e}, id));
  EXPECT_THAT(order(""), ElementsAre(a, e, c)) << "taken out: two of the project, none of the others";
}

TEST_F(ProjectStoreTest, AnOlderLibraryKeepsItsShotsOfNoProject) {
  database_.reset();
  std::filesystem::remove_all(dir_);
  std::filesystem::create_directories(dir_);
  {
    auto old = Database::open(dir_, Database::Access::kReadWrite, library_migrations().first(5));
    ASSERT_TRUE(old);
    ASSERT_TRUE((*old)->write([](sqlite3* handle) -> Result<void> {
      const std::string hash(64, 'a');
      const std::string sql =
          "INSERT INTO take (take_id, job_id, prompt, model, family, width, height, num_frames, fps, seed, recipe, recipe_sha256, "
          "latents_sha256, unsigned_sha256, created_ms) VALUES ('0123456789abcdef', 'fedcba9876543210', 'an old take', 'm', 'f', 8, 8, 1, "
          "'8', 1, '{}', '" +
          hash + "', '" + hash + "', '" + hash +
          "', 5);"
          "INSERT INTO shot (shot_id, name, board_position, created_ms, changed_ms) VALUES ('1111111111111111', 'old', 0, 5, 5);"
          "INSERT INTO shot_job (job_id, shot_id) VALUES ('fedcba9876543210', '1111111111111111');";
      return sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
                 ? Result<void>()
                 : Result<void>(Error{ErrorCode::kIo, sqlite3_errmsg(handle), "", "", "", ""});
    }));
  }
  database_ = open();
  ASSERT_NE(database_, nullptr);
  EXPECT_EQ(database_->schema_version(), library_migrations().back().version);
  EXPECT_THAT(find(""), ElementsAre(1));
  EXPECT_EQ(ShotStore(*database_).board()->front().project_id, "");
  const auto list = ProjectStore(*database_).list();
  EXPECT_THAT(list->projects, IsEmpty());
  EXPECT_EQ(list->num_takes, 1);
  const Project film = create("Film");
  ASSERT_TRUE(ProjectStore(*database_).move_takes({*TakeId::parse("0123456789abcdef")}, film.project_id));
  EXPECT_THAT(of(film), ElementsAre(1)) << "an old take goes into a new project with its old shot";
  EXPECT_EQ(ShotStore(*database_).board(film.project_id.text())->size(), 1u);
  EXPECT_TRUE(database_->integrity_problems()->empty());
  EXPECT_FALSE(std::filesystem::is_empty(dir_ + "/backups")) << "a copy from before";
}

}  // namespace
}  // namespace fantascope
