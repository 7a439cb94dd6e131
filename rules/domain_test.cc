// SPDX-License-Identifier: Apache-2.0
#include "rules/domain.h"

#include <gtest/gtest.h>

namespace modelward::rules {
namespace {

using namespace std::string_literals;

TEST(Domain, IsReadInSmallLettersWithoutTheLastDot) {
    EXPECT_EQ(parse_domain("Files.Example.COM."), "files.example.com");
    EXPECT_EQ(parse_domain("xn--bcher-kva.example"), "xn--bcher-kva.example");
    EXPECT_EQ(parse_domain("localhost"), "localhost");
    EXPECT_EQ(parse_domain("3com.com"), "3com.com");
}

TEST(Domain, IsNothingElse) {
    for (const char* text :
         {"", ".", "a..b", ".a", "a b", "a_b.com",
          "b\xc3\xbc"
          "cher.example",
          "-a.com", "a-.com", "*.example.com", "example.com:443", "https://example.com", "192.0.2.1", "a.1"})
        EXPECT_FALSE(parse_domain(text)) << text;
    EXPECT_FALSE(parse_domain("a\0b"s));
    EXPECT_TRUE(parse_domain(std::string(63, 'a') + ".com"));
    EXPECT_FALSE(parse_domain(std::string(64, 'a') + ".com"));
    const std::string label = std::string(49, 'a') + ".";
    const std::string longest = label + label + label + label + label + "abc";
    EXPECT_EQ(longest.size(), kMaxDomainBytes);
    EXPECT_TRUE(parse_domain(longest));
    EXPECT_FALSE(parse_domain("a" + longest));
}

TEST(Domain, IsComparedReversed) {
    EXPECT_EQ(whole_name("a.example"), "elpmaxe.a\0"s);
    EXPECT_EQ(names_below("example"), "elpmaxe."s);
    EXPECT_EQ(pattern_text(whole_name("a.example")), "a.example");
    EXPECT_EQ(pattern_text(names_below("example")), ".example");
}

TEST(DomainSet, ANameBelowIsNotTheNameItself) {
    const DomainSet below({names_below("example.com")});
    EXPECT_TRUE(below.covers(whole_name("a.example.com")));
    EXPECT_TRUE(below.covers(whole_name("b.a.example.com")));
    EXPECT_TRUE(below.covers(names_below("a.example.com")));
    EXPECT_TRUE(below.covers(names_below("example.com")));
    EXPECT_FALSE(below.covers(whole_name("example.com")));
    EXPECT_FALSE(below.covers(whole_name("badexample.com")));
    EXPECT_FALSE(below.covers(names_below("com")));
    const DomainSet itself({whole_name("example.com")});
    EXPECT_TRUE(itself.covers(whole_name("example.com")));
    EXPECT_FALSE(itself.covers(whole_name("a.example.com")));
    EXPECT_FALSE(itself.covers(names_below("example.com")));
}

}  // namespace
}  // namespace modelward::rules
