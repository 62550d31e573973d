#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/media/clip_reader.h"
#include "app/media/mp4_writer.h"
#include "app/provenance/credentials.h"
#include "app/provenance/signing_keys.h"
#include "tests/support/io_fault/io_fault.h"
#include "tests/support/temp_dir.h"

namespace fantascope {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint64_t kMaxBytes = 1 << 24;

mode_t mode_of(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

VideoFrames noisy_frames() {
  VideoFrames frames{96, 64, 12, {24, 1}, {}};
  for (int i = 0; i < 96 * 64 * 12 * 3; ++i)
    frames.rgb.push_back(0.5f + 0.5f * std::sin(0.7f * static_cast<float>(i)) * std::cos(0.013f * static_cast<float>(i)));
  return frames;
}

ClipProvenance provenance() {
  ClipProvenance p;
  p.title = "A red ball";
  p.app_name = "Fantascope";
  p.app_version = "0.1.0";
  p.model_name = "model-x";
  p.model_version = "1";
  p.model_family = "family-x";
  p.weights_sha256 = std::string(64, 'a');
  p.recipe_sha256 = std::string(64, 'b');
  p.seed = 18446744073709551615u;
  p.take_id = "take-1";
  return p;
}

class Signing : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_mp4(dir_ / "plain.mp4", noisy_frames(), nullptr));
    auto keys = open_signing_keys(dir_ / "keys");
    ASSERT_TRUE(keys) << keys.error().to_string();
    keys_ = *keys;
  }
  Credentials read(const std::string& name) {
    auto credentials = read_credentials(dir_ / name, keys_.root_certificate_pem);
    EXPECT_TRUE(credentials) << credentials.error().to_string();
    return credentials ? *credentials : Credentials{};
  }
  void sign(const ClipProvenance& p = provenance()) {
    const auto result = sign_clip(keys_, dir_ / "plain.mp4", dir_ / "signed.mp4", p);
    ASSERT_TRUE(result) << result.error().to_string();
  }
  testing::TempDir dir_;
  SigningKeys keys_;
};

TEST(SigningKeys, AreMadeOnceAndKeptPrivate) {
  testing::TempDir dir;
  const auto first = open_signing_keys(dir / "home/keys");
  ASSERT_TRUE(first) << first.error().to_string();
  EXPECT_EQ(mode_of(dir / "home/keys"), 0700u);
  for (const auto& entry : std::filesystem::directory_iterator(dir / "home/keys")) EXPECT_EQ(mode_of(entry.path()), 0600u) << entry.path();
  const auto second = open_signing_keys(dir / "home/keys");
  ASSERT_TRUE(second);
  EXPECT_EQ(first->root_certificate_pem, second->root_certificate_pem);
  EXPECT_EQ(first->chain_pem, second->chain_pem);
  EXPECT_EQ(first->private_key_pem, second->private_key_pem);
  EXPECT_EQ(*read_file(dir / "home/keys/signing_root.pem", kMaxBytes), first->root_certificate_pem);
  EXPECT_THAT(first->root_certificate_pem, Not(HasSubstr("PRIVATE")));
}

TEST(SigningKeys, MakeRightsNarrowAgain) {
  testing::TempDir dir;
  ASSERT_TRUE(open_signing_keys(dir / "keys"));
  ASSERT_EQ(::chmod((dir / "keys").c_str(), 0755), 0);
  ASSERT_EQ(::chmod((dir / "keys/signing_keys.pem").c_str(), 0644), 0);
  ASSERT_TRUE(open_signing_keys(dir / "keys"));
  EXPECT_EQ(mode_of(dir / "keys"), 0700u);
  EXPECT_EQ(mode_of(dir / "keys/signing_keys.pem"), 0600u);
}

