// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/json_cursor.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kHighSurrogate = 0xD800, kLowSurrogate = 0xDC00, kSurrogates = 0x400;

bool is_digit(std::uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

bool is_plain(std::uint8_t byte) {
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

void append_utf8(std::string& into, std::uint32_t code) {
    const auto continued = [&](unsigned shift) { into += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80) {
        into += static_cast<char>(code);
        return;
    }
    if (code < 0x800) {
        into += static_cast<char>(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            into += static_cast<char>(0xE0 | code >> 12);
        } else {
            into += static_cast<char>(0xF0 | code >> 18);
            continued(12);
        }
        continued(6);
    }
    continued(0);
}

}  // namespace

JsonCursor::JsonCursor(const ByteSource& source, std::uint64_t begin, std::uint64_t end)
    : source_(source), position_(begin), end_(end) {}

void JsonCursor::refuse(ErrorCode code, const std::string& what) {
    if (!error_) error_ = Error(code, what + " (at byte " + std::to_string(position_) + ")");
}

std::optional<std::uint8_t> JsonCursor::peek() {
    if (error_ || position_ == end_) return std::nullopt;
    if (position_ - buffer_start_ >= buffer_length_) {
        buffer_start_ = position_;
        buffer_length_ = std::min<std::uint64_t>(buffer_.size(), end_ - position_);
        if (auto read = source_.read(position_, std::span(buffer_).first(buffer_length_)); !read) {
            error_ = read.error();
            return std::nullopt;
        }
    }
    return buffer_[position_ - buffer_start_];
}

std::uint8_t JsonCursor::take() {
    const auto byte = peek();
    if (!byte) {
        refuse(ErrorCode::kInvalid, "not a JSON object: it ends too early");
        return 0;
    }
    ++position_;
    return *byte;
}

void JsonCursor::skip_space() {
    for (auto byte = peek(); byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; byte = peek())
        ++position_;
}

JsonCursor::Kind JsonCursor::next() {
    skip_space();
    const std::uint8_t byte = peek().value_or(0);
    if (byte == '{') return Kind::kObject;
    if (byte == '[') return Kind::kList;
    if (byte == '"') return Kind::kText;
    if (byte == '-' || is_digit(byte)) return Kind::kNumber;
    if (byte == 't' || byte == 'f' || byte == 'n') return Kind::kWord;
    refuse(ErrorCode::kInvalid, "not a JSON object: a value is missing");
    return Kind::kNone;
}

bool JsonCursor::take(char sign) {
    skip_space();
    if (peek() != static_cast<std::uint8_t>(sign)) return false;
    ++position_;
    return true;
}

void JsonCursor::expect(char sign) {
    if (!take(sign)) refuse(ErrorCode::kInvalid, std::string("not a JSON object: '") + sign + "' is missing");
}

void JsonCursor::expect_end() {
    skip_space();
    if (peek()) refuse(ErrorCode::kInvalid, "not a JSON object: something follows it");
}

std::string_view JsonCursor::text(std::size_t most) {
    read_text(most, true);
    return ok() ? std::string_view(text_) : std::string_view();
}

void JsonCursor::skip_text() {
    read_text(0, false);
}

void JsonCursor::read_text(std::size_t most, bool keep) {
    text_.clear();
    expect('"');
    while (ok()) {
        if (!keep) text_.clear();
        const auto byte = peek();
        if (byte == '"') {
            ++position_;
            return;
        }
        if (byte && is_plain(*byte)) {
            const std::uint8_t* begin = buffer_.data() + (position_ - buffer_start_);
            const std::uint8_t* all = buffer_.data() + buffer_length_;
            const std::uint8_t* end = std::find_if_not(begin, all, is_plain);
            text_.append(begin, end);
            position_ += static_cast<std::uint64_t>(end - begin);
        } else {
            read_character(text_);
        }
        if (keep && text_.size() > most)
            refuse(ErrorCode::kLimit, "a text of more than " + std::to_string(most) + " bytes");
    }
}

// One that is not plain.
void JsonCursor::read_character(std::string& into) {
    const std::uint8_t first = take();
    if (first == '\\') {
        read_escape(into);
        return;
    }
    std::string sequence(1, static_cast<char>(first));
    for (auto byte = peek(); byte && (*byte & 0xC0) == 0x80 && sequence.size() < 4; byte = peek()) {
        sequence += static_cast<char>(*byte);
        ++position_;
    }
    // Control characters may only be written with a backslash.
    if (first < 0x80 || utf8_sequence_length(sequence) != sequence.size())
        refuse(ErrorCode::kInvalid, "not a JSON object: a text is not UTF-8 or has control characters");
    into += sequence;
}

void JsonCursor::read_escape(std::string& into) {
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    const std::uint8_t letter = take();
    if (const auto at = kLetters.find(static_cast<char>(letter)); at != std::string_view::npos) {
        into += kMeanings[at];
        return;
    }
    if (letter != 'u') refuse(ErrorCode::kInvalid, "not a JSON object: an unknown escape in a text");
    std::uint32_t code = read_code_unit();
    if (code - kHighSurrogate < kSurrogates) {
        const bool continued = take() == '\\' && take() == 'u';
        const std::uint32_t low = continued ? read_code_unit() : 0;
        if (low - kLowSurrogate >= kSurrogates)
            refuse(ErrorCode::kInvalid, "not a JSON object: half of a character in a text");
        code = 0x10000 + ((code - kHighSurrogate) << 10) + (low - kLowSurrogate);
    } else if (code - kLowSurrogate < kSurrogates) {
        refuse(ErrorCode::kInvalid, "not a JSON object: half of a character in a text");
    }
    if (ok()) append_utf8(into, code);
}

std::uint32_t JsonCursor::read_code_unit() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
        const std::uint8_t digit = take();
        const std::uint8_t letter = digit | 0x20;
        if (is_digit(digit))
            code = code << 4 | static_cast<std::uint32_t>(digit - '0');
        else if (letter >= 'a' && letter <= 'f')
            code = code << 4 | static_cast<std::uint32_t>(letter - 'a' + 10);
        else
            refuse(ErrorCode::kInvalid, "not a JSON object: \\u without four digits");
    }
    return code;
}

