// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/json_syntax.h"

#include <charconv>
#include <string_view>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kMostLiteral = 64;  // what a longer number goes on with is not looked at

bool is_literal(std::string_view text) {
    if (text == "true" || text == "false" || text == "null") return true;
    double number = 0;  // "NaN" and "Infinity" are some
    return std::from_chars(text.data(), text.data() + text.size(), number).ptr == text.data() + text.size();
}

}  // namespace

void JsonSyntax::reset() {
    next_ = Next::kValue;
    depth_ = 0;
    in_string_ = escaped_ = false;
    literal_.clear();
}

bool JsonSyntax::put_special(std::uint8_t byte) {
    if (in_string_) return in_string(byte);
    if (begins_json_literal(byte)) return in_literal(byte);
    if (!literal_.empty()) {
        if (!is_literal(literal_)) return false;
        literal_.clear();
        next_ = Next::kCommaOrEnd;
    }
    switch (byte) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            return true;
        case '"':
            in_string_ = true;
            return wants_value() || next_ == Next::kKey || next_ == Next::kKeyOrEnd;
        case ':':
            if (next_ != Next::kColon) return false;
            next_ = Next::kValue;
            return true;
        case ',':
            return comma();
        case '{':
        case '[':
            return open(byte == '{');
        case '}':
        case ']':
            return close(byte == '}');
        default:
            return false;
    }
}

bool JsonSyntax::in_string(std::uint8_t byte) {
    if (byte == '\n') return false;
    if (escaped_) {
        escaped_ = false;
    } else if (byte == '\\') {
        escaped_ = true;
    } else if (byte == '"') {
        in_string_ = false;
        next_ = wants_value() ? Next::kCommaOrEnd : Next::kColon;
    }
    return true;
}

bool JsonSyntax::in_literal(std::uint8_t byte) {
    if (literal_.size() < kMostLiteral) literal_.push_back(static_cast<char>(byte));
    return wants_value();
}

bool JsonSyntax::open(bool is_object) {
    if (!wants_value() || depth_ == kMostJsonDepth) return false;
    is_object_[depth_++] = is_object;
    next_ = is_object ? Next::kKeyOrEnd : Next::kValueOrEnd;
    return true;
}

bool JsonSyntax::close(bool is_object) {
    const Next empty = is_object ? Next::kKeyOrEnd : Next::kValueOrEnd;
    if (depth_ == 0 || is_object_[depth_ - 1] != is_object) return false;
    if (next_ != Next::kCommaOrEnd && next_ != empty) return false;
    --depth_;
    next_ = depth_ == 0 ? Next::kValue : Next::kCommaOrEnd;
    return true;
}

bool JsonSyntax::comma() {
    if (next_ != Next::kCommaOrEnd || depth_ == 0) return false;
    next_ = is_object_[depth_ - 1] ? Next::kKey : Next::kValue;
    return true;
}

}  // namespace modelward::fingerprint
