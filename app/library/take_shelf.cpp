#include "app/library/take_shelf.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <sstream>

#include "app/library/internal/statement.h"
#include "app/library/project_store.h"

namespace fantascope {
namespace {

Error bad_filter(const std::string& name, const std::string& found, const std::string& allowed) {
  return {ErrorCode::kInvalidArgument, "the search cannot be understood", name, found, allowed, "Leave it out to see all"};
}

Result<std::vector<std::string>> tags_of(sqlite3* handle, const std::string& path, std::int64_t seq) {
  Statement statement(handle, path, "SELECT tag FROM take_tag WHERE take_seq = ? ORDER BY tag");
  statement.bind(seq);
  std::vector<std::string> tags;
  while (true) {
    FANTASCOPE_TRY(const bool row, statement.step());
    if (!row) return tags;
    tags.push_back(statement.text(0));
  }
}

/// The seq of a take, or kNotFound.
Result<std::int64_t> seq_of(sqlite3* handle, const std::string& path, const TakeId& id) {
  Statement statement(handle, path, "SELECT seq FROM take WHERE take_id = ?");
  FANTASCOPE_TRY(const bool row, statement.bind(id.text()).step());
  if (!row) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", id.text(), "", ""};
  return statement.integer(0);
}

Result<void> write_tags(sqlite3* handle, const std::string& path, std::int64_t seq, const std::vector<std::string>& tags) {
  FANTASCOPE_TRY_VOID(Statement(handle, path, "DELETE FROM take_tag WHERE take_seq = ?").bind(seq).run());
  for (const std::string& tag : tags) {
    if (tag.empty() || tag.size() > 64 || tag.find(' ') != std::string::npos)
      return Error{ErrorCode::kInvalidArgument, "this is not a tag", "tags", tag.substr(0, 40), "one word of at most 64 bytes", ""};
    Statement insert(handle, path, "INSERT OR IGNORE INTO take_tag (take_seq, tag) VALUES (?, ?)");
    FANTASCOPE_TRY_VOID(insert.bind(seq).bind(tag).run());
  }
  return {};
}

/// What a measured order goes by; null for the others.
const char* measured_column(TakeOrder order) {
  switch (order) {
    case TakeOrder::kSoundOffset:
      return "abs(m.av_offset_ms)";
    case TakeOrder::kFlicker:
      return "m.flicker_levels";
    case TakeOrder::kFrozen:
      return "m.frozen_frames";
    case TakeOrder::kBlack:
      return "m.black_frames";
    case TakeOrder::kColourDrift:
      return "m.colour_drift_levels";
    case TakeOrder::kLoudness:
      return "m.rms_dbfs";
    default:
      return nullptr;
  }
}

}  // namespace

const char* take_order_name(TakeOrder order) {
  constexpr std::array<const char*, 9> kNames = {"newest", "oldest", "stars",        "av_offset", "flicker",
                                                 "frozen", "black",  "colour_drift", "loudness"};
  return kNames[static_cast<std::size_t>(order)];
}

std::optional<TakeOrder> parse_take_order(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(TakeOrder::kLoudness); ++i) {
    if (name == take_order_name(static_cast<TakeOrder>(i))) return static_cast<TakeOrder>(i);
  }
  return std::nullopt;
}

namespace {

/// Words between spaces. One that begins with project:" goes on to the next quotation mark, or to the end while it is still being typed.
std::vector<std::string> filter_words(const std::string& text) {
  constexpr std::string_view kQuoted = "project:\"";
  std::vector<std::string> found;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word.starts_with(kQuoted)) {
      std::string name = word.substr(kQuoted.size());
      auto end = name.find('"');
      for (char c = 0; end == std::string::npos && words.get(c); end = name.find('"')) name += c;
      word = std::string(kQuoted.substr(0, kQuoted.size() - 1)) + name.substr(0, end);
    }
    found.push_back(word);
  }
  return found;
}

}  // namespace

