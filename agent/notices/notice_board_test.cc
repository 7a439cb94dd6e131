// SPDX-License-Identifier: Apache-2.0
#include "agent/notices/notice_board.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace modelward::agent {
namespace {

Notice notice(std::uint32_t user, std::uint32_t pid) {
    Notice made;
    made.user = user;
    made.login_user = 0xFFFFFFFF;
    made.pid = pid;
    made.happened = "it was stopped";
    return made;
}

TEST(NoticeBoard, EveryUserSeesTheirOwnAndRootAll) {
    NoticeBoard board;
    board.put(notice(1000, 1));
    board.put(notice(1001, 2));
    EXPECT_EQ(board.after(0, "", 1000)["notices"].size(), 1u);
    EXPECT_EQ(board.after(0, "", 1000)["notices"][0]["pid"], 1);
    EXPECT_EQ(board.after(0, "", 1002)["notices"].size(), 0u);
    EXPECT_EQ(board.after(0, "", 0)["notices"].size(), 2u);
}

TEST(NoticeBoard, OnlyWhatIsNewSinceAndAllOfItAfterARestart) {
    NoticeBoard board;
    board.put(notice(1000, 1));
    const auto first = board.after(0, "", 1000);
    board.put(notice(1000, 2));
    const auto second = board.after(first["next"], first["run"], 1000);
    ASSERT_EQ(second["notices"].size(), 1u);
    EXPECT_EQ(second["notices"][0]["pid"], 2);
    NoticeBoard restarted;
    restarted.put(notice(1000, 3));
    EXPECT_EQ(restarted.after(second["next"], second["run"], 1000)["notices"].size(), 1u);
}

TEST(NoticeBoard, TheSameAgainIsCountedAndNotToldAgain) {
    NoticeBoard board;
    board.put(notice(1000, 1));
    const auto seen = board.after(0, "", 1000);
    board.put(notice(1000, 1));
    EXPECT_EQ(board.size(), 1u);
    EXPECT_EQ(board.after(0, "", 1000)["notices"][0]["count"], 2);
    EXPECT_TRUE(board.after(seen["next"], seen["run"], 1000)["notices"].empty());
    auto later = notice(1000, 1);
    later.time_unix_ns = 61'000'000'000;
    board.put(later);
    EXPECT_EQ(board.size(), 2u);
}

TEST(NoticeBoard, AFloodOfOnePushesOutTheirOwnOnly) {
    NoticeBoard board;
    board.put(notice(1001, 1));
    for (std::uint32_t pid = 1; pid <= 3 * kMostNoticesOfOne; ++pid)
        board.put(notice(1000, pid));
    EXPECT_EQ(board.size(), kMostNoticesOfOne + 1);
    EXPECT_EQ(board.after(0, "", 1001)["notices"].size(), 1u);
}

TEST(NoticeBoard, ManyComeInParts) {
    NoticeBoard board;
    for (std::uint32_t pid = 1; pid <= kMostNoticesAtOnce + 1; ++pid)
        board.put(notice(1000, pid));
    const auto part = board.after(0, "", 0);
    EXPECT_TRUE(part["more"]);
    EXPECT_EQ(part["left"], 1);
    const auto rest = board.after(part["next"], part["run"], 0);
    ASSERT_EQ(rest["notices"].size(), 1u);
    EXPECT_EQ(rest["notices"][0]["pid"], kMostNoticesAtOnce + 1);
    EXPECT_FALSE(rest["more"]);
}

TEST(NoticeBoard, LongOnesComeInPartsOfSoManyBytesAndNoneIsLost) {
    NoticeBoard board;
    for (std::uint32_t pid = 1; pid <= 10; ++pid) {
        auto made = notice(1000, pid);
        made.to_do = std::string(30'000, 'x');
        board.put(made);
    }
    auto huge = notice(1000, 11);
    huge.to_do = std::string(2 * kMostNoticeBytesAtOnce, 'x');
    board.put(huge);
    nlohmann::json part{{"next", 0}, {"run", ""}, {"more", true}};
    std::size_t seen = 0;
    while (part["more"]) {
        part = board.after(part["next"], part["run"], 1000);
        ASSERT_GE(part["notices"].size(), 1u) << "one at least, however long";
        seen += part["notices"].size();
        EXPECT_EQ(part["left"], 11 - seen);
        if (part["notices"].size() > 1) {
            EXPECT_LE(part["notices"].dump().size(), kMostNoticeBytesAtOnce + 100);
        }
    }
    EXPECT_EQ(seen, 11u);
}

TEST(NoticeBoard, ItIsBoundedForAllTogether) {
    NoticeBoard board;
    for (std::uint32_t user = 1; user <= 2 * kMostNotices; ++user)
        board.put(notice(user, user));
    EXPECT_EQ(board.size(), kMostNotices);
}

}  // namespace
}  // namespace modelward::agent
