#pragma once
/// Takes as they stand on a shelf: found by what a person types, shown in lists of any length, marked with stars and tags. A list is
/// asked for as numbers (seq) first and row by row when it comes into sight, so that 100,000 takes cost as little as a hundred.
/// Any thread; writes are serialised by Database.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/library/database.h"
#include "app/library/ids.h"
#include "app/library/take_store.h"

namespace fantascope {

/// Those from kSoundOffset on go by what was measured (measure_store.h), the most of it first; takes that were not measured come last.
enum class TakeOrder { kNewest, kOldest, kStars, kSoundOffset, kFlicker, kFrozen, kBlack, kColourDrift, kLoudness };
/// "newest", "oldest", "stars", "av_offset", "flicker", "frozen", "black", "colour_drift", "loudness".
const char* take_order_name(TakeOrder order);
std::optional<TakeOrder> parse_take_order(std::string_view name);

struct TakeFilter {
  std::string words;                ///< every word must be there, the last one may be a beginning; empty: all
  std::optional<Keep> keep;         ///< none: drafts and kept ones
  std::string model, tag, shot_id;  ///< empty: any
  std::string project;              ///< by name, in whatever case; goes before project_id
  std::string project_id;
  int stars_min = 0;
  TakeOrder order = TakeOrder::kNewest;
};

/// "gulls kept:yes model:previz stars:3 tag:dusk project:film": words and conditions in one line, as typed. kept:yes|no|dropped;
/// project:"short film" where a name has spaces. An unknown value is refused by name.
Result<TakeFilter> parse_take_filter(const std::string& text);

/// What a list shows of a take.
struct ShelfRow {
  std::int64_t seq = 0;
  TakeId take_id;
  JobId job_id;
  Keep keep = Keep::kDraft;
  int stars = 0;
  std::vector<std::string> tags;
  std::string prompt, model;
  int width = 0, height = 0, num_frames = 0;
  std::string fps;
  std::int64_t seed = 0;
  std::string warnings;                 ///< JSON array of sentences
  int sketch_steps = 0, num_steps = 0;  ///< of a sketch: so many of so many; sketch_steps is 0 for finished takes
  std::string shot_id;                  ///< empty: of no shot
  std::string project_id, project;      ///< id and name; empty: of no project
  std::int64_t created_ms = 0;
};

/// What a person said about one take. Fields that are not there are left as they are.
struct TakeMark {
  TakeId take_id;
  std::optional<Keep> keep;
  std::optional<int> stars;
  std::optional<std::vector<std::string>> tags;
};

class TakeShelf {
 public:
  explicit TakeShelf(Database& database) : database_(database) {}  // borrowed; outlives the shelf

  /// An unknown project's name is kNotFound with the known ones; an unknown project_id finds nothing.
  Result<std::vector<std::int64_t>> find(const TakeFilter& filter) const;
  /// In the order asked for; unknown numbers are left out.
  Result<std::vector<ShelfRow>> rows(const std::vector<std::int64_t>& seqs) const;
  Result<std::vector<TakeMark>> marks(const std::vector<TakeId>& ids) const;
  /// All of them or none. An unknown take is kNotFound.
  Result<void> mark(const std::vector<TakeMark>& marks);
  /// Most used first.
  Result<std::vector<std::string>> tags() const;

 private:
  /// The project by its id; empty: whatever project they are of.
  Result<std::vector<std::int64_t>> find_in(const std::string& project_id, const TakeFilter& filter) const;
  Database& database_;
};

}  // namespace fantascope
