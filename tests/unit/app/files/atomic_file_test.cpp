#include "app/files/atomic_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "tests/support/io_fault/io_fault.h"
#include "tests/support/temp_dir.h"

namespace fantascope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

mode_t mode_of(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

std::string content_of(const std::string& path) { return *read_file(path, 1 << 20); }

TEST(AtomicFile, ShowsNothingBeforeCommitAndAllAfterIt) {
  testing::TempDir dir;
  auto file = AtomicFile::create(dir / "clip.mp4");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("hello "));
  ASSERT_TRUE(file->write("world"));
  EXPECT_FALSE(std::filesystem::exists(dir / "clip.mp4"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(dir / "clip.mp4"), "hello world");
  EXPECT_EQ(mode_of(dir / "clip.mp4"), 0600u);
  EXPECT_THAT(dir.names(), ElementsAre("clip.mp4"));
}

TEST(AtomicFile, LeavesNothingWhenItIsDropped) {
  testing::TempDir dir;
  {
    auto file = AtomicFile::create(dir / "a");
    ASSERT_TRUE(file && file->write("x"));
    EXPECT_EQ(dir.names().size(), 1u);
  }
  EXPECT_THAT(dir.names(), IsEmpty());
}

TEST(AtomicFile, KeepsOneOwnerWhenMoved) {
  testing::TempDir dir;
  auto first = AtomicFile::create(dir / "a");
  ASSERT_TRUE(first);
  AtomicFile second = *std::move(first);
  first->discard();
  ASSERT_TRUE(second.write("x"));
  ASSERT_TRUE(second.commit());
  EXPECT_EQ(content_of(dir / "a"), "x");
}

TEST(AtomicFile, GivesTheRightsThatAreAskedFor) {
  testing::TempDir dir;
  ASSERT_TRUE(write_file(dir / "public", "x", {.mode = 0644}));
  EXPECT_EQ(mode_of(dir / "public"), 0644u);
}

TEST(AtomicFile, RefusesToReplaceWhenAskedNotTo) {
  testing::TempDir dir;
  ASSERT_TRUE(write_file(dir / "a", "old"));
  EXPECT_EQ(write_file(dir / "a", "new", {.overwrite = Overwrite::kRefuse}).error().code, ErrorCode::kIo);
  // The target may also appear between create and commit.
  auto file = AtomicFile::create(dir / "b", {.overwrite = Overwrite::kRefuse});
  ASSERT_TRUE(file && file->write("late"));
  ASSERT_TRUE(write_file(dir / "b", "early"));
  EXPECT_FALSE(file->commit());
  EXPECT_EQ(content_of(dir / "a"), "old");
  EXPECT_EQ(content_of(dir / "b"), "early");
  EXPECT_THAT(dir.names(), ElementsAre("a", "b"));
}

TEST(AtomicFile, NamesAFolderThatIsNotThere) {
  testing::TempDir dir;
  const auto result = write_file(dir / "missing/a", "x");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(result.error().subject, dir / "missing");
}

TEST(AtomicFile, RefusesAFolderAsTarget) {
  testing::TempDir dir;
  EXPECT_FALSE(AtomicFile::create(dir.path()));
  EXPECT_FALSE(AtomicFile::create(dir / ""));
  EXPECT_THAT(dir.names(), IsEmpty());
}

TEST(AtomicFile, SaysBeforeWritingThatTheDiskIsTooSmall) {
  testing::TempDir dir;
  const auto result = AtomicFile::create(dir / "a", {.expected_bytes = std::uint64_t{1} << 60});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().subject, dir.path());
  EXPECT_THAT(result.error().allowed, HasSubstr(std::to_string(std::uint64_t{1} << 60)));
  EXPECT_THAT(result.error().found, HasSubstr("bytes free"));
  EXPECT_THAT(dir.names(), IsEmpty());
}

struct Fault {
  const char* kind;
  bool sticky;
  const char* overwrite;
};

class EveryFault : public ::testing::TestWithParam<Fault> {};

