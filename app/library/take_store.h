#pragma once
/// Takes of the library. Any thread; writes are serialised by Database. A take is never changed, only kept, dropped or brought back.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/library/database.h"
#include "app/library/ids.h"

namespace fantascope {

enum class Keep { kDraft, kKept, kDropped };
const char* keep_name(Keep keep);
std::optional<Keep> parse_keep(std::string_view name);

struct TakeFile {
  std::string name;  ///< in the take's folder
  std::int64_t size_bytes = 0;
  std::string sha256;
};

struct NewTake {
  TakeId take_id;
  JobId job_id;
  std::string prompt, model, family;
  int width = 0, height = 0, num_frames = 0;
  std::string fps;
  std::int64_t seed = 0;
  std::string recipe;  ///< recipe.json as it lies in the take's folder
  std::string recipe_sha256, latents_sha256;
  std::string unsigned_sha256;  ///< of the clip before signing: what reproduce compares
  std::string timings = "{}";   ///< JSON object, seconds by phase
  std::string warnings = "[]";  ///< JSON array of sentences
  std::vector<TakeFile> files;
};

struct Take : NewTake {
  std::int64_t seq = 0;  ///< order of making
  Keep keep = Keep::kDraft;
  std::int64_t created_ms = 0;
};

class TakeStore {
 public:
  explicit TakeStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Inserting the same take of the same job again is a success that changes nothing.
  Result<Take> insert(const NewTake& take);
  /// By the whole id.
  Result<std::optional<Take>> find(const TakeId& id) const;
  /// By an id or the start of one (4 characters or more); kNotFound or kInvalidArgument (several match) say so.
  Result<Take> find_by_text(const std::string& text) const;
  /// Newest first, without files; no `keep` lists drafts and kept ones. `before_seq` continues a list (0: from the newest).
  Result<std::vector<Take>> list(std::optional<Keep> keep, int limit, std::int64_t before_seq = 0) const;
  /// The same with dropped ones among them.
  Result<std::vector<Take>> list_all(int limit, std::int64_t before_seq = 0) const;
  /// Takes that have every word of `text` (the last one may be a beginning), newest first, dropped ones left out. Any text is safe.
  Result<std::vector<Take>> search(const std::string& text, int limit) const;
  Result<void> set_keep(const TakeId& id, Keep keep);
  Result<std::int64_t> count() const;

 private:
  Result<std::vector<Take>> list_where(const std::string& keep, int limit, std::int64_t before_seq) const;
  Result<std::vector<TakeFile>> files_of(const TakeId& id) const;
  Database& database_;
};

/// The FTS5 query for what a user typed, with every word quoted; refused when it has no words or more than 32.
Result<std::string> search_query(const std::string& text);
/// Text as it is indexed: characters of scripts written without spaces stand apart.
std::string search_words(const std::string& text);

}  // namespace fantascope
