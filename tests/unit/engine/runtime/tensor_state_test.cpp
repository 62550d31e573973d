#include "engine/runtime/tensors/tensor_state.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/weights/safetensors_file.h"

namespace fantascope {
namespace {

namespace fs = std::filesystem;

class TensorStateFile : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("fantascope_state_" + std::to_string(::getpid()));
    fs::create_directories(dir_);
    path_ = (dir_ / "state.safetensors").string();
  }
  void TearDown() override { fs::remove_all(dir_); }

  static TensorState sample(int step = 3) {
    const at::Tensor video = at::arange(24, at::TensorOptions().dtype(at::kFloat)).view({1, 2, 3, 4}) / 7;
    return {"latents",
            step,
            {{"video", video.transpose(2, 3)},
             {"audio", video.flatten().to(at::kBFloat16)},
             {"mask", at::ones({2}, at::TensorOptions().dtype(at::kLong))}}};
  }

  fs::path dir_;
  std::string path_;
};

TEST_F(TensorStateFile, ReadsBackEveryBit) {
  const TensorState state = sample();
  ASSERT_TRUE(state.save(path_));
  const auto loaded = TensorState::load(path_);
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  EXPECT_EQ((*loaded)->kind(), "latents");
  EXPECT_EQ((*loaded)->step(), 3);
  EXPECT_EQ((*loaded)->sha256(), state.sha256());
  for (const auto& [name, tensor] : state.tensors()) {
    const at::Tensor other = (*loaded)->get(name);
    ASSERT_TRUE(other.defined()) << name;
    EXPECT_EQ(other.scalar_type(), tensor.scalar_type());
    EXPECT_TRUE(at::equal(other, tensor)) << name;
  }
  EXPECT_FALSE((*loaded)->get("nothing").defined());
}

TEST_F(TensorStateFile, SavingLeavesNothingElseInTheFolder) {
  ASSERT_TRUE(sample(1).save(path_));
  ASSERT_TRUE(sample(2).save(path_));
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_), fs::directory_iterator()), 1);
  EXPECT_EQ((*TensorState::load(path_))->step(), 2);
}

TEST_F(TensorStateFile, TheHashTellsNamesShapesTypesAndValuesApart) {
  const at::Tensor x = at::ones({4});
  const auto hash = [](const std::string& name, const at::Tensor& t) { return TensorState("latents", 0, {{name, t}}).sha256(); };
  EXPECT_EQ(hash("a", x), hash("a", x.clone()));
  EXPECT_NE(hash("a", x), hash("b", x));
  EXPECT_NE(hash("a", x), hash("a", x.view({2, 2})));
  EXPECT_NE(hash("a", x), hash("a", x.to(at::kDouble)));
  EXPECT_NE(hash("a", x), hash("a", x * 2));
}

TEST_F(TensorStateFile, OneFlippedByteIsRefused) {
  ASSERT_TRUE(sample().save(path_));
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-3, std::ios::end);
  const char byte = static_cast<char>(file.get());
  file.seekp(-3, std::ios::end);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  const auto loaded = TensorState::load(path_);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kBadFile);
  EXPECT_NE(loaded.error().to_string().find(path_), std::string::npos);
}

TEST_F(TensorStateFile, ATruncatedFileIsRefused) {
  ASSERT_TRUE(sample().save(path_));
  fs::resize_file(path_, fs::file_size(path_) / 2);
  const auto loaded = TensorState::load(path_);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kBadFile);
}

TEST_F(TensorStateFile, OtherSafetensorsAreNotStates) {
  ASSERT_TRUE(write_safetensors(path_, {{"video", at::ones({3})}}));
  EXPECT_FALSE(TensorState::load(path_));
  ASSERT_TRUE(write_safetensors(path_, {{"video", at::ones({3})}}, {{"kind", "latents"}, {"step", "-1"}, {"sha256", ""}}));
  const auto loaded = TensorState::load(path_);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().found.find("-1"), std::string::npos);
  EXPECT_FALSE(TensorState::load((dir_ / "missing").string()));
}

TEST_F(TensorStateFile, AFolderThatCannotBeWrittenIsAnError) {
  const auto saved = sample().save((dir_ / "no such folder" / "state").string());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kIo) << saved.error().to_string();
}

}  // namespace
}  // namespace fantascope
