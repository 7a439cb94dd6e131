// SPDX-License-Identifier: Apache-2.0
#include "wire/base64.h"

#include <openssl/evp.h>

namespace modelward::wire {

std::string to_base64(std::span<const std::uint8_t> bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP writes a closing NUL
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                       static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::string to_base64url(std::span<const std::uint8_t> bytes) {
    std::string text = to_base64(bytes);
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

Result<std::vector<std::uint8_t>> from_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return fail(ErrorCode::kInvalid, "base64 text is not a multiple of four characters");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    // EVP_DecodeBlock forgives blanks around the text and padding inside; a strict reader does not.
    const std::string_view digits = text.substr(0, text.size() - padding);
    for (const char c : digits) {
        const bool known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                           c == '+' || c == '/';
        if (!known) return fail(ErrorCode::kInvalid, "base64 text holds a character outside its alphabet");
    }
    std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
    const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    if (length < 0) return fail(ErrorCode::kInvalid, "base64 text is malformed");
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

}  // namespace modelward::wire
