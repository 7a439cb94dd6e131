// SPDX-License-Identifier: Apache-2.0
#include "agent/watch/file_events.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

TEST(FileEvents, AFileThatWasWrittenInATreeIsReportedWithItsPath) {
    const TemporaryDirectory directory;
    std::filesystem::create_directory(directory.path() / "tree");
    auto events = FileEvents::create();
    ASSERT_TRUE(events) << events.error().message();
    ASSERT_TRUE(events->watch(directory.path() / "tree"));
    directory.write("outside", "x");
    const auto written = directory.write("tree/sub/model", "x");
    pollfd ready{events->fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&ready, 1, 10000), 1);
    const auto batch = events->read();
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->written, (std::vector{written})) << "and nothing outside the tree";
    EXPECT_FALSE(batch->overflow);
    EXPECT_TRUE(events->read()->written.empty()) << "nothing twice, and no waiting";
}

TEST(FileEvents, AMissingTreeIsAClearError) {
    auto events = FileEvents::create();
    ASSERT_TRUE(events);
    EXPECT_FALSE(events->watch("/nonexistent"));
}

TEST(IsBelow, ComparesWholeNames) {
    EXPECT_TRUE(is_below("/srv/models/a", "/srv/models"));
    EXPECT_TRUE(is_below("/srv/models", "/srv/models"));
    EXPECT_FALSE(is_below("/srv/models-old/a", "/srv/models"));
    EXPECT_FALSE(is_below("/srv", "/srv/models"));
    EXPECT_TRUE(is_below("/srv", "/"));
}

}  // namespace
}  // namespace modelward::agent