std::optional<std::uint64_t> JsonCursor::unsigned_integer() {
    if (next() != Kind::kNumber) return std::nullopt;
    std::uint64_t number = 0;
    std::size_t digits = 0;
    for (auto byte = peek(); byte && is_digit(*byte); byte = peek()) {
        if (digits != 0 && number == 0) return std::nullopt;  // a zero in front
        ++digits;
        ++position_;
        if (__builtin_mul_overflow(number, std::uint64_t{10}, &number) ||
            __builtin_add_overflow(number, std::uint64_t{*byte} - '0', &number))
            return std::nullopt;
    }
    const auto after = peek();
    if (digits == 0 || after == '.' || after == 'e' || after == 'E') return std::nullopt;
    return number;
}

void JsonCursor::skip_word() {
    const auto is_part = [](std::uint8_t byte) {
        return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte == '+' ||
               byte == '-' || byte == '.';
    };
    for (auto byte = peek(); byte && is_part(*byte); byte = peek())
        ++position_;
}

void JsonCursor::skip_name() {
    skip_text();
    expect(':');
}

void JsonCursor::skip_value() {
    std::uint64_t objects = 0;  // bit n: the n-th one out from here is an object, and no list
    int depth = 0;
    do {
        const Kind kind = next();
        if (kind == Kind::kObject || kind == Kind::kList) {
            const bool is_object = kind == Kind::kObject;
            if (depth == kMaxDepth)
                refuse(ErrorCode::kLimit, "nested deeper than " + std::to_string(kMaxDepth));
            expect(is_object ? '{' : '[');
            if (!take(is_object ? '}' : ']')) {
                objects = objects << 1 | static_cast<std::uint64_t>(is_object);
                ++depth;
                if (is_object) skip_name();
                continue;
            }
        } else if (kind == Kind::kText) {
            skip_text();
        } else {
            skip_word();
        }
        while (depth > 0 && ok() && !take(',')) {
            expect((objects & 1) != 0 ? '}' : ']');
            objects >>= 1;
            --depth;
        }
        if (depth > 0 && (objects & 1) != 0) skip_name();
    } while (depth > 0 && ok());
}

std::optional<double> JsonCursor::number() {
    if (next() != Kind::kNumber) return std::nullopt;
    constexpr std::size_t kMost = 32;
    std::string digits;
    for (auto byte = peek(); byte && digits.size() < kMost; byte = peek()) {
        if (!is_digit(*byte) && !std::string_view("+-.eE").contains(static_cast<char>(*byte))) break;
        digits += static_cast<char>(*byte);
        ++position_;
    }
    double value = 0;
    const char* end = digits.data() + digits.size();
    const auto [read_to, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || read_to != end) return std::nullopt;
    return value;
}

}  // namespace modelward::fingerprint
