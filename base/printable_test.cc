// SPDX-License-Identifier: Apache-2.0
#include "base/printable.h"

#include <gtest/gtest.h>

namespace modelward {
namespace {

TEST(Printable, WhatATerminalShowsAsItIsStays) {
    for (const char* text : {"", "/data/llama-70b.gguf", "übt 模型 🙂 'q' \\ \"", "שלום"})
        EXPECT_EQ(as_printable(text), text);
}

TEST(Printable, AProcessCannotMoveTheCursorOrForgeALine) {
    EXPECT_EQ(as_printable("\x1b[2J\x1b]0;title\x07"), "\\x1b[2J\\x1b]0;title\\x07");
    EXPECT_EQ(as_printable("a\nINC-000043\r\tb\x7f"), "a\\nINC-000043\\r\\tb\\x7f");
    EXPECT_EQ(as_printable(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(as_printable("\u009b2J"), "\\u009b2J") << "C1 as UTF-8: CSI in one character";
    EXPECT_EQ(as_printable("\x9b"
                           "2J"),
              "\\x9b2J")
        << "C1 as a byte";
    EXPECT_EQ(as_printable("a\u2028b\u2029"), "a\\u2028b\\u2029");
}

TEST(Printable, AnEndingThatIsTurnedAroundOrHiddenIsSeen) {
    EXPECT_EQ(as_printable("holiday\u202Egpj.gguf"), "holiday\\u202egpj.gguf");
    EXPECT_EQ(as_printable("\u2066x\u2069\u200F\u061C"), "\\u2066x\\u2069\\u200f\\u061c");
    EXPECT_EQ(as_printable("a\u200Bb\uFEFF\u00AD\u3164"), "a\\u200bb\\ufeff\\u00ad\\u3164");
    EXPECT_EQ(as_printable("a\U000E0041"), "a\\U000e0041") << "a tag letter, shown by no font";
}

TEST(Printable, ForeignBytesAreNamed) {
    EXPECT_EQ(as_printable("a\xff\xe6\xa8"), "a\\xff\\xe6\\xa8");
}

}  // namespace
}  // namespace modelward