TEST(SigningKeys, RenewTheLeafUnderTheSameRoot) {
  testing::TempDir dir;
  const auto first = open_signing_keys(dir / "keys");
  ASSERT_TRUE(first);
  const auto in_time = open_signing_keys(dir / "keys", first->leaf_not_after - 366 * 86400);
  EXPECT_EQ(in_time->chain_pem, first->chain_pem);
  const auto late = open_signing_keys(dir / "keys", first->leaf_not_after - 364 * 86400);
  ASSERT_TRUE(late) << late.error().to_string();
  EXPECT_EQ(late->root_certificate_pem, first->root_certificate_pem);
  EXPECT_NE(late->chain_pem, first->chain_pem);
  EXPECT_NE(late->private_key_pem, first->private_key_pem);
  EXPECT_GT(late->leaf_not_after, first->leaf_not_after);
}

TEST(SigningKeys, AreNeverReplacedWhenDamaged) {
  testing::TempDir dir;
  ASSERT_TRUE(open_signing_keys(dir / "keys"));
  const std::string path = dir / "keys/signing_keys.pem";
  const std::string good = *read_file(path, kMaxBytes);
  testing::TempDir other;
  ASSERT_TRUE(open_signing_keys(other / "keys"));
  const std::string foreign = *read_file(other / "keys/signing_keys.pem", kMaxBytes);
  // The last: our certificates with someone else's keys.
  const std::size_t keys_at = good.find("-----BEGIN PRIVATE KEY");
  for (const std::string& content : {std::string(), std::string("x"), good.substr(0, good.size() / 2),
                                     good.substr(0, keys_at) + foreign.substr(foreign.find("-----BEGIN PRIVATE KEY"))}) {
    ASSERT_TRUE(write_file(path, content));
    const auto result = open_signing_keys(dir / "keys");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kBadFile);
    EXPECT_EQ(*read_file(path, kMaxBytes), content);
  }
}

TEST(SigningKeys, AreTheSameForEveryoneWhoStartsAtOnce) {
  testing::TempDir dir;
  std::vector<std::string> roots(8);
  std::vector<std::thread> threads;
  for (auto& root : roots) threads.emplace_back([&] { root = open_signing_keys(dir / "keys")->root_certificate_pem; });
  for (auto& thread : threads) thread.join();
  for (const auto& root : roots) EXPECT_EQ(root, roots.front());
}

TEST_F(Signing, GivesATrustedClipThatStillPlays) {
  sign();
  const Credentials credentials = read("signed.mp4");
  EXPECT_EQ(credentials.state, CredentialState::kTrusted) << credentials.manifest_json;
  EXPECT_THAT(credentials.failure_codes, IsEmpty());
  for (const char* code : {"claimSignature.validated", "signingCredential.trusted", "assertion.bmffHash.match"})
    EXPECT_THAT(credentials.success_codes, Contains(code));
  EXPECT_EQ(credentials.generator_name, "Fantascope");
  EXPECT_EQ(credentials.generator_version, "0.1.0");
  EXPECT_EQ(credentials.title, "A red ball");
  EXPECT_EQ(credentials.issuer, "Fantascope");
  EXPECT_THAT(credentials.signed_at, ::testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_THAT(credentials.actions, ElementsAre("c2pa.created"));
  EXPECT_THAT(credentials.digital_source_type, HasSubstr("trainedAlgorithmicMedia"));
  const auto generation = nlohmann::json::parse(credentials.generation_json);
  EXPECT_EQ(generation["seed"], "18446744073709551615");
  EXPECT_EQ(generation["model"], "model-x");
  EXPECT_EQ(generation["model_version"], "1");
  EXPECT_EQ(generation["weights_sha256"], std::string(64, 'a'));
  EXPECT_EQ(generation["recipe_sha256"], std::string(64, 'b'));
  EXPECT_FALSE(generation.contains("prompt"));
  EXPECT_EQ(mode_of(dir_ / "signed.mp4"), 0600u);
  const auto info = probe_clip(dir_ / "signed.mp4");
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->index_in_front);
  EXPECT_EQ(read_frames(dir_ / "signed.mp4")->rgb, read_frames(dir_ / "plain.mp4")->rgb);
}

TEST_F(Signing, WritesThePromptOnlyWhenAsked) {
  sign();
  EXPECT_EQ(read_file(dir_ / "signed.mp4", kMaxBytes)->find("canary prompt"), std::string::npos);
  auto p = provenance();
  p.prompt = "canary prompt \xf0\x9f\x8e\xac";
  sign(p);
  EXPECT_EQ(nlohmann::json::parse(read("signed.mp4").generation_json)["prompt"], *p.prompt);
}

