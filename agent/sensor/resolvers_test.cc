// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/resolvers.h"

#include <gtest/gtest.h>

#include <sstream>

namespace modelward::agent {

namespace {

std::set<rules::Address> parse(const std::string& text) {
    std::istringstream in(text);
    return nameservers_of(in);
}

rules::Address address(const char* text) {
    return *rules::parse_address(text);
}

TEST(Resolvers, TheNameserversOfTheFileAreThose) {
    EXPECT_EQ(parse("# by hand\nsearch example.com\nnameserver 10.0.0.1\n\tnameserver   2001:db8::53 # two\n"
                    "nameserver fe80::1%eth0\noptions edns0\n"),
              (std::set{address("10.0.0.1"), address("2001:db8::53"), address("fe80::1")}));
}

TEST(Resolvers, WithoutAnyItIsThisHost) {
    const std::set own{address("127.0.0.1"), address("::1")};
    EXPECT_EQ(parse(""), own);
    EXPECT_EQ(parse("nameserver\nnameserver dns.example.com\n;nameserver 10.0.0.1\n"), own);
}

TEST(Resolvers, MoreThanTheKernelHoldsAreLeftOut) {
    std::string text;
    for (int i = 1; i <= 100; ++i)
        text += "nameserver 10.0.0." + std::to_string(i) + "\n";
    EXPECT_EQ(parse(text).size(), kMaxNameservers);
}

}  // namespace

}  // namespace modelward::agent
