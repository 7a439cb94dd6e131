// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/text_encoding.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kTextBlock = 32 * 1024;
constexpr std::size_t kLeastText = 64;  // shorter heads are not worth a look
constexpr std::size_t kLeastLine = 16;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_base64(char c) {
    return is_digit(c) || is_upper(c) || is_lower(c) || std::string_view("+/-_").contains(c);
}

// "begin 644 name"
bool is_uuencode(std::string_view head) {
    if (!head.starts_with("begin ")) return false;
    const std::string_view mode = head.substr(6, std::min(head.find(' ', 6), head.size()) - 6);
    return (mode.size() == 3 || mode.size() == 4) &&
           std::ranges::all_of(mode, [](char c) { return c >= '0' && c <= '7'; });
}

// Whether all lines but the last, which the head may have cut, are of one length.
bool has_equal_lines(std::string_view head) {
    std::size_t length = 0;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find('\n'), head.size());
        std::string_view line = head.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        head.remove_prefix(std::min(end + 1, head.size()));
        const bool is_last = head.empty();
        if (length == 0) length = line.size();
        if (line.size() > length || (!is_last && line.size() != length)) return false;
    }
    return length >= kLeastLine;
}

}  // namespace

std::optional<Wrapping> identify_text_encoding(std::span<const std::uint8_t> bytes) {
    std::string_view head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (is_uuencode(head)) return Wrapping::kUuencode;
    if (head.starts_with("-----BEGIN ") || head.starts_with("begin-base64 ")) return Wrapping::kBase64;
    if (head.size() < kLeastText || !has_equal_lines(head)) return std::nullopt;
    std::size_t digits = 0, upper = 0, lower = 0, hex = 0, solid = 0, padding = 0;
    for (const char c : head) {
        if (c == '\n' || c == '\r') continue;
        ++solid;
        if (c == '=') {
            ++padding;
            continue;
        }
        if (padding > 0 || !is_base64(c)) return std::nullopt;
        digits += is_digit(c);
        upper += is_upper(c);
        lower += is_lower(c);
        hex += is_hex(c);
    }
    if (hex == solid && digits > 0) return Wrapping::kHex;
    // Words have no digits, constants no small letters: base64 of anything binary has all three.
    if (digits > 0 && upper > 0 && lower > 0 && padding <= 2) return Wrapping::kBase64;
    return std::nullopt;
}

std::unique_ptr<TextDecoder> text_decoder(Wrapping encoding) {
    switch (encoding) {
        case Wrapping::kUuencode:
            return uuencode_decoder();
        case Wrapping::kHex:
            return hex_decoder();
        default:
            return base64_decoder();
    }
}

Result<std::size_t> DecodedText::read(std::span<std::uint8_t> into) {
    while (taken_ == decoded_.size()) {
        std::array<std::uint8_t, kTextBlock> text;
        const auto got = text_.read(text);
        if (!got) return fail(got.error());
        if (*got == 0) return 0;
        decoded_.clear();
        taken_ = 0;
        decoder_->decode(std::span(text).first(*got), decoded_);
    }
    const std::size_t length = std::min(into.size(), decoded_.size() - taken_);
    std::copy_n(decoded_.begin() + static_cast<std::ptrdiff_t>(taken_), length, into.begin());
    taken_ += length;
    return length;
}

}  // namespace modelward::fingerprint
