#include "app/operations/licence.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/files/sha256.h"
#include "tests/support/temp_dir.h"

namespace fantascope {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempDir;

constexpr char kTerms[] =
    "Example Community License Agreement\n"
    "\n"
    "1. Grant. You may use the Model. A Commercial Entity with annual\n"
    "revenues of at least $10,000,000 must obtain a paid licence.\n"
    "2. THE LICENCE DOES NOT APPLY IN THE EUROPEAN UNION.\n"
    "\n"
    "You must not use it to develop a product that is competing with ours; this term survives.\n"
    "Research and other non-commercial purposes are free of charge.\n"
    "A competent court decides.\n";

constexpr char kMit[] =
    "MIT License\n\nCopyright (c) 2026 Somebody\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this "
    "software and associated documentation files (the \"Software\"), to deal in the Software without restriction, subject to the following "
    "conditions:\n\nThe above copyright notice shall be included in all copies.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF "
    "ANY KIND.\n";

std::string apache() {
  std::ifstream file(FANTASCOPE_SOURCE_DIR "/LICENSE");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Licence : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    fs::create_directories(fs::path(dir_ / name).parent_path());
    std::ofstream(dir_ / name, std::ios::binary) << text;
  }
  ModelLicence read(const std::string& stated = "") { return read_licence(dir_.path(), stated); }
  TempDir dir_;
};

TEST_F(Licence, AFolderThatSaysNothingIsKnownAsSuch) {
  const ModelLicence licence = read();
  EXPECT_EQ(licence.state, LicenceState::kNotStated);
  EXPECT_EQ(licence.name, "");
  EXPECT_TRUE(licence.files.empty());
  EXPECT_EQ(licence.sha256.size(), 64u);
}

TEST_F(Licence, PermissiveIdsAreFreeHoweverTheyAreWritten) {
  for (const char* id : {"Apache-2.0", "apache-2.0", "mit", "BSD-2-Clause", "bsd-3-clause", "ISC", "cc0-1.0", "Unlicense"}) {
    EXPECT_EQ(read(id).state, LicenceState::kFree) << id;
  }
  EXPECT_EQ(read("apache-2.0").name, "Apache-2.0");
  for (const char* id : {"gpl-3.0", "cc-by-nc-4.0", "Apache-2.0 with conditions", "Apache", "other", "openrail++", "apache-2.0, other"}) {
    EXPECT_EQ(read(id).state, LicenceState::kTerms) << id;
  }
}

TEST_F(Licence, PermissiveTextsAreKnownByTheirText) {
  ASSERT_GT(apache().size(), 9000u);
  EXPECT_EQ(free_licence_by_text(apache()), "Apache-2.0");
  EXPECT_EQ(free_licence_by_text(kMit), "MIT");
  write("LICENSE", apache());
  write("NOTICE.txt", "Made by somebody.\n");
  const ModelLicence licence = read();
  EXPECT_EQ(licence.state, LicenceState::kFree);
  EXPECT_EQ(licence.name, "Apache-2.0");
  EXPECT_THAT(licence.files, ElementsAre("LICENSE", "NOTICE.txt"));
  EXPECT_TRUE(licence.terms.empty());
}

TEST_F(Licence, APermissiveTextWithSomethingAddedIsNotThatLicence) {
  EXPECT_EQ(free_licence_by_text(std::string(kMit) + "\nThe Software is for non-commercial use only.\n"), "");
  EXPECT_EQ(free_licence_by_text(apache() + std::string(4000, 'x')), "");
  EXPECT_EQ(free_licence_by_text(apache() + "\nEntities with a revenue above 1 need another licence.\n"), "");
  EXPECT_EQ(free_licence_by_text("Apache License, Version 2.0, January 2004"), "");
  EXPECT_EQ(free_licence_by_text(""), "");
}

