// SPDX-License-Identifier: Apache-2.0
// Who reads an event file waits for no other reader, and retention for none either.
#include "console/server/store/event_readers.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"
#include "console/server/store/event_files.h"
#include "console/server/store/incident_queries.h"
#include "console/server/testing/events.h"

namespace modelward::console {
namespace {

class EventReadersTest : public testing::Test {
  protected:
    EventReadersTest() {
        for (const char* period : {"2026-11", "2027-01"}) {
            Database database = open_event_file(directory_.path(), period).value();
            std::set<std::uint64_t> changed;
            EXPECT_TRUE(insert_event(database, {"host-1", "ws-17"}, block_event(1), kTestTimeMs, changed)
                            .has_value());
        }
    }
    static std::uint64_t count(EventReaders::Lease& lease) {
        return count_incidents(lease.database(), {}).value();
    }
    TemporaryDirectory directory_;
    EventReaders readers_{directory_.path()};
};

TEST_F(EventReadersTest, ManyReadOneFileAtATime) {
    auto first = readers_.lease("2027-01").value();
    auto rows = first->database().query("SELECT number FROM incidents");
    ASSERT_TRUE(rows->next().value()) << "a scan is under way";
    for (int i = 0; i < 5; ++i) {
        auto other = readers_.lease("2027-01").value();
        ASSERT_TRUE(other.has_value());
        EXPECT_NE(&other->database(), &first->database());
        EXPECT_EQ(count(*other), 1u);
    }
}

TEST_F(EventReadersTest, AConnectionIsUsedAgain) {
    const Database* first = &readers_.lease("2027-01").value()->database();
    EXPECT_EQ(&readers_.lease("2027-01").value()->database(), first);
}

TEST_F(EventReadersTest, AMonthIsRemovedUnderItsReaderAndDoesNotComeBack) {
    auto reading = readers_.lease("2026-11").value();
    EXPECT_EQ(readers_.remove_before("2026-12").value(), std::vector<std::string>{"2026-11"});
    EXPECT_EQ(count(*reading), 1u) << "who reads it reads on";
    EXPECT_FALSE(readers_.lease("2026-11")->has_value());
    reading.reset();
    EXPECT_FALSE(readers_.lease("2026-11")->has_value());
    EXPECT_EQ(list_periods(directory_.path()).value(), std::vector<std::string>{"2027-01"});
}

}  // namespace
}  // namespace modelward::console
