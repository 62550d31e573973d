#include <gtest/gtest.h>

#include "ui/bridge/navigator.h"
#include "ui/bridge/undo_stack.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;

TEST(UndoStack, TakesBackInReverseAndDoesAgain) {
  UndoStack stack;
  int value = 0;
  const auto set = [&value](int to) { return [&value, to] { value = to; }; };
  stack.push(u"one"_s, set(1), set(0));
  stack.push(u"two"_s, set(2), set(1));
  EXPECT_EQ(value, 2);
  EXPECT_EQ(stack.undoText(), u"two"_s);
  EXPECT_TRUE(stack.undo());
  EXPECT_TRUE(stack.undo());
  EXPECT_FALSE(stack.undo());
  EXPECT_EQ(value, 0);
  EXPECT_TRUE(stack.redo());
  EXPECT_EQ(value, 1);
  stack.push(u"three"_s, set(3), set(1));
  EXPECT_FALSE(stack.redo()) << "a new step ends what could be done again";
}

TEST(UndoStack, JoinsTypingIntoOneStepAndForgetsBeyondItsLength) {
  UndoStack stack;
  std::string text;
  for (const char* now : {"a", "ab", "abc"})
    stack.push(
        u"typing"_s, [&text, now] { text = now; }, [&text] { text = ""; }, u"prompt"_s);
  EXPECT_EQ(stack.history().size(), 1);
  stack.undo();
  EXPECT_EQ(text, "");
  stack.redo();
  EXPECT_EQ(text, "abc");
  for (int i = 0; i < UndoStack::kStepsMax + 10; ++i)
    stack.push(
        u"x"_s, [] {}, [] {});
  EXPECT_EQ(stack.history().size(), UndoStack::kStepsMax);
}

TEST(Route, IsReadBackFromItsText) {
  const QString text = u"shot/abc?frame=17&takes=a,b"_s;
  const Route route = Route::parse(text);
  EXPECT_EQ(route.screen, u"shot"_s);
  EXPECT_EQ(route.subject, u"abc"_s);
  EXPECT_EQ(route.query.value(u"takes"_s).toString(), u"a,b"_s);
  EXPECT_EQ(Route::parse(route.toString()).query, route.query);
  EXPECT_TRUE(Route::parse(QString()).screen.isEmpty());
}

TEST(Navigator, GoesBackAndForwardAndRefusesUnknownPlaces) {
  Navigator navigator;
  navigator.setScreens({u"create"_s, u"library"_s});
  EXPECT_TRUE(navigator.go(u"create"_s));
  EXPECT_TRUE(navigator.go(u"library?filter=x"_s));
  EXPECT_FALSE(navigator.go(u"nowhere"_s));
  EXPECT_EQ(navigator.screen(), u"library"_s);
  EXPECT_TRUE(navigator.back());
  EXPECT_EQ(navigator.screen(), u"create"_s);
  EXPECT_TRUE(navigator.forward());
  EXPECT_EQ(navigator.query().value(u"filter"_s).toString(), u"x"_s);
  EXPECT_FALSE(navigator.forward());
}

TEST(Navigator, ALookAtAnotherFrameIsNoNewPlace) {
  Navigator navigator;
  navigator.setScreens({u"shot"_s});
  navigator.go(u"shot/a"_s);
  navigator.replaceQuery({{u"frame"_s, u"3"_s}});
  EXPECT_FALSE(navigator.canGoBack());
  EXPECT_EQ(navigator.route(), u"shot/a?frame=3"_s);
}

}  // namespace fantascope::ui
