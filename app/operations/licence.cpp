#include "app/operations/licence.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>

#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFilesMax = 32, kEntriesMax = 4096, kReadmeBytes = 64 << 10, kNameBytesMax = 120;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

/// Words with one space between them.
std::string words_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!std::isspace(static_cast<unsigned char>(c)))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return trimmed(out);
}

bool is_notice(const std::string& path) { return lower(fs::path(path).filename().string()).starts_with("notice"); }

bool is_licence_name(const std::string& name) {
  const std::string small = lower(name);
  const bool named = small.find("license") != std::string::npos || small.find("licence") != std::string::npos ||
                     small.starts_with("copying") || small.starts_with("notice");
  if (!named || name.starts_with(".")) return false;
  const std::string extension = fs::path(small).extension().string();
  constexpr std::array kNoText = {".json", ".safetensors", ".bin", ".pt", ".pth", ".py", ".png", ".jpg", ".pdf", ".yaml", ".yml", ".index"};
  return std::find(kNoText.begin(), kNoText.end(), extension) == kNoText.end();
}

/// In the folder and one level below, by path. Broken links are listed too: a licence that is named but not there must not pass as none.
std::vector<std::string> licence_files(const std::string& dir) {
  std::vector<std::string> files;
  std::error_code error;
  std::size_t seen = 0;
  const auto look = [&](const fs::path& folder, const std::string& prefix, auto&& enter) -> void {
    std::error_code ignored;
    for (fs::directory_iterator it(folder, ignored), end; !ignored && it != end && ++seen < kEntriesMax; it.increment(ignored)) {
      const std::string name = it->path().filename().string();
      if (it->is_directory(error)) {
        if (prefix.empty() && !name.starts_with(".")) enter(it->path(), name + "/", enter);
      } else if (is_licence_name(name)) {
        files.push_back(prefix + name);
      }
    }
  };
  look(dir, "", look);
  std::sort(files.begin(), files.end());
  return files;
}

bool lies_in(const fs::path& path, const fs::path& dir) {
  const auto [end, rest] = std::mismatch(dir.begin(), dir.end(), path.begin(), path.end());
  return end == dir.end() && rest != path.end();
}

/// The file that `name` leads to: in the folder, or in the `blobs` beside `snapshots` where download caches keep what they link to.
Result<std::string> resolve(const std::string& dir, const std::string& name) {
  std::error_code error;
  const fs::path folder = fs::canonical(dir, error), file = fs::canonical(fs::path(dir) / name, error);
  if (error)
    return Error{ErrorCode::kBadFile,
                 "the model's licence file cannot be read",
                 dir + "/" + shown_safely(name),
                 error.message(),
                 "",
                 "Put the file back, or take the broken link away"};
  const bool cached = folder.parent_path().filename() == "snapshots" && lies_in(file, folder.parent_path().parent_path() / "blobs");
  if (lies_in(file, folder) || cached) return file.string();
  return Error{ErrorCode::kBadFile,
               "the model's licence file is a link that leads out of its folder",
               dir + "/" + shown_safely(name),
               shown_safely(file.string()),
               "a file in the model's folder",
               "Copy the licence's text into the folder"};
}

std::string without_quotes(std::string value) {
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    const auto end = value.find(value.front(), 1);
    if (end != std::string::npos) return value.substr(1, end - 1);
  }
  const auto comment = value.find(" #");
  return trimmed(comment == std::string::npos ? value : value.substr(0, comment));
}

/// The one-line values at the top of README.md, between two lines of "---". A list of several licences is no id that we know.
std::map<std::string, std::string> front_matter(const std::string& dir) {
  std::map<std::string, std::string> values;
  std::error_code error;
  const auto path = resolve(dir, "README.md");
  if (!path || !fs::is_regular_file(*path, error)) return values;
  std::ifstream file(*path, std::ios::binary);
  std::string text(kReadmeBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::string last;
  std::size_t at = 0;
  for (bool first = true; at < text.size(); first = false) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (trimmed(line) == "---") {
      if (first) continue;
      return values;
    }
    if (first) return {};
    const auto colon = line.find(':');
    const bool is_item = trimmed(line).starts_with("- ");
    if (is_item && !last.empty()) values[last] += (values[last].empty() ? "" : ", ") + trimmed(trimmed(line).substr(2));
    if (is_item || colon == std::string::npos || line.starts_with(" ") || line.starts_with("#")) continue;
    last = lower(trimmed(line.substr(0, colon)));
    values[last] = without_quotes(trimmed(line.substr(colon + 1)));
  }
  return {};  // it has no end
}

