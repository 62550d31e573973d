#pragma once
/// A library in a folder of its own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "app/library/database.h"

namespace fantascope {

class LibraryTest : public ::testing::Test {
 protected:
  LibraryTest() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/fantascope-library-XXXXXX";
    dir_ = ::mkdtemp(pattern.data());
  }
  ~LibraryTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }
  std::unique_ptr<Database> open(Database::Access access = Database::Access::kReadWrite) {
    auto database = Database::open(dir_, access);
    EXPECT_TRUE(database) << database.error().to_string();
    return database ? *std::move(database) : nullptr;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(dir_ + "/" + name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::string dir_;
};

}  // namespace fantascope
