#include "app/operations/internal/batch_file.h"

#include <algorithm>

#include "app/files/file_system.h"
#include "app/operations/generate.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace {

constexpr std::uint64_t kBatchBytesMax = 8 << 20;
constexpr std::size_t kLinesMax = 10'000, kErrorsShown = 5;

Error too_many(const std::string& subject) {
  return {ErrorCode::kInvalidArgument,
          "the file has too many clips",
          subject,
          "more than " + std::to_string(kLinesMax),
          "at most " + std::to_string(kLinesMax),
          "Split it"};
}

struct CsvRow {
  int line = 0;
  std::vector<std::string> cells;
};

/// Cells of a table; an error names the line of a quote that is not closed or not at its place.
class CsvReader {
 public:
  CsvReader(const std::string& text, const std::string& subject) : text_(text), subject_(subject) {}

  Result<std::vector<CsvRow>> read() {
    std::vector<CsvRow> rows;
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < text_.size()) {
      CsvRow row{line_, {}};
      FANTASCOPE_TRY_VOID(read_row(row));
      if (row.cells.size() == 1 && row.cells[0].empty()) continue;  // an empty line
      rows.push_back(std::move(row));
      if (rows.size() > kLinesMax + 1) return too_many(subject_);
    }
    return rows;
  }

 private:
  bool at_end_of_line() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }
  void skip_line_end() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }
  Result<void> read_row(CsvRow& row) {
    while (true) {
      std::string cell;
      if (at_ < text_.size() && text_[at_] == '"') {
        FANTASCOPE_TRY_VOID(read_quoted(cell));
      } else {
        while (!at_end_of_line() && text_[at_] != ',') cell += text_[at_++];
      }
      row.cells.push_back(std::move(cell));
      if (at_end_of_line()) {
        skip_line_end();
        return {};
      }
      if (text_[at_] != ',') return bad_quote("text after a closing quote");
      ++at_;
    }
  }
  Result<void> read_quoted(std::string& cell) {
    const int opened = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
          ++at_;
          return {};
        }
        ++at_;
      }
      if (text_[at_] == '\n') ++line_;
      cell += text_[at_];
    }
    line_ = opened;
    return bad_quote("a quote that is never closed");
  }
  Error bad_quote(const std::string& found) const {
    return {ErrorCode::kInvalidArgument,
            "the table cannot be read",
            subject_,
            "line " + std::to_string(line_) + ": " + found,
            "cells separated by commas; a cell with commas or quotes in quotes, its quotes doubled",
            ""};
  }
  const std::string& text_;
  const std::string& subject_;
  std::size_t at_ = 0;
  int line_ = 1;
};

const ParamSpec* find_param(const OperationSpec& spec, std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  const auto found = std::find_if(spec.params.begin(), spec.params.end(), [&](const ParamSpec& param) { return name == param.name; });
  return found == spec.params.end() ? nullptr : &*found;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<std::vector<const ParamSpec*>> read_header(const CsvRow& header, const OperationSpec& spec, const std::string& subject) {
  std::vector<const ParamSpec*> columns;
  std::string known;
  for (const ParamSpec& param : spec.params) known += (known.empty() ? "" : ", ") + std::string(param.name);
  for (const std::string& cell : header.cells) {
    const ParamSpec* param = find_param(spec, trimmed(cell));
    const bool twice = param != nullptr && std::find(columns.begin(), columns.end(), param) != columns.end();
    if (param == nullptr || twice) {
      return Error{ErrorCode::kInvalidArgument,
                   twice ? "a column is there twice" : "the table has a column that is no parameter",
                   subject,
                   "line " + std::to_string(header.line) + ": \"" + shown_safely(cell.substr(0, 60)) + "\"",
                   known,
                   "The first row names the columns"};
    }
    columns.push_back(param);
  }
  const bool has_prompt =
      std::any_of(columns.begin(), columns.end(), [](const ParamSpec* param) { return std::string("prompt") == param->name; });
  if (!has_prompt) {
    return Error{ErrorCode::kInvalidArgument,      "the table has no column prompt", subject, "line " + std::to_string(header.line), known,
                 "The first row names the columns"};
  }
  return columns;
}

}  // namespace

