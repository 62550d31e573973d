#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "engine/weights/fresh_parameters.h"
#include "engine/weights/loaded_parameters.h"
#include "engine/weights/safetensors_file.h"
#include "engine/weights/sharded_weights.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/engine/weights/planted.h"

namespace fantascope {
namespace {

using testing::TempDir;

at::Tensor numbers(std::initializer_list<std::int64_t> shape, at::ScalarType type = at::kFloat) {
  std::int64_t count = 1;
  for (const auto dim : shape) count *= dim;
  return (at::arange(count, at::kFloat) * 0.5 - 3.0).reshape(shape).to(type);
}

TEST(Safetensors, EveryTypeSurvivesItsFile) {
  const TempDir dir;
  const std::string path = dir / "w.safetensors";
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const auto type :
       {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kShort, at::kChar, at::kByte, at::kBool}) {
    tensors.emplace_back(std::string("t_") + c10::toString(type), numbers({3, 5}).abs().to(type));
  }
  tensors.emplace_back("f8", numbers({3}).to(at::kFloat8_e4m3fn));
  tensors.emplace_back("f85", numbers({3}).to(at::kFloat8_e5m2));
  tensors.emplace_back("scalar", at::tensor(2.5));
  tensors.emplace_back("empty", at::zeros({0, 4}));
  tensors.emplace_back("strided", numbers({4, 6}).t());
  ASSERT_TRUE(write_safetensors(path, tensors, {{"format", "pt"}, {"quote\"", "line\nbreak"}}, SyncToDisk::kYes));
  const auto file = SafetensorsFile::open(path);
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ((*file)->metadata().at("quote\""), "line\nbreak");
  for (const auto& [name, tensor] : tensors) {
    const auto view = (*file)->view(name);
    const auto copy = (*file)->read(name);
    ASSERT_TRUE(view && copy) << name;
    EXPECT_EQ(view->scalar_type(), tensor.scalar_type()) << name;
    EXPECT_EQ(view->sizes(), tensor.sizes()) << name;
    EXPECT_TRUE(at::equal(view->to(at::kDouble), tensor.to(at::kDouble))) << name;
    EXPECT_TRUE(at::equal(copy->to(at::kDouble), tensor.to(at::kDouble))) << name;
  }
  EXPECT_TRUE((*file)->verify_unchanged());
  EXPECT_EQ((*file)->view("nobody").error().code, ErrorCode::kNotFound);
}

TEST(Safetensors, ViewsOutliveTheFileObject) {
  const TempDir dir;
  ASSERT_TRUE(write_safetensors(dir / "w.safetensors", {{"w", numbers({100})}}));
  at::Tensor view;
  {
    const auto file = SafetensorsFile::open(dir / "w.safetensors");
    ASSERT_TRUE(file);
    view = *(*file)->view("w");
  }
  EXPECT_TRUE(at::equal(view, numbers({100})));
}

TEST(Safetensors, ViewsShareTheMapping) {
  const TempDir dir;
  ASSERT_TRUE(write_safetensors(dir / "w.safetensors", {{"w", numbers({100})}}));
  const auto file = SafetensorsFile::open(dir / "w.safetensors");
  EXPECT_EQ((*file)->view("w")->const_data_ptr(), (*file)->view("w")->const_data_ptr());
  EXPECT_NE((*file)->read("w")->const_data_ptr(), (*file)->view("w")->const_data_ptr());
}

TEST(Safetensors, UnalignedDataIsCopiedNotMisread) {
  const TempDir dir;
  std::string bytes = planted(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 0);
  ASSERT_NE(bytes.size() % 4, 0u);
  const float values[] = {1.5F, -2.0F};
  bytes.append(reinterpret_cast<const char*>(values), sizeof values);
  write_file(dir / "w.safetensors", bytes);
  const auto file = SafetensorsFile::open(dir / "w.safetensors");
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_TRUE(at::equal(*(*file)->view("w"), at::tensor({1.5F, -2.0F})));
}

TEST(Safetensors, WritingRefusesWhatItCannotHold) {
  const TempDir dir;
  const std::string path = dir / "w.safetensors";
  EXPECT_FALSE(write_safetensors(path, {{"a", numbers({1})}, {"a", numbers({1})}}));
  EXPECT_FALSE(write_safetensors(path, {{"__metadata__", numbers({1})}}));
  EXPECT_FALSE(write_safetensors(path, {{"c", at::zeros({1}, at::kComplexFloat)}}));
  EXPECT_FALSE(write_safetensors(path, {{"u", at::Tensor()}}));
  EXPECT_FALSE(write_safetensors(dir / "no/such/folder/w.safetensors", {{"a", numbers({1})}}));
  EXPECT_TRUE(dir.names().empty()) << "nothing half-written stays";
}

/// A limit on file size stands for a full disk: write(2) fails half-way.
TEST(Safetensors, AWriteThatFailsHalfWayIsToldAndLeavesNothing) {
  const TempDir dir;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 4096;
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_safetensors(dir / "w.safetensors", {{"a", numbers({100'000})}});
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_NE(written.error().message.find("cannot be written"), std::string::npos);
  EXPECT_TRUE(dir.names().empty());
}

TEST(Safetensors, OddPathsAreErrors) {
  const TempDir dir;
  EXPECT_EQ(SafetensorsFile::open(dir / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(SafetensorsFile::open(dir.path()).error().code, ErrorCode::kBadFile);
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(SafetensorsFile::open(dir / "pipe").error().code, ErrorCode::kBadFile);
  write_file(dir / "empty.safetensors", "");
  EXPECT_NE(SafetensorsFile::open(dir / "empty.safetensors").error().message.find("empty file"), std::string::npos);
}

TEST(Safetensors, AFileCutShortWhileOpenIsToldAndTheProcessLives) {  // case 16
  const TempDir dir;
  const std::string path = dir / "w.safetensors";
  ASSERT_TRUE(write_safetensors(path, {{"w", at::full({1 << 20}, 2.0F)}}));
  const auto file = SafetensorsFile::open(path);
  ASSERT_TRUE(file);
  const at::Tensor view = *(*file)->view("w");
  EXPECT_EQ(view.sum().item<double>(), 2.0 * (1 << 20));
  ASSERT_EQ(::truncate(path.c_str(), 4096), 0);
  EXPECT_LT(view.sum().item<double>(), 2.0 * (1 << 20)) << "pages that are gone read as zeros";
  const auto status = (*file)->verify_unchanged();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("file changed while reading"), std::string::npos);
  const auto copy = (*file)->read("w");
  ASSERT_FALSE(copy);
  EXPECT_NE(copy.error().message.find("file changed while reading"), std::string::npos);
}

TEST(Safetensors, AFileRestoredToItsLengthIsStillTold) {
  const TempDir dir;
  const std::string path = dir / "w.safetensors";
  ASSERT_TRUE(write_safetensors(path, {{"w", at::full({1 << 20}, 2.0F)}}));
  const auto file = SafetensorsFile::open(path);
  ASSERT_TRUE(file);
  const auto size = static_cast<off_t>(std::filesystem::file_size(path));
  ASSERT_EQ(::truncate(path.c_str(), 4096), 0);
  ASSERT_EQ(::truncate(path.c_str(), size), 0);
  EXPECT_FALSE((*file)->verify_unchanged());
}

TEST(SafetensorsDeathTest, FaultsElsewhereStillEndTheProcess) {
  const TempDir dir;
  ASSERT_TRUE(write_safetensors(dir / "w.safetensors", {{"w", numbers({4})}}));
  const auto file = SafetensorsFile::open(dir / "w.safetensors");
  ASSERT_TRUE(file);
  EXPECT_DEATH(::raise(SIGBUS), "");
}

TEST(Safetensors, RandomDamageNeverCrashes) {
  const TempDir dir;
  const std::string path = dir / "w.safetensors";
  ASSERT_TRUE(write_safetensors(path, {{"a", numbers({3, 4})}, {"b", numbers({5}, at::kBFloat16)}}, {{"format", "pt"}}));
  std::ifstream in(path, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  std::mt19937 random(5);
  int num_refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    const int num_changes = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < num_changes; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    const auto header = parse_safetensors_header(bytes, bytes.size(), "f");
    num_refused += header ? 0 : 1;
  }
  EXPECT_GT(num_refused, 1000);
}

// ---- folders ----

struct Folder {
  Folder() {
    EXPECT_TRUE(write_safetensors(dir / "model-00001-of-00002.safetensors", {{"a", numbers({2})}, {"extra", numbers({1})}}));
    EXPECT_TRUE(write_safetensors(dir / "model-00002-of-00002.safetensors", {{"b", numbers({3}, at::kBFloat16)}}));
    index(R"({"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"})");
  }
  void index(const std::string& map) { write_file(dir / "model.safetensors.index.json", "{\"metadata\":{},\"weight_map\":" + map + "}"); }
  Error refusal() const {
    const auto weights = ShardedWeights::open(dir.path());
    EXPECT_FALSE(weights);
    return weights ? Error{} : weights.error();
  }
  TempDir dir;
};

TEST(ShardedWeights, ReadsAnIndexWithShards) {
  const Folder folder;
  const auto weights = ShardedWeights::open(folder.dir.path());
  ASSERT_TRUE(weights) << weights.error().to_string();
  EXPECT_EQ(weights->names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(weights->files().size(), 2u);
  EXPECT_TRUE(at::equal(*weights->view("b"), numbers({3}, at::kBFloat16)));
  EXPECT_FALSE(weights->view("extra"));
}

TEST(ShardedWeights, RefusesPathsOutsideTheFolder) {  // case 15
  Folder folder;
  for (const char* path :
       {"../model-00001-of-00002.safetensors", "/etc/passwd", "a/b.safetensors", "..", "a\\\\b.safetensors", "", "x\\u0000.safetensors"}) {
    folder.index(std::string(R"({"a":")") + path + "\"}");
    const Error error = folder.refusal();
    EXPECT_EQ(error.code, ErrorCode::kBadFile) << path;
    EXPECT_NE(error.message.find("outside the model's folder: refused"), std::string::npos) << error.to_string();
  }
}

TEST(ShardedWeights, NamesTheMissingShard) {  // case 15
  const Folder folder;
  std::filesystem::remove(folder.dir / "model-00002-of-00002.safetensors");
  const Error error = folder.refusal();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_NE(error.message.find("shard 2 of 2 missing: model-00002-of-00002.safetensors"), std::string::npos) << error.message;
}

TEST(ShardedWeights, RefusesIndexesThatLie) {
  Folder folder;
  folder.index(R"({"c":"model-00001-of-00002.safetensors"})");
  EXPECT_NE(folder.refusal().message.find("does not hold tensor \"c\""), std::string::npos);
  folder.index(R"({"a":3})");
  EXPECT_NE(folder.refusal().message.find("is not a file name"), std::string::npos);
  folder.index("{}");
  EXPECT_NE(folder.refusal().message.find("weight_map is missing"), std::string::npos);
  folder.index(R"({"a":"model-00001-of-00002.safetensors","a":"model-00002-of-00002.safetensors"})");
  EXPECT_NE(folder.refusal().message.find("duplicate key \"a\""), std::string::npos);
  folder.index(R"({"a":"model-00001-of-00002.bin"})");
  EXPECT_NE(folder.refusal().message.find("holds program code"), std::string::npos);
}

TEST(ShardedWeights, PicksTheVariant) {
  const TempDir dir;
  ASSERT_TRUE(write_safetensors(dir / "diffusion_pytorch_model.bf16.safetensors", {{"a", numbers({2}, at::kBFloat16)}}));
  const auto only = ShardedWeights::open(dir.path());
  ASSERT_TRUE(only) << only.error().to_string();
  ASSERT_TRUE(write_safetensors(dir / "diffusion_pytorch_model.safetensors", {{"a", numbers({2})}}));
  EXPECT_EQ(ShardedWeights::open(dir.path())->view("a")->scalar_type(), at::kFloat);
  EXPECT_EQ(ShardedWeights::open(dir.path(), "bf16")->view("a")->scalar_type(), at::kBFloat16);
  EXPECT_EQ(ShardedWeights::open(dir.path(), "fp16").error().code, ErrorCode::kNotFound);
  std::filesystem::remove(dir / "diffusion_pytorch_model.safetensors");
  ASSERT_TRUE(write_safetensors(dir / "diffusion_pytorch_model.fp16.safetensors", {{"a", numbers({2}, at::kHalf)}}));
  EXPECT_NE(ShardedWeights::open(dir.path()).error().message.find("several variants"), std::string::npos);
}

TEST(ShardedWeights, NeverOpensProgramCode) {  // cases 37 and 38
  const TempDir dir;
  for (const char* name : {"model.ckpt", "model.pt", "pytorch_model.bin", "model.pth"}) {
    write_file(dir / name, std::string("\x80\x02}q\x01.", 6));
    const auto weights = ShardedWeights::open(dir / name);
    ASSERT_FALSE(weights) << name;
    EXPECT_EQ(weights.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(weights.error().message.find("holds program code"), std::string::npos);
    EXPECT_NE(weights.error().hint.find("onvert to safetensors elsewhere"), std::string::npos);
  }
  EXPECT_NE(ShardedWeights::open(dir.path()).error().message.find("holds program code"), std::string::npos) << "a folder of pickles only";
  for (const std::string& content : {std::string("\x80\x02}q\x01.aaaaaaaaaaa", 17), "PK\x03\x04" + std::string(40, '\0')}) {
    write_file(dir / "model.safetensors", content);
    EXPECT_NE(ShardedWeights::open(dir / "model.safetensors").error().message.find("holds program code"), std::string::npos);
    EXPECT_NE(ShardedWeights::open(dir.path()).error().message.find("holds program code"), std::string::npos);
  }
}

TEST(ShardedWeights, EmptyAndMissingFoldersAreErrors) {
  const TempDir dir;
  EXPECT_NE(ShardedWeights::open(dir.path()).error().message.find("holds no weights"), std::string::npos);
  EXPECT_EQ(ShardedWeights::open(dir / "none").error().code, ErrorCode::kNotFound);
}

// ---- parameters ----

ShardedWeights weights_of(const TempDir& dir, const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
  EXPECT_TRUE(write_safetensors(dir / "model.safetensors", tensors));
  auto weights = ShardedWeights::open(dir.path());
  EXPECT_TRUE(weights);
  return *std::move(weights);
}

TEST(LoadedParameters, GivesTheComputeTypeWithoutCopyWhereItCan) {
  const TempDir dir;
  LoadedParameters parameters(
      weights_of(dir, {{"x.w", numbers({2, 3}, at::kBFloat16)}, {"x.b", numbers({3})}, {"x.n", numbers({2}, at::kLong)}}), at::kBFloat16);
  const ParameterScope scope(parameters, "x.");
  const at::Tensor w = scope.tensor("w", {2, 3}, Init::zeros());
  EXPECT_EQ(w.const_data_ptr(), parameters.weights().view("x.w")->const_data_ptr());
  EXPECT_EQ(scope.tensor("b", {3}, Init::zeros()).scalar_type(), at::kBFloat16);
  EXPECT_EQ(scope.optional_tensor("n", {2}).scalar_type(), at::kLong);
  EXPECT_FALSE(scope.optional_tensor("absent", {2}).defined());
  EXPECT_TRUE(parameters.finish());
  EXPECT_TRUE(parameters.left_over().empty());
  EXPECT_TRUE(parameters.warnings().empty());
}

TEST(LoadedParameters, TellsEveryProblemAtOnce) {
  const TempDir dir;
  LoadedParameters parameters(weights_of(dir, {{"w", numbers({2, 3})}, {"other", numbers({1})}}), at::kFloat);
  EXPECT_FALSE(parameters.get("w", {3, 2}, Init::zeros()).defined());
  EXPECT_FALSE(parameters.get("gone", {1}, Init::zeros()).defined());
  const auto status = parameters.finish();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kMismatch);
  EXPECT_NE(status.error().message.find("w has shape [2, 3] where the config says [3, 2]"), std::string::npos);
  EXPECT_NE(status.error().message.find("gone is missing"), std::string::npos);
  EXPECT_EQ(parameters.left_over(), (std::vector<std::string>{"other"}));
}

TEST(LoadedParameters, TranslatesNames) {
  const TempDir dir;
  LoadedParameters parameters(weights_of(dir, {{"old.w", numbers({2})}}), at::kFloat, at::kCPU,
                              [](const std::string& name) { return "old." + name; });
  EXPECT_TRUE(parameters.get("w", {2}, Init::zeros()).defined());
  EXPECT_TRUE(parameters.finish());
}

TEST(LoadedParameters, WarnsOfNaNAndOfZeros) {  // case 14
  for (const auto type : {at::kFloat, at::kBFloat16, at::kHalf, at::kDouble}) {
    const TempDir dir;
    at::Tensor bad = numbers({10}, type);
    bad[7] = std::numeric_limits<float>::quiet_NaN();
    at::Tensor infinite = numbers({10}, type);
    infinite[0] = -std::numeric_limits<float>::infinity();
    LoadedParameters parameters(weights_of(dir, {{"bad", bad}, {"good", numbers({10}, type)}, {"infinite", infinite}}), at::kFloat);
    for (const char* name : {"bad", "good", "infinite"}) parameters.get(name, {10}, Init::zeros());
    EXPECT_TRUE(parameters.finish()) << "it loads";
    ASSERT_EQ(parameters.warnings().size(), 1u);
    EXPECT_NE(parameters.warnings()[0].find("2 tensors hold NaN or infinity, first bad"), std::string::npos) << parameters.warnings()[0];
  }
  const TempDir dir;
  LoadedParameters zeros(weights_of(dir, {{"w", at::zeros({10})}, {"v", -at::zeros({10})}}), at::kFloat);
  zeros.get("w", {10}, Init::zeros());
  zeros.get("v", {10}, Init::zeros());
  EXPECT_TRUE(zeros.finish());
  ASSERT_EQ(zeros.warnings().size(), 1u);
  EXPECT_NE(zeros.warnings()[0].find("all weights are zero"), std::string::npos);
}

TEST(LoadedParameters, TellsAFileThatChangedUnderIt) {
  const TempDir dir;
  LoadedParameters parameters(weights_of(dir, {{"w", at::full({1 << 16}, 1.0F)}}), at::kFloat);
  ASSERT_EQ(::truncate((dir / "model.safetensors").c_str(), 4096), 0);
  parameters.get("w", {1 << 16}, Init::zeros());
  const auto status = parameters.finish();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("file changed while reading"), std::string::npos);
}

TEST(FreshParameters, AreTheSameForASeedWhateverTheOrder) {
  FreshParameters one(7);
  FreshParameters two(7);
  FreshParameters other(8);
  const at::Tensor a = one.get("a", {64}, Init::normal(0.5));
  one.get("b", {3}, Init::ones());
  two.get("b", {3}, Init::ones());
  EXPECT_TRUE(at::equal(a, two.get("a", {64}, Init::normal(0.5))));
  EXPECT_FALSE(at::equal(a, other.get("a", {64}, Init::normal(0.5))));
  EXPECT_TRUE(a.requires_grad());
  EXPECT_NEAR(a.std().item<double>(), 0.5, 0.15);
  EXPECT_LE(one.get("u", {1000}, Init::uniform(0.25)).abs().max().item<double>(), 0.25);
  EXPECT_EQ(one.parameters()[0].first, "a");
  EXPECT_EQ(one.parameters()[1].first, "b");
  EXPECT_TRUE(one.finish());
}

TEST(FreshParameters, StartFromACheckpointWhereItHasThem) {
  const TempDir dir;
  FreshParameters parameters(
      7, weights_of(dir, {{"w", numbers({4}, at::kBFloat16)}, {"wide", numbers({9})}, {"mean", numbers({2})}, {"unused", numbers({1})}}));
  const at::Tensor w = parameters.get("w", {4}, Init::zeros());
  EXPECT_TRUE(at::equal(w, numbers({4})));
  EXPECT_EQ(w.scalar_type(), at::kFloat);
  EXPECT_TRUE(w.requires_grad());
  EXPECT_TRUE(parameters.get("new", {2}, Init::ones()).defined());
  const at::Tensor mean = parameters.get_optional("mean", {2});
  EXPECT_FALSE(mean.requires_grad());
  EXPECT_EQ(parameters.buffers().size(), 1u);
  EXPECT_FALSE(parameters.get_optional("absent", {2}).defined());
  EXPECT_EQ(parameters.left_over(), (std::vector<std::string>{"unused", "wide"}));
  EXPECT_TRUE(parameters.finish());
  parameters.get("wide", {8}, Init::ones());
  EXPECT_FALSE(parameters.finish());
}

}  // namespace
}  // namespace fantascope
