// SPDX-License-Identifier: Apache-2.0
#include "wire/utf8.h"

#include <gtest/gtest.h>

#include "wire/codec.h"
#include "wire/modelward.pb.h"

namespace modelward::wire {
namespace {

TEST(Utf8, LeavesWellFormedTextAlone) {
    for (const char* text : {"", "plain", "größe", "模型", "\U0001F512"})
        EXPECT_EQ(to_valid_utf8(text), text);
}

TEST(Utf8, ShowsForeignBytes) {
    EXPECT_EQ(to_valid_utf8("a\xFF"), "a\\xFF");
    EXPECT_EQ(to_valid_utf8("\xC3"), "\\xC3");                    // cut off
    EXPECT_EQ(to_valid_utf8("\xC0\xAF"), "\\xC0\\xAF");           // overlong
    EXPECT_EQ(to_valid_utf8("\xED\xA0\x80"), "\\xED\\xA0\\x80");  // surrogate
    EXPECT_EQ(to_valid_utf8("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");
}

TEST(Utf8, CutsBetweenCharacters) {
    EXPECT_EQ(to_valid_utf8("aé", 2), "a");
    EXPECT_EQ(to_valid_utf8("aé", 3), "aé");
    EXPECT_EQ(to_valid_utf8("a\xFF", 4), "a");
}

TEST(Utf8, WhatItReturnsSurvivesTheWire) {
    Event event;
    event.mutable_file()->set_path(to_valid_utf8("/models/\xFE\xC0.bin"));
    const std::string bytes = serialize(event).value();
    EXPECT_TRUE(parse(bytes, event).has_value());
}

}  // namespace
}  // namespace modelward::wire