TEST_F(Signing, IsValidButNotTrustedElsewhere) {
  sign();
  testing::TempDir other;
  const auto stranger = open_signing_keys(other / "keys");
  for (const std::string& root : {std::string(), stranger->root_certificate_pem}) {
    const auto credentials = read_credentials(dir_ / "signed.mp4", root);
    ASSERT_TRUE(credentials);
    EXPECT_EQ(credentials->state, CredentialState::kValid);
    EXPECT_THAT(credentials->failure_codes, Contains("signingCredential.untrusted"));
  }
}

/// Payloads of the top-level boxes of that type, as [begin, end).
std::vector<std::pair<std::size_t, std::size_t>> boxes(const std::string& file, const std::string& type) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t at = 0; at + 8 <= file.size();) {
    std::size_t size = 0;
    for (int k = 0; k < 4; ++k) size = size << 8 | static_cast<unsigned char>(file[at + k]);
    if (size < 8) break;
    if (file.compare(at + 4, 4, type) == 0) found.emplace_back(at + 8, at + size);
    at += size;
  }
  return found;
}

TEST_F(Signing, ShowsEveryFlippedByte) {
  sign();
  const std::string good = *read_file(dir_ / "signed.mp4", kMaxBytes);
  const Credentials original = read("signed.mp4");
  int tried = 0, harmless = 0;
  for (const char* type : {"mdat", "moov", "uuid"}) {
    const auto found = boxes(good, type);
    ASSERT_FALSE(found.empty()) << type;
    const auto [begin, end] = found.front();
    for (int i = 0; i < 24; ++i) {
      std::string bad = good;
      bad[begin + (end - begin) * static_cast<std::size_t>(i) / 24] ^= static_cast<char>(1 << (i % 8));
      ASSERT_TRUE(write_file(dir_ / "bad.mp4", bad));
      const auto credentials = read_credentials(dir_ / "bad.mp4", keys_.root_certificate_pem);
      ASSERT_TRUE(credentials);
      if (std::string(type) == "uuid") {
        // The credentials' own box has bytes that no hash covers (padding, labels of its inner boxes); what it says is covered.
        if (credentials->state != CredentialState::kTrusted) continue;
        ++harmless;
        EXPECT_EQ(credentials->generation_json, original.generation_json) << "place " << i;
        EXPECT_EQ(credentials->actions, original.actions) << "place " << i;
        EXPECT_EQ(credentials->title, original.title) << "place " << i;
        EXPECT_EQ(credentials->generator_name, original.generator_name) << "place " << i;
      } else {
        EXPECT_EQ(credentials->state, CredentialState::kInvalid) << type << " place " << i;
        EXPECT_THAT(credentials->failure_codes, Not(IsEmpty()));
        ++tried;
      }
    }
  }
  EXPECT_EQ(tried, 48);
  EXPECT_LE(harmless, 12);
  RecordProperty("harmless_flips_in_the_credentials_box", harmless);
}

TEST_F(Signing, TellsCutAndAppendedFiles) {
  sign();
  const std::string good = *read_file(dir_ / "signed.mp4", kMaxBytes);
  for (const std::string& bad : {good.substr(0, good.size() - 20), good + std::string("\0\0\0\x10mdat12345678", 16)}) {
    ASSERT_TRUE(write_file(dir_ / "bad.mp4", bad));
    EXPECT_EQ(read("bad.mp4").state, CredentialState::kInvalid);
  }
}

TEST_F(Signing, IsGoneAfterARemux) {
  sign();
  EXPECT_EQ(read("plain.mp4").state, CredentialState::kNone);
  ASSERT_TRUE(remux_mp4(dir_ / "signed.mp4", dir_ / "stripped.mp4"));
  EXPECT_EQ(read("stripped.mp4").state, CredentialState::kNone);
}