Result<TakeFilter> parse_take_filter(const std::string& text) {
  TakeFilter filter;
  for (const std::string& word : filter_words(text)) {
    const auto colon = word.find(':');
    const std::string name = colon == std::string::npos ? "" : word.substr(0, colon);
    const std::string value = colon == std::string::npos ? "" : word.substr(colon + 1);
    if (name == "kept" || name == "keep") {
      if (value == "yes" || value == "kept")
        filter.keep = Keep::kKept;
      else if (value == "no" || value == "draft")
        filter.keep = Keep::kDraft;
      else if (value == "dropped")
        filter.keep = Keep::kDropped;
      else if (!value.empty())
        return bad_filter(name, value, "yes, no or dropped");
    } else if (name == "model") {
      filter.model = value;
    } else if (name == "tag") {
      filter.tag = value;
    } else if (name == "project") {
      filter.project = value;
    } else if (name == "stars") {
      if (value.size() > 1 || (!value.empty() && (value[0] < '0' || value[0] > '5'))) return bad_filter(name, value, "0 to 5");
      filter.stars_min = value.empty() ? 0 : value[0] - '0';
    } else {
      filter.words += (filter.words.empty() ? "" : " ") + word;
    }
  }
  return filter;
}

namespace {

using Numbers = std::vector<std::int64_t>;

Result<Numbers> numbers(Statement& statement) {
  Numbers found;
  while (true) {
    FANTASCOPE_TRY(const bool row, statement.step());
    if (!row) return found;
    found.push_back(statement.integer(0));
  }
}

Result<Numbers> of_project(sqlite3* handle, const std::string& path, const std::string& project_id) {
  Statement statement(handle, path, "SELECT take_seq FROM take_project WHERE project_id = ? ORDER BY take_seq DESC");
  statement.bind(project_id);
  return numbers(statement);
}

/// Leaves those of the project, in their order: few are looked up one by one, many are compared with all that the project has.
Result<void> keep_project(sqlite3* handle, const std::string& path, const std::string& project_id, Numbers& seqs) {
  constexpr std::size_t kFew = 4000;
  if (seqs.size() <= kFew) {
    Statement statement(handle, path, "SELECT 1 FROM take_project WHERE take_seq = ? AND project_id = ?");
    Numbers kept;
    for (const std::int64_t seq : seqs) {
      FANTASCOPE_TRY(const bool there, statement.bind(seq).bind(project_id).step());
      if (there) kept.push_back(seq);
      statement.reset();
    }
    seqs = std::move(kept);
    return {};
  }
  FANTASCOPE_TRY(const Numbers members, of_project(handle, path, project_id));
  std::vector<bool> is_member(static_cast<std::size_t>(members.empty() ? 0 : members.front()) + 1);
  for (const std::int64_t seq : members) is_member[static_cast<std::size_t>(seq)] = true;
  std::erase_if(seqs, [&is_member](std::int64_t seq) {
    return static_cast<std::size_t>(seq) >= is_member.size() || !is_member[static_cast<std::size_t>(seq)];
  });
  return {};
}

/// What is asked for most, words, state and project alone, needs no look at the rows of takes: numbers come from the word index, from the
/// index of states and from that of projects, each in order, and are cut with each other here.
Result<Numbers> find_by_words_and_state(sqlite3* handle, const std::string& path, const std::string& query, std::optional<Keep> keep,
                                        const std::string& project_id) {
  const auto of_state = [&](Keep state) -> Result<std::vector<std::int64_t>> {
    Statement statement(handle, path, "SELECT seq FROM take INDEXED BY take_by_keep WHERE keep = ? ORDER BY seq DESC");
    statement.bind(std::string_view(keep_name(state)));
    return numbers(statement);
  };
  Numbers found;
  if (query.empty() && project_id.empty()) {
    if (keep) return of_state(*keep);
    FANTASCOPE_TRY(const std::vector<std::int64_t> drafts, of_state(Keep::kDraft));
    FANTASCOPE_TRY(const std::vector<std::int64_t> kept, of_state(Keep::kKept));
    found.resize(drafts.size() + kept.size());
    std::ranges::merge(drafts, kept, found.begin(), std::greater{});
    return found;
  }
  Numbers hits;
  if (query.empty()) {
    FANTASCOPE_TRY(hits, of_project(handle, path, project_id));
  } else {
    Statement statement(handle, path, "SELECT rowid FROM take_search WHERE take_search MATCH ? ORDER BY rowid DESC");
    statement.bind(query);
    FANTASCOPE_TRY(hits, numbers(statement));
    if (!project_id.empty()) FANTASCOPE_TRY_VOID(keep_project(handle, path, project_id, hits));
  }
  FANTASCOPE_TRY(const std::vector<std::int64_t> state, of_state(keep.value_or(Keep::kDropped)));
  if (keep)
    std::ranges::set_intersection(hits, state, std::back_inserter(found), std::greater{});
  else
    std::ranges::set_difference(hits, state, std::back_inserter(found), std::greater{});
  return found;
}

}  // namespace

