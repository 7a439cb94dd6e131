// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/run_note.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

constexpr Run kRun{1234, 1'700'000'000'000'000'000};

class RunNoteTest : public ::testing::Test {
  protected:
    TemporaryDirectory folder_;
    RunNote note_{folder_.path(), "this boot"};
};

TEST_F(RunNoteTest, NothingIsLeftBeforeTheFirstRun) {
    EXPECT_FALSE(note_.left());
}

TEST_F(RunNoteTest, ARunThatDidNotEndItselfIsLeft) {
    ASSERT_TRUE(note_.begin(kRun));
    const auto left = RunNote(folder_.path(), "this boot").left();
    ASSERT_TRUE(left);
    EXPECT_EQ(left->pid, kRun.pid);
    EXPECT_EQ(left->start_unix_ns, kRun.start_unix_ns);
}

TEST_F(RunNoteTest, ARunThatEndedItselfIsNot) {
    ASSERT_TRUE(note_.begin(kRun));
    note_.end();
    EXPECT_FALSE(note_.left());
}

// A start that fails before it has told of the last run must not hide it from the next one.
TEST_F(RunNoteTest, ARunThatHasNotBegunLeavesTheNoteOfTheLast) {
    ASSERT_TRUE(note_.begin(kRun));
    RunNote next(folder_.path(), "this boot");
    next.end();
    EXPECT_TRUE(next.left());
}

TEST_F(RunNoteTest, ARunOfAnotherBootSaysNothing) {
    ASSERT_TRUE(note_.begin(kRun));
    EXPECT_FALSE(RunNote(folder_.path(), "another boot").left());
}

TEST_F(RunNoteTest, ANoteThatCannotBeReadSaysNothing) {
    for (const auto* text :
         {"", "{", "[]", "{}", R"({"boot":1})", R"({"boot":"this boot"})",
          R"({"boot":"this boot","pid":-1,"start":1})", R"({"boot":"this boot","pid":"1","start":1})",
          R"({"boot":"this boot","pid":1,"start":0.5})"}) {
        folder_.write("running", text);
        EXPECT_FALSE(note_.left()) << text;
    }
    folder_.write("running", std::string(1 << 20, ' '));
    EXPECT_FALSE(note_.left());
}

TEST_F(RunNoteTest, AFolderThatIsNotThereIsAnError) {
    EXPECT_FALSE(RunNote(folder_.path() / "missing", "this boot").begin(kRun));
}

}  // namespace
}  // namespace modelward::agent
