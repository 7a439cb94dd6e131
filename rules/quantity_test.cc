// SPDX-License-Identifier: Apache-2.0
#include "rules/quantity.h"

#include <gtest/gtest.h>

namespace modelward::rules {
namespace {

TEST(Quantity, ReadsBytes) {
    EXPECT_EQ(parse_bytes("0"), 0U);
    EXPECT_EQ(parse_bytes("256KiB"), 262'144U);
    EXPECT_EQ(parse_bytes("2TiB"), 2ULL << 40);
}

TEST(Quantity, RefusesWhatIsNoNumberOfBytes) {
    for (const char* text :
         {"", "KiB", "1KB", "1 KiB", "-1", "1.5MiB", "1kib", "18446744073709551616", "99999999TiB"}) {
        EXPECT_FALSE(parse_bytes(text).has_value()) << text;
    }
}

TEST(Quantity, ReadsSpansOfTime) {
    EXPECT_EQ(parse_seconds("24h"), 86'400U);
    EXPECT_EQ(parse_seconds("90s"), 90U);
    for (const char* text : {"", "24", "1w", "1h30m", "-1h", "99999999999d"}) {
        EXPECT_FALSE(parse_seconds(text).has_value()) << text;
    }
}

TEST(Quantity, WritesWhatItReads) {
    EXPECT_EQ(format_bytes(0), "0B");
    EXPECT_EQ(format_bytes(262'144), "256KiB");
    EXPECT_EQ(format_bytes(1'000), "1000B");
    EXPECT_EQ(format_seconds(86'400), "24h");
    EXPECT_EQ(format_seconds(7 * 86'400), "7d");
    EXPECT_EQ(format_seconds(90), "90s");
    EXPECT_EQ(format_seconds(0), "0s");
}

TEST(Quantity, KnowsTheCalendar) {
    EXPECT_TRUE(is_date("2024-02-29"));
    for (const char* text :
         {"2025-02-29", "2025-13-01", "2025/01/01", "2025-1-1", "-025-01-01", "20250101"}) {
        EXPECT_FALSE(is_date(text)) << text;
    }
}

}  // namespace
}  // namespace modelward::rules