TEST_P(EveryFault, IsReportedAndNothingHalfWrittenIsSeen) {
  const auto [kind, sticky, overwrite] = GetParam();
  const bool replaces = std::string(overwrite) == "allow";
  int faults = 0;
  for (int k = 1;; ++k) {
    testing::TempDir dir;
    if (replaces) {
      ASSERT_TRUE(write_file(dir / "a", std::string(5000, 'o')));
    }
    const auto run = testing::run_with_fault(FANTASCOPE_IO_FAULT_SHIM, dir.path(), k, kind, sticky,
                                             "'" FANTASCOPE_WRITE_VICTIM "' '" + (dir / "a") + "' n " + overwrite);
    if (!run.fired) {
      EXPECT_EQ(run.output, "saved\n");
      break;
    }
    ++faults;
    ASSERT_LT(k, 100);
    ASSERT_NE(run.exit_code, -1) << "crashed at call " << k << ": " << run.output;
    const bool visible = std::filesystem::exists(dir / "a");
    EXPECT_EQ(dir.names(), visible ? std::vector<std::string>{"a"} : std::vector<std::string>{}) << k;
    const std::string content = visible ? content_of(dir / "a") : "";
    if (run.exit_code == 0) {
      EXPECT_EQ(content, std::string(5000, 'n')) << k;
      EXPECT_TRUE(std::string(kind) == "SHORT" || std::string(kind) == "EINTR") << "call " << k << " failed, yet: saved";
    } else if (replaces) {
      // After the rename only the folder's fsync can fail: then the new content is there, whole, but not acknowledged.
      EXPECT_TRUE(content == std::string(5000, 'o') || content == std::string(5000, 'n')) << k;
    } else {
      EXPECT_FALSE(visible) << k;
    }
    if (run.exit_code != 0 && std::string(kind) == "ENOSPC") {
      EXPECT_THAT(run.output, HasSubstr(dir.path())) << k;
      EXPECT_THAT(run.output, HasSubstr("bytes needed")) << k;
      EXPECT_THAT(run.output, HasSubstr("bytes free")) << k;
    }
  }
  EXPECT_GE(faults, 9);  // 6 writes, fsync, rename, fsync of the folder
}
INSTANTIATE_TEST_SUITE_P(AtomicFile, EveryFault,
                         ::testing::Values(Fault{"ENOSPC", false, "allow"}, Fault{"ENOSPC", true, "allow"}, Fault{"ENOSPC", true, "refuse"},
                                           Fault{"EIO", false, "allow"}, Fault{"EIO", true, "refuse"}, Fault{"SHORT", false, "allow"},
                                           Fault{"EINTR", false, "allow"}),
                         [](const auto& info) {
                           return std::string(info.param.kind) + (info.param.sticky ? "Sticky" : "Once") + info.param.overwrite;
                         });

TEST(FileSystem, MakesPrivateFolders) {
  testing::TempDir dir;
  ASSERT_TRUE(create_private_dir(dir / "x/keys"));
  EXPECT_EQ(mode_of(dir / "x/keys"), 0700u);
  std::filesystem::permissions(dir / "x/keys", std::filesystem::perms::all);
  ASSERT_TRUE(create_private_dir(dir / "x/keys"));
  EXPECT_EQ(mode_of(dir / "x/keys"), 0700u);
  ASSERT_TRUE(write_file(dir / "file", "x"));
  EXPECT_FALSE(create_private_dir(dir / "file"));
}

TEST(FileSystem, ReadsFilesUpToTheLimitOnly) {
  testing::TempDir dir;
  ASSERT_TRUE(write_file(dir / "a", "12345"));
  EXPECT_EQ(*read_file(dir / "a", 5), "12345");
  EXPECT_EQ(read_file(dir / "a", 4).error().code, ErrorCode::kBadFile);
  EXPECT_EQ(read_file(dir / "b", 4).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_file(dir.path(), 4).error().code, ErrorCode::kBadFile);
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(dir / "pipe", 4).error().code, ErrorCode::kBadFile);  // and does not hang
}

TEST(FileSystem, PublishesFoldersWithoutReplacing) {
  testing::TempDir dir;
  ASSERT_TRUE(create_private_dir(dir / ".new/inner"));
  ASSERT_TRUE(write_file(dir / ".new/inner/a", "x"));
  ASSERT_TRUE(publish_dir(dir / ".new", dir / "take"));
  EXPECT_EQ(content_of(dir / "take/inner/a"), "x");
  ASSERT_TRUE(create_private_dir(dir / ".new2"));
  EXPECT_FALSE(publish_dir(dir / ".new2", dir / "take"));
  EXPECT_EQ(content_of(dir / "take/inner/a"), "x");
}

TEST(FileSystem, KnowsTheFreeSpace) {
  testing::TempDir dir;
  EXPECT_GT(*free_space(dir.path()), 0u);
  EXPECT_FALSE(free_space(dir / "missing"));
}

TEST(Sha256, AgreesWithThePublishedVectors) {  // FIPS 180-4 examples
  EXPECT_EQ(sha256_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  testing::TempDir dir;
  ASSERT_TRUE(write_file(dir / "a", std::string(3'000'000, 'a')));
  Sha256 pieces;
  for (int i = 0; i < 3; ++i) pieces.update(std::string(1'000'000, 'a'));
  EXPECT_EQ(*sha256_file(dir / "a"), pieces.finish());
  EXPECT_EQ(sha256_file(dir / "b").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace fantascope
