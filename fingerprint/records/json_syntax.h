// SPDX-License-Identifier: Apache-2.0
// Tells where an object or array of JSON that passes by ends, or breaks the syntax. What is inside a string
// is not looked at, but that no line ends in it; NaN and infinities are let pass, as most writers do.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>

namespace modelward::fingerprint {

inline constexpr std::size_t kMostJsonDepth = 1024;

class JsonSyntax {
  public:
    // False: with `byte` it is no JSON any more. The first one is a bracket.
    bool put(std::uint8_t byte) {
        const bool is_plain = in_string_ && !escaped_ && byte != '"' && byte != '\\' && byte != '\n';
        return is_plain || put_special(byte);
    }
    // So many brackets are open. Zero: nothing has begun, or it is whole.
    std::size_t depth() const { return depth_; }
    void reset();

  private:
    enum class Next { kValue, kValueOrEnd, kKey, kKeyOrEnd, kColon, kCommaOrEnd };
    bool put_special(std::uint8_t byte);
    bool in_string(std::uint8_t byte);
    bool in_literal(std::uint8_t byte);
    bool open(bool is_object);
    bool close(bool is_object);
    bool comma();
    bool wants_value() const { return next_ == Next::kValue || next_ == Next::kValueOrEnd; }

    Next next_ = Next::kValue;
    std::size_t depth_ = 0;
    std::bitset<kMostJsonDepth> is_object_;
    bool in_string_ = false;
    bool escaped_ = false;
    std::string literal_;  // that is not at its end, or the beginning of it
};

constexpr bool begins_json_literal(std::uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '-' || byte == '+' || byte == '.';
}

}  // namespace modelward::fingerprint
