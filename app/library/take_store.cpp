#include "app/library/take_store.h"

#include <array>

#include "app/library/internal/statement.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

constexpr std::size_t kSearchWordsMax = 32;
constexpr std::size_t kSearchBytesMax = 4096;

#define FANTASCOPE_TAKE_COLUMNS                                                                                                 \
  "t.seq, t.take_id, t.job_id, t.keep, t.prompt, t.model, t.family, t.width, t.height, t.num_frames, t.fps, t.seed, t.recipe, " \
  "t.recipe_sha256, "                                                                                                           \
  "t.latents_sha256, t.unsigned_sha256, t.timings, t.warnings, t.created_ms"

Take read_take(const Statement& row) {
  Take take;
  take.seq = row.integer(0);
  take.take_id = TakeId::parse(row.text(1)).value_or(TakeId{});
  take.job_id = JobId::parse(row.text(2)).value_or(JobId{});
  take.keep = parse_keep(row.text(3)).value_or(Keep::kDraft);
  take.prompt = row.text(4);
  take.model = row.text(5);
  take.family = row.text(6);
  take.width = static_cast<int>(row.integer(7));
  take.height = static_cast<int>(row.integer(8));
  take.num_frames = static_cast<int>(row.integer(9));
  take.fps = row.text(10);
  take.seed = row.integer(11);
  take.recipe = row.text(12);
  take.recipe_sha256 = row.text(13);
  take.latents_sha256 = row.text(14);
  take.unsigned_sha256 = row.text(15);
  take.timings = row.text(16);
  take.warnings = row.text(17);
  take.created_ms = row.integer(18);
  return take;
}

Result<std::vector<Take>> read_takes(Statement& statement) {
  std::vector<Take> takes;
  while (true) {
    FANTASCOPE_TRY(const bool row, statement.step());
    if (!row) return takes;
    takes.push_back(read_take(statement));
  }
}

/// The code point that starts at `i`, which is moved past it. The text is well-formed UTF-8.
char32_t next_code_point(const std::string& text, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
  const unsigned lead = byte(i);
  const int extra = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  char32_t code = extra == 0 ? lead : lead & (0x3fu >> extra);
  for (int k = 1; k <= extra; ++k) code = (code << 6) | (byte(i + static_cast<std::size_t>(k)) & 0x3fu);
  i += static_cast<std::size_t>(extra) + 1;
  return code;
}

/// Chinese, Japanese, Thai, Lao, Khmer, Burmese: no spaces between words.
bool is_unspaced_script(char32_t c) {
  return (c >= 0x0e00 && c <= 0x0eff) || (c >= 0x1000 && c <= 0x109f) || (c >= 0x1780 && c <= 0x17ff) || (c >= 0x3040 && c <= 0x30ff) ||
         (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

/// Letters and digits as the search sees them; everything in ASCII that is neither separates words.
bool is_separator(char32_t c) {
  if (c < 0x80) return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
  return (c >= 0x80 && c <= 0xa9) || c == 0xab || c == 0xb7 || c == 0xbb || c == 0xbf || (c >= 0x2000 && c <= 0x206f) ||
         (c >= 0x3000 && c <= 0x303f) || (c >= 0xff00 && c <= 0xff0f) || c == 0xfeff;
}

}  // namespace

const char* keep_name(Keep keep) {
  constexpr std::array<const char*, 3> kNames = {"draft", "kept", "dropped"};
  return kNames[static_cast<std::size_t>(keep)];
}

std::optional<Keep> parse_keep(std::string_view name) {
  for (const Keep keep : {Keep::kDraft, Keep::kKept, Keep::kDropped}) {
    if (name == keep_name(keep)) return keep;
  }
  return std::nullopt;
}

std::string search_words(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    const char32_t code = next_code_point(text, i);
    const bool apart = is_unspaced_script(code);
    if (apart) out += ' ';
    out.append(text, start, i - start);
    if (apart) out += ' ';
  }
  return out;
}