Result<std::vector<std::int64_t>> TakeShelf::find(const TakeFilter& filter) const {
  std::string project_id = filter.project_id;
  if (!filter.project.empty()) {
    FANTASCOPE_TRY(const Project project, ProjectStore(database_).find_by_name(filter.project));
    project_id = project.project_id.text();
  }
  return find_in(project_id, filter);
}

Result<std::vector<std::int64_t>> TakeShelf::find_in(const std::string& project_id, const TakeFilter& filter) const {
  // Only pieces of this file's own text are joined; every value is bound.
  std::string sql = "SELECT t.seq FROM ";
  std::string query;
  if (!filter.words.empty()) {
    FANTASCOPE_TRY(query, search_query(filter.words));
  }
  std::vector<std::int64_t> seqs;
  if (filter.model.empty() && filter.tag.empty() && filter.shot_id.empty() && filter.stars_min == 0 && filter.order <= TakeOrder::kOldest) {
    FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
      FANTASCOPE_TRY(seqs, find_by_words_and_state(handle, database_.path(), query, filter.keep, project_id));
      return {};
    }));
    if (filter.order == TakeOrder::kOldest) std::ranges::reverse(seqs);
    return seqs;
  }
  const char* const measured = measured_column(filter.order);
  if (!filter.words.empty()) {
    sql += "take_search s CROSS JOIN take t INDEXED BY take_shelf ON t.seq = s.rowid WHERE ";
  } else if (!filter.shot_id.empty()) {
    sql += "shot_job j CROSS JOIN take t INDEXED BY take_by_job ON t.job_id = j.job_id WHERE ";
  } else {
    sql += "take t INDEXED BY take_shelf WHERE ";
  }
  if (measured != nullptr) sql.insert(sql.size() - 6, "LEFT JOIN take_measure m ON m.take_seq = t.seq ");
  sql += filter.words.empty() ? "?1 = ''" : "take_search MATCH ?1";
  sql += filter.keep ? " AND t.keep = ?2" : " AND t.keep <> 'dropped' AND ?2 = ''";
  sql += " AND t.stars >= ?3";
  sql += filter.model.empty() ? " AND ?4 = ''" : " AND t.model = ?4";
  sql += filter.tag.empty() ? " AND ?5 = ''" : " AND EXISTS (SELECT 1 FROM take_tag g WHERE g.take_seq = t.seq AND g.tag = ?5)";
  sql += filter.shot_id.empty() ? " AND ?6 = ''"
         : filter.words.empty() ? " AND j.shot_id = ?6"
                                : " AND t.job_id IN (SELECT job_id FROM shot_job WHERE shot_id = ?6)";
  sql += filter.order == TakeOrder::kOldest  ? std::string(" ORDER BY t.seq")
         : filter.order == TakeOrder::kStars ? " ORDER BY t.stars DESC, t.seq DESC"
         : measured != nullptr               ? std::string(" ORDER BY ") + measured + " IS NULL, " + measured + " DESC, t.seq DESC"
         : filter.words.empty()              ? " ORDER BY t.seq DESC"
                                             : " ORDER BY s.rowid DESC";
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), sql.c_str());
    statement.bind(query).bind(std::string_view(filter.keep ? keep_name(*filter.keep) : "")).bind(std::int64_t{filter.stars_min});
    statement.bind(filter.model).bind(filter.tag).bind(filter.shot_id);
    FANTASCOPE_TRY(seqs, numbers(statement));
    return project_id.empty() ? Result<void>() : keep_project(handle, database_.path(), project_id, seqs);
  }));
  return seqs;
}

