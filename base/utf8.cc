// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <cstdint>

namespace modelward {
namespace {

std::uint8_t at(std::string_view text, std::size_t index) {
    return index < text.size() ? static_cast<std::uint8_t>(text[index]) : 0;
}

bool between(std::uint8_t value, std::uint8_t low, std::uint8_t high) {
    return value >= low && value <= high;
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
    if (text.empty()) return 0;
    const std::uint8_t first = at(text, 0);
    if (first < 0x80) return 1;
    const std::uint8_t second = at(text, 1);
    const bool third = between(at(text, 2), 0x80, 0xBF);
    const bool fourth = between(at(text, 3), 0x80, 0xBF);
    if (between(first, 0xC2, 0xDF)) return between(second, 0x80, 0xBF) ? 2 : 0;
    if (between(first, 0xE0, 0xEF)) {
        const std::uint8_t low = first == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
        const std::uint8_t high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
        return between(second, low, high) && third ? 3 : 0;
    }
    if (between(first, 0xF0, 0xF4)) {
        const std::uint8_t low = first == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = first == 0xF4 ? 0x8F : 0xBF;  // nothing above U+10FFFF
        return between(second, low, high) && third && fourth ? 4 : 0;
    }
    return 0;
}

std::string as_utf8(std::string text) {
    for (std::size_t index = 0; index < text.size();) {
        const std::size_t length = utf8_sequence_length(std::string_view(text).substr(index));
        if (length == 0) text[index] = '?';
        index += length == 0 ? 1 : length;
    }
    return text;
}

}  // namespace modelward