Result<std::string> search_query(const std::string& text) {
  if (text.size() > kSearchBytesMax) {
    return Error{ErrorCode::kInvalidArgument,
                 "the search text is too long",
                 "text",
                 std::to_string(text.size()) + " bytes",
                 "at most " + std::to_string(kSearchBytesMax) + " bytes",
                 "Search for fewer words"};
  }
  if (const auto at = first_invalid_utf8(text)) {
    return Error{ErrorCode::kInvalidArgument, "the search text is not UTF-8", "text", "byte " + std::to_string(*at), "UTF-8", ""};
  }
  // Words of letters and digits, each quoted, so no character reaches FTS5's own query language.
  std::vector<std::string> words;
  bool in_word = false;
  bool last_is_phrase = false;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    const char32_t code = next_code_point(text, i);
    if (is_separator(code)) {
      in_word = false;
      continue;
    }
    const bool apart = is_unspaced_script(code);
    if (!in_word) {
      words.emplace_back();
    } else if (apart || last_is_phrase) {
      words.back() += ' ';  // characters of unspaced scripts make a phrase
    }
    words.back().append(text, start, i - start);
    in_word = true;
    last_is_phrase = apart;
  }
  if (words.empty()) {
    return Error{ErrorCode::kInvalidArgument,      "there is nothing to search for", "text",
                 "\"" + text.substr(0, 60) + "\"", "at least one letter or digit",   ""};
  }
  if (words.size() > kSearchWordsMax) {
    return Error{ErrorCode::kInvalidArgument,
                 "too many words to search for",
                 "text",
                 std::to_string(words.size()) + " words",
                 "at most " + std::to_string(kSearchWordsMax),
                 "Search for fewer words"};
  }
  std::string query;
  for (const std::string& word : words) query += (query.empty() ? "\"" : " \"") + word + "\"";
  return query + "*";  // the word still being typed
}

Result<Take> TakeStore::insert(const NewTake& take) {
  FANTASCOPE_TRY(const std::optional<Take> existing, find(take.take_id));
  if (existing) {
    if (existing->job_id == take.job_id) return *existing;
    return Error{ErrorCode::kMismatch, "another job has already published this take",
                 take.take_id.text(),  existing->job_id.text(),
                 take.job_id.text(),   ""};
  }
  FANTASCOPE_TRY_VOID(database_.write([&](sqlite3* handle) -> Result<void> {
    Statement row(handle, database_.path(),
                  "INSERT INTO take (take_id, job_id, prompt, model, family, width, height, num_frames, fps, seed, recipe, recipe_sha256, "
                  "latents_sha256, "
                  "unsigned_sha256, timings, warnings, created_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    row.bind(take.take_id.text()).bind(take.job_id.text()).bind(take.prompt).bind(take.model).bind(take.family);
    row.bind(std::int64_t{take.width}).bind(std::int64_t{take.height}).bind(std::int64_t{take.num_frames}).bind(take.fps).bind(take.seed);
    row.bind(take.recipe)
        .bind(take.recipe_sha256)
        .bind(take.latents_sha256)
        .bind(take.unsigned_sha256)
        .bind(take.timings)
        .bind(take.warnings);
    FANTASCOPE_TRY_VOID(row.bind(wall_clock_ms()).run());
    const std::int64_t seq = sqlite3_last_insert_rowid(handle);
    for (const TakeFile& file : take.files) {
      Statement insert(handle, database_.path(), "INSERT INTO take_file (take_id, name, size_bytes, sha256) VALUES (?,?,?,?)");
      FANTASCOPE_TRY_VOID(insert.bind(take.take_id.text()).bind(file.name).bind(file.size_bytes).bind(file.sha256).run());
    }
    Statement words(handle, database_.path(), "INSERT INTO take_search (rowid, words) VALUES (?, ?)");
    return words.bind(seq).bind(search_words(take.prompt + "\n" + take.model)).run();
  }));
  FANTASCOPE_TRY(const std::optional<Take> inserted, find(take.take_id));
  FANTASCOPE_CHECK(inserted.has_value());
  return *inserted;
}

Result<std::vector<TakeFile>> TakeStore::files_of(const TakeId& id) const {
  std::vector<TakeFile> files;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT name, size_bytes, sha256 FROM take_file WHERE take_id = ? ORDER BY name");
    statement.bind(id.text());
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      files.push_back({statement.text(0), statement.integer(1), statement.text(2)});
    }
  }));
  return files;
}