/// Line by line, so that line ends stay.
std::string shown_text(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += shown_safely(line) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string short_name(const std::string& text) {
  std::string name = shown_safely(trimmed(text));
  if (name.size() <= kNameBytesMax) return name;
  std::size_t end = kNameBytesMax;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return name.substr(0, end) + "…";
}

/// The first line with letters: what a licence calls itself.
std::string title_of(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    const auto first = std::find_if(line.begin(), line.end(), [](unsigned char c) { return std::isalnum(c) || c >= 0x80; });
    if (first != line.end()) return short_name(std::string(first, line.end()));
    at = end + 1;
  }
  return {};
}

struct LicenceText {
  std::string file, text;
};

/// All texts, or why they cannot be shown. Sets files, text and sha256.
Result<std::vector<LicenceText>> read_texts(const std::string& dir, ModelLicence& licence) {
  std::vector<LicenceText> texts;
  std::size_t bytes = 0;
  std::string lines, hash;
  licence.files = licence_files(dir);
  if (licence.files.size() > kFilesMax) {
    licence.files.resize(kFilesMax);
    return Error{ErrorCode::kBadFile, "the model's folder has too many licence files", dir, "more than 32", "at most 32", ""};
  }
  for (const std::string& name : licence.files) {
    FANTASCOPE_TRY(const std::string path, resolve(dir, name));
    FANTASCOPE_TRY(const std::string content, read_file(path, kLicenceBytesMax - bytes));
    bytes += content.size();
    hash = sha256_text(content);
    lines += hash + "  " + name + "\n";
    texts.push_back({shown_safely(name), shown_text(content)});
  }
  if (!texts.empty()) licence.sha256 = texts.size() == 1 ? hash : sha256_text(lines);
  for (const LicenceText& one : texts)
    licence.text += (licence.text.empty() ? "" : "\n") + (texts.size() > 1 ? "=== " + one.file + " ===\n\n" : std::string()) + one.text;
  return texts;
}

struct Keyword {
  const char* word;  ///< how a word begins
  const char* topic;
};
constexpr std::array kKeywords = {Keyword{"revenue", "revenue"},
                                  Keyword{"monthly active", "revenue"},
                                  Keyword{"territor", "territory"},
                                  Keyword{"region", "territory"},
                                  Keyword{"european union", "territory"},
                                  Keyword{"competitor", "competition"},
                                  Keyword{"competing", "competition"},
                                  Keyword{"competes", "competition"},
                                  Keyword{"compete with", "competition"},
                                  Keyword{"competitive", "competition"},
                                  Keyword{"non-commercial", "non_commercial"},
                                  Keyword{"noncommercial", "non_commercial"},
                                  Keyword{"non commercial", "non_commercial"},
                                  Keyword{"commercial use", "non_commercial"},
                                  Keyword{"commercial purpose", "non_commercial"},
                                  Keyword{"commercially", "non_commercial"}};
constexpr std::size_t kTermsMax = 12, kTermsOfTopicMax = 4, kTermReach = 320;

/// The sentence around `at`, at most kTermReach bytes to either side.
std::pair<std::size_t, std::size_t> sentence_around(std::string_view text, std::size_t at) {
  const auto ends_before = [&](std::size_t i) {  // whether a sentence ends before text[i]
    if (i == 0) return true;
    if (text[i - 1] == '\n' && (i < 2 || text[i - 2] == '\n')) return true;
    return i >= 2 && std::isspace(static_cast<unsigned char>(text[i - 1])) && (text[i - 2] == '.' || text[i - 2] == ';');
  };
  std::size_t begin = at, end = at;
  while (!ends_before(begin) && at - begin < kTermReach) --begin;
  while (end < text.size() && end - at < kTermReach && (end == at || !ends_before(end))) ++end;
  // Whole words where the reach cut it.
  if (!ends_before(begin))
    while (begin < at && !std::isspace(static_cast<unsigned char>(text[begin]))) ++begin;
  if (end < text.size() && !ends_before(end))
    while (end > at && !std::isspace(static_cast<unsigned char>(text[end]))) --end;
  return {begin, end};
}

}  // namespace

const char* licence_state_name(LicenceState state) {
  switch (state) {
    case LicenceState::kFree:
      return "free";
    case LicenceState::kTerms:
      return "terms";
    case LicenceState::kNotStated:
      return "not_stated";
    case LicenceState::kDiffers:
      return "differs";
    case LicenceState::kUnreadable:
      return "unreadable";
  }
  return "unreadable";
}

std::string free_licence_by_id(std::string_view id) {
  constexpr std::array kIds = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "CC0-1.0", "Unlicense"};
  for (const char* known : kIds) {
    if (lower(id) == lower(known)) return known;
  }
  return {};
}

