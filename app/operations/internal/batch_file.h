#pragma once
/// Prompts in a file: one a line, or a CSV table whose columns are generate's parameters.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

struct BatchLine {
  int line = 0;              ///< in the file, from 1; of a CSV row, where it begins
  nlohmann::json arguments;  ///< of generate: prompt and what the row sets
};

/// Text: one prompt a line; empty lines and lines that begin with # are skipped. CSV (RFC 4180: quotes, doubled quotes, line ends in
/// quotes): a header row that names generate's parameters, prompt among them; empty cells are left out. Every value is checked here. The
/// error lists the lines that cannot be used (the first few) with what is wrong. At most 10,000 clips and 8 MiB.
Result<std::vector<BatchLine>> parse_batch_text(const std::string& text, const std::string& subject);
Result<std::vector<BatchLine>> parse_batch_csv(const std::string& text, const std::string& subject);
/// By the file's name: *.csv is a table, all else is text.
Result<std::vector<BatchLine>> read_batch(const std::string& path);

/// "3 of 200 lines cannot be used": an error that names the first few of them.
class LineErrors {
 public:
  void add(int line, const Error& error);
  bool empty() const { return count_ == 0; }
  Error to_error(const std::string& subject, std::size_t num_lines) const;

 private:
  std::size_t count_ = 0;
  std::string shown_, allowed_;
  std::string hint_;
};

}  // namespace fantascope
