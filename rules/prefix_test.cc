// SPDX-License-Identifier: Apache-2.0
#include "rules/prefix.h"

#include <gtest/gtest.h>

namespace modelward::rules {
namespace {

TEST(Prefix, KeepsIpv4AsMappedIpv6) {
    const auto prefix = parse_prefix("192.0.2.0/24");
    ASSERT_TRUE(prefix.has_value());
    EXPECT_EQ(prefix->length, 96 + 24);
    EXPECT_EQ(parse_address("192.0.2.1"), parse_address("::ffff:192.0.2.1"));
    EXPECT_EQ(to_string(*prefix), "192.0.2.0/24");
    EXPECT_EQ(to_string(*parse_prefix("2001:db8::/32")), "2001:db8::/32");
}

TEST(Prefix, ContainsWhatSharesItsBits) {
    const Prefix prefix = *parse_prefix("10.0.0.0/9");
    EXPECT_TRUE(prefix.contains(*parse_address("10.127.255.255")));
    EXPECT_FALSE(prefix.contains(*parse_address("10.128.0.0")));
    EXPECT_FALSE(prefix.contains(*parse_address("a00::")));
    EXPECT_TRUE(prefix.contains(*parse_prefix("10.0.0.0/10")));
    EXPECT_FALSE(prefix.contains(*parse_prefix("10.0.0.0/8")));
    EXPECT_TRUE(parse_prefix("::/0")->contains(*parse_address("10.0.0.1")));
}

TEST(Prefix, RefusesWhatIsNoAddress) {
    for (const char* text :
         {"", "10.0.0", "010.0.0.1", "10.0.0.1:443", "fe80::1%eth0", "example.com", "10.0.0.1 "}) {
        EXPECT_FALSE(parse_address(text).has_value()) << text;
    }
    for (const char* text :
         {"10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8"}) {
        EXPECT_FALSE(parse_prefix(text).has_value()) << text;
    }
    EXPECT_FALSE(parse_address(std::string_view("10.0.0.1\0.9", 11)).has_value());
}

TEST(Prefix, MaskClearsTheBitsBeyondTheLength) {
    EXPECT_EQ(to_string(masked(*parse_prefix("10.1.2.3/12"))), "10.0.0.0/12");
    EXPECT_EQ(to_string(masked(*parse_prefix("2001:db8::1/128"))), "2001:db8::1/128");
}

TEST(PrefixSet, CoversAPrefixOnlyAsAWhole) {
    const PrefixSet set({*parse_prefix("10.0.0.0/8"), *parse_prefix("::1/128"), *parse_prefix("10.0.0.0/8")});
    EXPECT_EQ(set.prefixes().size(), 2U);
    EXPECT_TRUE(set.covers(*parse_prefix("10.20.0.0/16")));
    EXPECT_TRUE(set.covers(*parse_prefix("::1/128")));
    EXPECT_FALSE(set.covers(*parse_prefix("::/0")));
    EXPECT_FALSE(set.covers(*parse_prefix("0.0.0.0/0")));
}

}  // namespace
}  // namespace modelward::rules