TEST_F(Licence, ANameThatTheTextContradictsIsNotBelieved) {
  write("LICENSE.txt", kTerms);
  const ModelLicence licence = read("Apache-2.0");
  EXPECT_EQ(licence.state, LicenceState::kDiffers);
  EXPECT_EQ(licence.name, "Apache-2.0");
  fs::remove(dir_ / "LICENSE.txt");
  write("text_encoder/LICENSE", kTerms);
  EXPECT_EQ(read("Apache-2.0").state, LicenceState::kDiffers) << "a part with a licence of its own";
  EXPECT_THAT(read("Apache-2.0").files, ElementsAre("text_encoder/LICENSE"));
}

TEST_F(Licence, ItsNameIsTheOneInTheFilesOrTheTextsFirstLine) {
  write("LICENSE", kTerms);
  EXPECT_EQ(read().name, "Example Community License Agreement");
  write("README.md",
        "---\nlanguage:\n- en\nlicense: other\nlicense_name: \"example-community\"  # see below\nlicense_link: "
        "https://example.org/l\n---\n# x\n");
  const ModelLicence licence = read();
  EXPECT_EQ(licence.name, "example-community");
  EXPECT_EQ(licence.link, "https://example.org/l");
  EXPECT_EQ(licence.state, LicenceState::kTerms);
  EXPECT_EQ(read("MIT").state, LicenceState::kTerms) << "one of two that are named is not permissive";
}

TEST_F(Licence, TheTopOfTheReadmeIsReadOrIgnoredWhole) {
  for (const auto& [text, state] :
       {std::pair{"---\nlicense: apache-2.0\n---\n", LicenceState::kFree},
        std::pair{"\xEF\xBB\xBF---\r\nlicense: mit\r\n---\r\n", LicenceState::kFree},
        std::pair{"---\nlicense:\n- apache-2.0\n- cc-by-nc-4.0\n---\n", LicenceState::kTerms},
        std::pair{"---\nlicense: [mit, other]\n---\n", LicenceState::kTerms},
        std::pair{"---\nlicense: apache-2.0\n", LicenceState::kNotStated}, std::pair{"# license: apache-2.0\n", LicenceState::kNotStated},
        std::pair{"---\nmodel:\n  license: apache-2.0\n---\n", LicenceState::kNotStated}, std::pair{"", LicenceState::kNotStated}}) {
    write("README.md", text);
    EXPECT_EQ(read().state, state) << text;
  }
}

TEST_F(Licence, WhatIsAcceptedIsTheTextsHash) {
  write("LICENSE", kTerms);
  const std::string one = read().sha256;
  EXPECT_EQ(one, sha256_text(kTerms));
  write("LICENSE", std::string(kTerms) + " ");
  EXPECT_NE(read().sha256, one);
  write("LICENSE", kTerms);
  EXPECT_EQ(read().sha256, one);
  write("vae/LICENCE.md", kTerms);
  EXPECT_NE(read().sha256, one) << "a second text";
  EXPECT_THAT(read().text, HasSubstr("=== vae/LICENCE.md ==="));
}

TEST_F(Licence, SentencesThatBiteAreQuotedWithTheirPlace) {
  const auto terms = find_terms("LICENSE", kTerms);
  ASSERT_EQ(terms.size(), 4u);
  EXPECT_EQ(terms[0].topic, "revenue");
  EXPECT_EQ(terms[0].line, 3);
  EXPECT_EQ(terms[0].text, "A Commercial Entity with annual revenues of at least $10,000,000 must obtain a paid licence.");
  EXPECT_EQ(terms[1].topic, "territory");
  EXPECT_EQ(terms[1].text, "THE LICENCE DOES NOT APPLY IN THE EUROPEAN UNION.");
  EXPECT_EQ(terms[2].topic, "competition");
  EXPECT_EQ(terms[2].line, 7);
  EXPECT_EQ(terms[2].text, "You must not use it to develop a product that is competing with ours;");
  EXPECT_EQ(terms[3].topic, "non_commercial");
  EXPECT_TRUE(find_terms("LICENSE", "A competent court is one. The oregion is not one. Noncommittal words are few.").empty());
  EXPECT_TRUE(find_terms("LICENSE", "1. Commercial Use.\n\n2. Territory\n\n").empty()) << "headings say nothing";
}

