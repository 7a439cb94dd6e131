// SPDX-License-Identifier: Apache-2.0
#include "base/printable.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "base/utf8.h"

namespace modelward {
namespace {

struct Range {
    char32_t first, last;
};

// Unicode's Cc, Zl and Zp, and of Cf and the default-ignorable characters those that show nothing themselves.
constexpr Range kHidden[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
    {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool is_hidden(char32_t character) {
    return std::ranges::any_of(
        kHidden, [&](const Range& range) { return character >= range.first && character <= range.last; });
}

// Of one well-formed sequence.
char32_t character_of(std::string_view sequence) {
    const auto first = static_cast<std::uint8_t>(sequence[0]);
    if (sequence.size() == 1) return first;
    char32_t character = first & (0x7F >> sequence.size());
    for (const char next : sequence.substr(1))
        character = (character << 6) | (static_cast<std::uint8_t>(next) & 0x3F);
    return character;
}

std::string escape_of(char32_t character) {
    switch (character) {
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            break;
    }
    char text[16];
    const char* format = character <= 0x7F ? "\\x%02x" : character <= 0xFFFF ? "\\u%04x" : "\\U%08x";
    std::snprintf(text, sizeof text, format, static_cast<unsigned>(character));
    return text;
}

}  // namespace

std::string as_printable(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_sequence_length(text);
        const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(sequence.size());
        if (length == 0) {  // a byte that is not UTF-8
            char byte[8];
            std::snprintf(byte, sizeof byte, "\\x%02x", static_cast<std::uint8_t>(sequence[0]));
            shown += byte;
        } else if (const char32_t character = character_of(sequence); is_hidden(character)) {
            shown += escape_of(character);
        } else {
            shown += sequence;
        }
    }
    return shown;
}

}  // namespace modelward