Result<std::vector<ShelfRow>> TakeShelf::rows(const std::vector<std::int64_t>& seqs) const {
  std::vector<ShelfRow> rows;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT t.seq, t.take_id, t.job_id, t.keep, t.stars, t.prompt, t.model, t.width, t.height, t.num_frames, t.fps, "
                        "t.seed, t.warnings, t.created_ms, coalesce(j.shot_id, ''), coalesce(json_extract(t.recipe, '$.sketch_steps'), 0), "
                        "coalesce(json_extract(t.recipe, '$.steps'), 0), coalesce(p.project_id, ''), coalesce(p.name, '') FROM take t "
                        "LEFT JOIN shot_job j ON j.job_id = t.job_id LEFT JOIN take_project q ON q.take_seq = t.seq "
                        "LEFT JOIN project p ON p.project_id = q.project_id WHERE t.seq = ?");
    for (const std::int64_t seq : seqs) {
      FANTASCOPE_TRY(const bool found, statement.bind(seq).step());
      if (found) {
        ShelfRow row;
        row.seq = statement.integer(0);
        row.take_id = TakeId::parse(statement.text(1)).value_or(TakeId{});
        row.job_id = JobId::parse(statement.text(2)).value_or(JobId{});
        row.keep = parse_keep(statement.text(3)).value_or(Keep::kDraft);
        row.stars = static_cast<int>(statement.integer(4));
        row.prompt = statement.text(5);
        row.model = statement.text(6);
        row.width = static_cast<int>(statement.integer(7));
        row.height = static_cast<int>(statement.integer(8));
        row.num_frames = static_cast<int>(statement.integer(9));
        row.fps = statement.text(10);
        row.seed = statement.integer(11);
        row.warnings = statement.text(12);
        row.created_ms = statement.integer(13);
        row.shot_id = statement.text(14);
        row.sketch_steps = static_cast<int>(statement.integer(15));
        row.num_steps = static_cast<int>(statement.integer(16));
        row.project_id = statement.text(17);
        row.project = statement.text(18);
        FANTASCOPE_TRY(row.tags, tags_of(handle, database_.path(), seq));
        rows.push_back(std::move(row));
      }
      statement.reset();
    }
    return {};
  }));
  return rows;
}

Result<std::vector<TakeMark>> TakeShelf::marks(const std::vector<TakeId>& ids) const {
  std::vector<TakeMark> marks;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT seq, keep, stars FROM take WHERE take_id = ?");
    for (const TakeId& id : ids) {
      FANTASCOPE_TRY(const bool found, statement.bind(id.text()).step());
      if (!found) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", id.text(), "", ""};
      TakeMark mark{id, parse_keep(statement.text(1)).value_or(Keep::kDraft), static_cast<int>(statement.integer(2)), {}};
      FANTASCOPE_TRY(mark.tags, tags_of(handle, database_.path(), statement.integer(0)));
      marks.push_back(std::move(mark));
      statement.reset();
    }
    return {};
  }));
  return marks;
}

Result<void> TakeShelf::mark(const std::vector<TakeMark>& marks) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    for (const TakeMark& mark : marks) {
      FANTASCOPE_TRY(const std::int64_t seq, seq_of(handle, database_.path(), mark.take_id));
      if (mark.keep) {
        Statement keep(handle, database_.path(), "UPDATE take SET keep = ? WHERE seq = ?");
        FANTASCOPE_TRY_VOID(keep.bind(std::string_view(keep_name(*mark.keep))).bind(seq).run());
      }
      if (mark.stars) {
        if (*mark.stars < 0 || *mark.stars > 5)
          return Error{
              ErrorCode::kInvalidArgument, "a take has no such number of stars", "stars", std::to_string(*mark.stars), "0 to 5", ""};
        Statement stars(handle, database_.path(), "UPDATE take SET stars = ? WHERE seq = ?");
        FANTASCOPE_TRY_VOID(stars.bind(std::int64_t{*mark.stars}).bind(seq).run());
      }
      if (mark.tags) FANTASCOPE_TRY_VOID(write_tags(handle, database_.path(), seq, *mark.tags));
    }
    return {};
  });
}

Result<std::vector<std::string>> TakeShelf::tags() const {
  std::vector<std::string> tags;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT tag FROM take_tag GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 200");
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      tags.push_back(statement.text(0));
    }
  }));
  return tags;
}

}  // namespace fantascope