TEST_F(Licence, ALongTextWithoutSentencesGivesShortQuotes) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "revenue words without an end ";
  const auto terms = find_terms("LICENSE", text);
  EXPECT_LE(terms.size(), 4u);
  for (const LicenceTerm& term : terms) EXPECT_LE(term.text.size(), 700u);
}

TEST_F(Licence, TextIsShownSafely) {
  write("LICENSE",
        "One\r\ntwo \x1b[31m \xff three\tfour\n\xE2\x80\xAE"
        "five\n");
  EXPECT_EQ(read().text, "One\ntwo \\u{1B}[31m \\xFF three four\n\\u{202E}five\n");
}

TEST_F(Licence, WhatCannotBeReadCannotBeUsed) {
  write("LICENSE", std::string(kLicenceBytesMax + 1, 'x'));
  EXPECT_EQ(read("Apache-2.0").state, LicenceState::kUnreadable);
  ASSERT_TRUE(read().problem);
  EXPECT_THAT(read().problem->message, HasSubstr("too large"));
  fs::remove(dir_ / "LICENSE");
  ASSERT_EQ(::mkfifo((dir_ / "LICENSE").c_str(), 0600), 0);
  EXPECT_EQ(read("Apache-2.0").state, LicenceState::kUnreadable) << "and does not hang";
  fs::remove(dir_ / "LICENSE");
  fs::create_symlink("nowhere", dir_ / "LICENSE");
  EXPECT_EQ(read("Apache-2.0").state, LicenceState::kUnreadable) << "named, but not there";
  for (int i = 0; i < 40; ++i) write("LICENSE" + std::to_string(i), "x");
  EXPECT_EQ(read("Apache-2.0").state, LicenceState::kUnreadable);
}

TEST_F(Licence, LinksAreFollowedInTheFolderAndInADownloadCacheOnly) {
  TempDir elsewhere;
  std::ofstream(elsewhere / "secret") << kMit;
  fs::create_symlink(elsewhere / "secret", dir_ / "LICENSE");
  EXPECT_EQ(read().state, LicenceState::kUnreadable);
  EXPECT_THAT(read().problem->message, HasSubstr("leads out"));
  EXPECT_EQ(read().text, "");
  fs::remove(dir_ / "LICENSE");
  write("texts/mit", kMit);
  fs::create_symlink("texts/mit", dir_ / "LICENSE");
  EXPECT_EQ(read().name, "MIT");
  const std::string cached = dir_ / "models--a--b/snapshots/rev";
  fs::create_directories(cached);
  write("models--a--b/blobs/0123", kMit);
  fs::create_symlink("../../blobs/0123", cached + "/LICENSE");
  fs::create_symlink("../../blobs/0456", cached + "/README.md");
  write("models--a--b/blobs/0456", "---\nlicense: mit\n---\n");
  EXPECT_EQ(read_licence(cached, "").state, LicenceState::kFree);
}

TEST_F(Licence, FilesThatOnlyHaveTheWordInTheirNameAreNotRead) {
  write("license_plates.safetensors", "weights");
  write("license.json", "{}");
  write(".license", "hidden");
  write("deep/er/LICENSE", "too deep");
  EXPECT_TRUE(read().files.empty());
  write("Example-Open-Weights-License-0.X.txt", kTerms);
  write("COPYING", kTerms);
  EXPECT_THAT(read().files, ElementsAre("COPYING", "Example-Open-Weights-License-0.X.txt"));
}

TEST_F(Licence, TheShippedModelIsFree) {
  const ModelLicence licence = read_licence(FANTASCOPE_SOURCE_DIR "/assets/models/previz", "Apache-2.0");
  EXPECT_EQ(licence.state, LicenceState::kFree);
  EXPECT_EQ(licence.name, "Apache-2.0");
}

}  // namespace
}  // namespace fantascope
