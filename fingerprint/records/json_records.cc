// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/json_records.h"

namespace modelward::fingerprint {
namespace {

constexpr int kHexDigits = 4;
constexpr std::array<std::uint8_t, 2> kBetweenObjects = {'}', ','};

}  // namespace

JsonRecords::JsonRecords(RecordWords& words, TextShape shape)
    : words_(words),
      is_document_(shape == TextShape::kDocument),
      may_be_in_array_(shape == TextShape::kRowsInArray) {}

void JsonRecords::put(std::uint8_t byte) {
    if (in_line_) return in_line(byte);
    if (syntax_.depth() == 0) return between(byte);
    if (!syntax_.put(byte)) return break_off(byte);
    inside(byte);
}

void JsonRecords::inside(std::uint8_t byte) {
    switch (where_) {
        case Where::kWord:
            if (begins_json_literal(byte)) return words_.put(byte);
            end_literal();
            return outside(byte);
        case Where::kOutside:
            return outside(byte);
        case Where::kString:
            if (byte == '\\') {
                where_ = Where::kEscape;
            } else if (byte == '"') {
                words_.end_word();
                where_ = Where::kOutside;
            } else {
                words_.put(byte);
            }
            return;
        case Where::kEscape:
            return escaped(byte);
        case Where::kHex:
            return hex_digit(byte);
    }
}

// Behind a value: what has no words, but brackets of which the beginning was cut off, says nothing.
void JsonRecords::between(std::uint8_t byte) {
    switch (byte) {
        case '\n':
            return words_.end_record();
        case '{':
        case '[':
            words_.end_record();
            syntax_.reset();
            syntax_.put(byte);
            row_depth_ = may_be_in_array_ && byte == '[' ? 1 : 0;
            is_new_line_ = false;
            return;
        case ' ':
        case '\t':
        case '\r':
        case ',':
        case '}':
        case ']':
            return;
        default:
            in_line_ = true;
            before_ = {};
            in_line(byte);
    }
}

// A line, of which an object behind another one is a row again: of an array that was cut or broken.
void JsonRecords::in_line(std::uint8_t byte) {
    if (byte == '\n' || (byte == '{' && before_ == kBetweenObjects)) {
        in_line_ = false;
        return between(byte);
    }
    if (byte != ' ' && byte != '\t') before_ = {before_[1], byte};
    words_.put(byte);
}

// What is no JSON any more goes on as rows and lines.
void JsonRecords::break_off(std::uint8_t byte) {
    syntax_.reset();
    where_ = Where::kOutside;
    is_document_ = may_be_in_array_ = false;
    in_line_ = !is_new_line_;
    before_ = {};
    if (is_new_line_) words_.end_record();
    put(byte);
}

void JsonRecords::outside(std::uint8_t byte) {
    switch (byte) {
        case '"':
            words_.mark();
            where_ = Where::kString;
            is_new_line_ = false;
            return;
        case ':':
            if (!is_document_) words_.drop();
            return;
        case '\n':
            is_new_line_ = true;
            return;
        case '{':
        case '[':
        case ',':
            if (is_document_) words_.end_record();
            return;
        case '}':
        case ']':
            if (is_document_ || (row_depth_ != 0 && syntax_.depth() == row_depth_)) words_.end_record();
            return;
        default:
            if (!begins_json_literal(byte)) return;
            words_.mark();
            words_.put(byte);
            where_ = Where::kWord;
            is_new_line_ = false;
    }
}

void JsonRecords::end_literal() {
    if (!is_document_ && words_.since_mark() == "null") words_.drop();
    words_.end_word();
    where_ = Where::kOutside;
}

void JsonRecords::escaped(std::uint8_t byte) {
    where_ = Where::kString;
    if (byte == 'u') {
        where_ = Where::kHex;
        hex_digits_ = 0;
        hex_ = 0;
    } else if (byte == 'n') {
        words_.end_record();
    } else {
        words_.end_word();
    }
}

void JsonRecords::hex_digit(std::uint8_t byte) {
    const std::uint32_t digit = byte >= '0' && byte <= '9'   ? byte - '0'
                                : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                                : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                             : 16;
    if (digit == 16) {
        where_ = Where::kString;
        return inside(byte);
    }
    hex_ = hex_ << 4 | digit;
    if (++hex_digits_ < kHexDigits) return;
    where_ = Where::kString;
    if (hex_ == '\n') return words_.end_record();
    if (hex_ >= 0xD800 && hex_ < 0xDC00) {
        high_surrogate_ = hex_;
    } else if (hex_ >= 0xDC00 && hex_ < 0xE000) {
        if (high_surrogate_ != 0)
            put_code_point(0x10000 + ((high_surrogate_ - 0xD800) << 10) + (hex_ - 0xDC00));
        high_surrogate_ = 0;
    } else {
        put_code_point(hex_);
    }
}

// As UTF-8.
void JsonRecords::put_code_point(std::uint32_t code_point) {
    const auto continuation = [&](int shift) {
        words_.put(static_cast<std::uint8_t>(0x80 | (code_point >> shift & 0x3F)));
    };
    if (code_point < 0x80) return words_.put(static_cast<std::uint8_t>(code_point));
    if (code_point < 0x800) {
        words_.put(static_cast<std::uint8_t>(0xC0 | code_point >> 6));
        return continuation(0);
    }
    if (code_point < 0x10000) {
        words_.put(static_cast<std::uint8_t>(0xE0 | code_point >> 12));
    } else {
        words_.put(static_cast<std::uint8_t>(0xF0 | code_point >> 18));
        continuation(12);
    }
    continuation(6);
    continuation(0);
}

}  // namespace modelward::fingerprint
