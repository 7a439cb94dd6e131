// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace modelward {
namespace {

TEST(Utf8, TheLengthOfASequenceIsThatOfItsCharacter) {
    EXPECT_EQ(utf8_sequence_length("a"), 1u);
    EXPECT_EQ(utf8_sequence_length(std::string_view("\0", 1)), 1u);
    EXPECT_EQ(utf8_sequence_length("ü"), 2u);
    EXPECT_EQ(utf8_sequence_length("模x"), 3u);
    EXPECT_EQ(utf8_sequence_length("\U0001F512"), 4u);
    EXPECT_EQ(utf8_sequence_length(""), 0u);
}

TEST(Utf8, WhatIsNotWellFormedHasNone) {
    for (const char* text : {"\xFF", "\x80", "\xC3", "\xE6\xA8", "\xF0\x9F\x94",          // cut off
                             "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",  // overlong
                             "\xED\xA0\x80", "\xED\xBF\xBF",                              // surrogates
                             "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"})  // beyond the last character
        EXPECT_EQ(utf8_sequence_length(text), 0u) << text;
    EXPECT_EQ(utf8_sequence_length("\xED\x9F\xBF"), 3u);
    EXPECT_EQ(utf8_sequence_length("\xF4\x8F\xBF\xBF"), 4u);
}

TEST(Utf8, ForeignBytesBecomeQuestionMarksAndTheRestStays) {
    EXPECT_EQ(as_utf8("plain"), "plain");
    EXPECT_EQ(as_utf8("übt 模型 🙂"), "übt 模型 🙂");
    EXPECT_EQ(as_utf8("a\xff"
                      "b"),
              "a?b");
    EXPECT_EQ(as_utf8("cut \xe6\xa8"), "cut ??");
    EXPECT_EQ(as_utf8("\xed\xa0\x80"), "???");
}

}  // namespace
}  // namespace modelward
