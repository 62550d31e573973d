#include "ui/shell/command_list.h"

#include <gtest/gtest.h>

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

TEST(FuzzyScore, FindsLettersInOrderAndPrefersBeginnings) {
  EXPECT_EQ(fuzzy_score(u"Generate"_s, u"xyz"_s), 0);
  EXPECT_GT(fuzzy_score(u"Go to Library"_s, u"gtl"_s), 0);
  EXPECT_GT(fuzzy_score(u"Library"_s, u"lib"_s), fuzzy_score(u"Go to a calibration"_s, u"lib"_s));
  EXPECT_EQ(fuzzy_score(u"Library"_s, u"bil"_s), 0) << "letters in another order are another word";
}

TEST(CommandList, PutsWhatWasUsedLastInFront) {
  CommandList list;
  list.add({u"a"_s, u"Alpha"_s, u"Window"_s, {}, {}, false});
  list.add({u"b"_s, u"Beta"_s, u"Window"_s, u"Ctrl+B"_s, {}, false});
  list.used(u"b"_s);
  EXPECT_EQ(list.idAt(0), u"b"_s);
  list.setSearch(u"alp"_s);
  EXPECT_EQ(list.count(), 1);
  EXPECT_EQ(list.idAt(0), u"a"_s);
  EXPECT_EQ(list.idAt(7), QString());
  EXPECT_EQ(list.shortcuts().size(), 1);
}

TEST(CommandList, AGroupIsReplacedAndTheOthersStay) {
  CommandList list;
  list.add({u"a"_s, u"Alpha"_s, u"Window"_s, {}, {}, false});
  list.replaceGroup(u"project to "_s, {{u"project to 1"_s, u"Project one"_s, u"Window"_s, {}, {}, false},
                                       {u"project to 2"_s, u"Project two"_s, u"Window"_s, {}, {}, false}});
  EXPECT_EQ(list.count(), 3);
  list.replaceGroup(u"project to "_s, {{u"project to 2"_s, u"Project second"_s, u"Window"_s, {}, {}, false}});
  EXPECT_EQ(list.count(), 2);
  list.setSearch(u"second"_s);
  EXPECT_EQ(list.idAt(0), u"project to 2"_s);
}

}  // namespace fantascope::ui