Result<std::optional<Take>> TakeStore::find(const TakeId& id) const {
  std::vector<Take> takes;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT " FANTASCOPE_TAKE_COLUMNS " FROM take t WHERE t.take_id = ?");
    FANTASCOPE_TRY(takes, read_takes(statement.bind(id.text())));
    return {};
  }));
  if (takes.empty()) return std::optional<Take>{};
  FANTASCOPE_TRY(takes.front().files, files_of(id));
  return std::optional<Take>{std::move(takes.front())};
}

Result<Take> TakeStore::find_by_text(const std::string& text) const {
  const auto missing = [&text] {
    return Error{ErrorCode::kNotFound,
                 "there is no such take in the library",
                 "take",
                 "\"" + text.substr(0, 40) + "\"",
                 "the id of a take, or its first 4 or more characters",
                 "fantascope library list shows them"};
  };
  if (text.size() < 4 || !is_id_text(text)) return missing();
  std::vector<Take> takes;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT " FANTASCOPE_TAKE_COLUMNS " FROM take t WHERE t.take_id >= ? AND t.take_id < ? LIMIT 2");
    FANTASCOPE_TRY(takes, read_takes(statement.bind(text).bind(text + "~")));
    return {};
  }));
  if (takes.empty()) return missing();
  if (takes.size() > 1) {
    return Error{ErrorCode::kInvalidArgument, "several takes start like this", "take", text, "enough characters for one take",
                 "Type more of the id"};
  }
  FANTASCOPE_TRY(takes.front().files, files_of(takes.front().take_id));
  return std::move(takes.front());
}

Result<std::vector<Take>> TakeStore::list_where(const std::string& keep, int limit, std::int64_t before_seq) const {
  std::vector<Take> takes;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(
        handle, database_.path(),
        "SELECT " FANTASCOPE_TAKE_COLUMNS
        " FROM take t WHERE t.seq < ?1 AND (t.keep = ?2 OR (?2 = '' AND t.keep <> 'dropped') OR ?2 = '*') ORDER BY t.seq DESC LIMIT ?3");
    statement.bind(before_seq > 0 ? before_seq : INT64_MAX).bind(keep).bind(std::int64_t{limit});
    FANTASCOPE_TRY(takes, read_takes(statement));
    return {};
  }));
  return takes;
}

Result<std::vector<Take>> TakeStore::list(std::optional<Keep> keep, int limit, std::int64_t before_seq) const {
  return list_where(keep ? keep_name(*keep) : "", limit, before_seq);
}

Result<std::vector<Take>> TakeStore::list_all(int limit, std::int64_t before_seq) const { return list_where("*", limit, before_seq); }

Result<std::vector<Take>> TakeStore::search(const std::string& text, int limit) const {
  FANTASCOPE_TRY(const std::string query, search_query(text));
  std::vector<Take> takes;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT " FANTASCOPE_TAKE_COLUMNS
                        " FROM take_search s JOIN take t ON t.seq = s.rowid WHERE take_search MATCH ? AND t.keep <> 'dropped' ORDER BY "
                        "s.rowid DESC LIMIT ?");
    FANTASCOPE_TRY(takes, read_takes(statement.bind(query).bind(std::int64_t{limit})));
    return {};
  }));
  return takes;
}

Result<void> TakeStore::set_keep(const TakeId& id, Keep keep) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "UPDATE take SET keep = ? WHERE take_id = ?");
    FANTASCOPE_TRY_VOID(statement.bind(std::string_view(keep_name(keep))).bind(id.text()).run());
    if (sqlite3_changes(handle) != 1) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", id.text(), "", ""};
    return {};
  });
}

Result<std::int64_t> TakeStore::count() const {
  std::int64_t number = 0;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT count(*) FROM take");
    FANTASCOPE_TRY(const bool row, statement.step());
    if (row) number = statement.integer(0);
    return {};
  }));
  return number;
}

}  // namespace fantascope