std::string free_licence_by_text(std::string_view text) {
  const std::string words = lower(words_of(text));
  const auto has = [&](const char* phrase) { return words.find(phrase) != std::string::npos; };
  // Longer than the licence itself, or with terms that bite in it: something was added.
  const auto is = [&](std::size_t bytes_max, std::initializer_list<const char*> phrases) {
    return words.size() <= bytes_max && std::all_of(phrases.begin(), phrases.end(), has) && find_terms("", text).empty();
  };
  if (is(12'500, {"apache license", "version 2.0, january 2004", "derivative works", "end of terms and conditions"})) return "Apache-2.0";
  if (is(1'500, {"permission is hereby granted, free of charge, to any person obtaining a copy", "the software is provided \"as is\""}))
    return "MIT";
  if (is(2'300, {"redistribution and use in source and binary forms, with or without modification, are permitted"}) &&
      !has("all advertising materials"))
    return has("neither the name") ? "BSD-3-Clause" : "BSD-2-Clause";
  if (is(1'200, {"permission to use, copy, modify, and", "distribute this software for any purpose with or without fee is hereby granted"}))
    return "ISC";
  if (is(8'000, {"cc0 1.0 universal", "creative commons", "waive"})) return "CC0-1.0";
  if (is(1'900, {"this is free and unencumbered software released into the public domain"})) return "Unlicense";
  return {};
}

std::vector<LicenceTerm> find_terms(const std::string& file, std::string_view text) {
  std::vector<LicenceTerm> terms;
  const std::string small = lower(text);
  std::vector<std::size_t> taken;
  std::map<std::string, std::size_t> counts;
  for (const Keyword& keyword : kKeywords) {
    for (std::size_t at = small.find(keyword.word); at != std::string::npos; at = small.find(keyword.word, at + 1)) {
      if (at > 0 && std::isalnum(static_cast<unsigned char>(small[at - 1]))) continue;
      const auto [begin, end] = sentence_around(text, at);
      const bool known = std::find(taken.begin(), taken.end(), begin) != taken.end();
      const std::string quote = words_of(text.substr(begin, end - begin));
      if (std::count(quote.begin(), quote.end(), ' ') < 3) continue;  // a heading
      if (known || terms.size() >= kTermsMax || counts[keyword.topic] >= kTermsOfTopicMax) continue;
      taken.push_back(begin);
      ++counts[keyword.topic];
      const int line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
      terms.push_back({keyword.topic, file, line, quote});
    }
  }
  return terms;
}

ModelLicence read_licence(const std::string& dir, const std::string& stated) {
  ModelLicence licence;
  const auto card = front_matter(dir);
  const auto value = [&](const char* key) { return card.contains(key) ? card.at(key) : std::string(); };
  licence.link = short_name(value("license_link"));
  const auto texts = read_texts(dir, licence);
  std::vector<std::string> names;
  const bool other = lower(value("license")) == "other" && !value("license_name").empty();
  for (const std::string& name : {stated, other ? value("license_name") : value("license")}) {
    if (!trimmed(name).empty()) names.push_back(short_name(name));
  }
  const auto bound = std::find_if(names.begin(), names.end(), [](const std::string& name) { return free_licence_by_id(name).empty(); });
  if (!names.empty()) licence.name = bound != names.end() ? *bound : free_licence_by_id(names.front());
  if (!texts) {
    licence.state = LicenceState::kUnreadable;
    licence.problem = texts.error();
    return licence;
  }
  bool all_free = true;
  std::string title, by_text;
  for (const LicenceText& one : *texts) {
    if (is_notice(one.file)) continue;
    const std::string id = free_licence_by_text(one.text);
    if (id.empty() && title.empty()) title = title_of(one.text);
    all_free = all_free && !id.empty();
    if (by_text.empty()) by_text = id;
  }
  if (bound != names.end()) {
    licence.state = LicenceState::kTerms;
  } else if (!all_free) {
    licence.state = names.empty() ? LicenceState::kTerms : LicenceState::kDiffers;
    if (names.empty()) licence.name = title;
  } else if (names.empty() && by_text.empty()) {
    licence.state = LicenceState::kNotStated;
  } else {
    licence.state = LicenceState::kFree;
    if (names.empty()) licence.name = by_text;
  }
  if (licence.sha256.empty()) licence.sha256 = sha256_text(licence.name + "\n" + licence.link + "\n");
  if (licence.state == LicenceState::kFree) return licence;
  for (const LicenceText& one : *texts) {
    if (is_notice(one.file)) continue;
    for (LicenceTerm& term : find_terms(one.file, one.text)) licence.terms.push_back(std::move(term));
  }
  if (licence.terms.size() > kTermsMax) licence.terms.resize(kTermsMax);
  return licence;
}

}  // namespace fantascope