TEST_F(Signing, RefusesWhatItMustNotSignAndLeavesNothing) {
  sign();
  EXPECT_EQ(sign_clip(keys_, dir_ / "signed.mp4", dir_ / "twice.mp4", provenance()).error().code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(write_file(dir_ / "text.mp4", "this is not an MP4 file"));
  EXPECT_EQ(sign_clip(keys_, dir_ / "text.mp4", dir_ / "out.mp4", provenance()).error().code, ErrorCode::kBadFile);
  EXPECT_EQ(sign_clip(keys_, dir_ / "none.mp4", dir_ / "out.mp4", provenance()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(sign_clip(keys_, dir_ / "plain.mp4", dir_ / "no/out.mp4", provenance()).error().code, ErrorCode::kNotFound);
  // A key that is not the certificate's: the library itself refuses, after it has written an output.
  testing::TempDir other;
  SigningKeys mixed = keys_;
  mixed.private_key_pem = open_signing_keys(other / "keys")->private_key_pem;
  EXPECT_FALSE(sign_clip(mixed, dir_ / "plain.mp4", dir_ / "out.mp4", provenance()));
  // Signed well, but by someone whom our own root does not cover: our reader refuses.
  SigningKeys foreign = *open_signing_keys(other / "keys");
  foreign.root_certificate_pem = keys_.root_certificate_pem;
  const auto untrusted = sign_clip(foreign, dir_ / "plain.mp4", dir_ / "out.mp4", provenance());
  ASSERT_FALSE(untrusted);
  EXPECT_EQ(untrusted.error().code, ErrorCode::kMismatch);
  EXPECT_THAT(dir_.names(), ElementsAre("keys", "plain.mp4", "signed.mp4", "text.mp4"));
}

TEST_F(Signing, ReadsHostileFilesAsErrorsOrInvalid) {
  EXPECT_EQ(read_credentials(dir_ / "none", "").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_credentials(dir_.path(), "").error().code, ErrorCode::kBadFile);
  ASSERT_TRUE(write_file(dir_ / "empty", ""));
  EXPECT_EQ(read_credentials(dir_ / "empty", "").error().code, ErrorCode::kBadFile);
  // A C2PA box that says it holds 2 GB.
  const std::string uuid("\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81", 16);
  ASSERT_TRUE(write_file(dir_ / "huge.mp4", std::string("\0\0\0\x18"
                                                        "ftypisom\0\0\2\0isomiso2",
                                                        24) +
                                                std::string("\x7f\xff\xff\xffuuid", 8) + uuid + std::string(100, 'x')));
  EXPECT_NE(read("huge.mp4").state, CredentialState::kTrusted);
  EXPECT_NE(read("huge.mp4").state, CredentialState::kValid);
}

class SigningFault : public ::testing::TestWithParam<const char*> {};

TEST_P(SigningFault, LeavesNothingHalfSigned) {
  testing::TempDir good;
  ASSERT_TRUE(write_mp4(good / "plain.mp4", noisy_frames(), nullptr));
  ASSERT_TRUE(open_signing_keys(good / "keys"));
  int faults = 0;
  for (int k = 1;; ++k) {
    ASSERT_LT(k, 2000);
    testing::TempDir dir;
    const auto run = testing::run_with_fault(
        FANTASCOPE_IO_FAULT_SHIM, dir.path(), k, GetParam(), true,
        "'" FANTASCOPE_SIGN_VICTIM "' '" + (good / "keys") + "' '" + (good / "plain.mp4") + "' '" + (dir / "out.mp4") + "'");
    if (!run.fired) break;
    ++faults;
    EXPECT_EQ(run.exit_code, 1) << k << ": " << run.output;
    const auto names = dir.names();
    if (!names.empty()) {
      // Only the folder's fsync came after the rename: the clip is whole, but not acknowledged.
      EXPECT_THAT(names, ElementsAre("out.mp4")) << k;
      EXPECT_EQ(read_credentials(dir / "out.mp4", open_signing_keys(good / "keys")->root_certificate_pem)->state, CredentialState::kTrusted)
          << k;
    }
  }
  EXPECT_GT(faults, 3);
}
INSTANTIATE_TEST_SUITE_P(Signing, SigningFault, ::testing::Values("ENOSPC", "EIO"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace fantascope