void LineErrors::add(int line, const Error& error) {
  if (++count_ > kErrorsShown) return;
  shown_ += (shown_.empty() ? "" : "; ") + std::string("line ") + std::to_string(line) + ": " + error.message;
  if (!error.subject.empty() || !error.found.empty())
    shown_ += " (" + error.subject + (error.subject.empty() || error.found.empty() ? "" : ": ") + error.found + ")";
  if (count_ == 1) {
    allowed_ = error.allowed;
    hint_ = error.hint;
  }
}

Error LineErrors::to_error(const std::string& subject, std::size_t num_lines) const {
  std::string found = shown_;
  if (count_ > kErrorsShown) found += "; and " + std::to_string(count_ - kErrorsShown) + " more";
  return {ErrorCode::kInvalidArgument,
          std::to_string(count_) + " of " + std::to_string(num_lines) + " lines cannot be used; nothing was queued",
          subject,
          found,
          allowed_,
          hint_};
}

Result<std::vector<BatchLine>> parse_batch_text(const std::string& text, const std::string& subject) {
  std::vector<BatchLine> lines;
  LineErrors errors;
  int number = 0;
  for (std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (trimmed(line).empty() || line.starts_with('#')) continue;
    if (const auto good = check_prompt(line); !good) errors.add(number, good.error());
    lines.push_back({number, nlohmann::json{{"prompt", line}}});
    if (lines.size() > kLinesMax) return too_many(subject);
  }
  if (!errors.empty()) return errors.to_error(subject, lines.size());
  return lines;
}

Result<std::vector<BatchLine>> parse_batch_csv(const std::string& text, const std::string& subject) {
  FANTASCOPE_TRY(const std::vector<CsvRow> rows, CsvReader(text, subject).read());
  std::vector<BatchLine> lines;
  if (rows.empty()) return lines;
  const OperationSpec spec = generate_spec();
  FANTASCOPE_TRY(const std::vector<const ParamSpec*> columns, read_header(rows.front(), spec, subject));
  LineErrors errors;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const CsvRow& row = rows[i];
    BatchLine line{row.line, nlohmann::json::object()};
    const auto filled = [&]() -> Result<void> {
      if (row.cells.size() > columns.size()) {
        return Error{
            ErrorCode::kInvalidArgument,      "the row has more cells than the table has columns", "",
            std::to_string(row.cells.size()), std::to_string(columns.size()) + " cells",           "Put a text with commas in quotes"};
      }
      for (std::size_t c = 0; c < row.cells.size(); ++c) {
        const ParamSpec& param = *columns[c];
        if (trimmed(row.cells[c]).empty()) continue;
        FANTASCOPE_TRY(line.arguments[param.name],
                       parse_param(param, param.type == ParamType::kText ? row.cells[c] : trimmed(row.cells[c])));
      }
      FANTASCOPE_TRY(line.arguments, check_arguments(spec, line.arguments));
      return check_prompt(line.arguments["prompt"].get<std::string>());
    }();
    if (!filled) errors.add(row.line, filled.error());
    lines.push_back(std::move(line));
  }
  if (!errors.empty()) return errors.to_error(subject, lines.size());
  return lines;
}

Result<std::vector<BatchLine>> read_batch(const std::string& path) {
  FANTASCOPE_TRY(const std::string text, read_file(path, kBatchBytesMax));
  std::string end = path.substr(path.size() - std::min<std::size_t>(4, path.size()));
  std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  FANTASCOPE_TRY(std::vector<BatchLine> lines, end == ".csv" ? parse_batch_csv(text, path) : parse_batch_text(text, path));
  if (lines.empty()) {
    return Error{ErrorCode::kInvalidArgument, "the file has no prompts", path, "0 clips", "one prompt a line, or a CSV table", ""};
  }
  return lines;
}

}  // namespace fantascope
