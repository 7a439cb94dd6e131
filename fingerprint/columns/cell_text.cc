// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/cell_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ranges>
#include <string_view>
#include <vector>

#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kJulianDayOf1970 = 2'440'588;
constexpr std::int64_t kMostDays = 10'000'000;  // 25,000 years: what chrono can say, and more
constexpr std::size_t kMostDecimalBytes = 64;
constexpr int kMostScale = 128;

void append_integer(std::string& text, auto value) {
    std::array<char, 24> digits;
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void append_padded(std::string& text, std::uint64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    text.append(width - std::min(width, digits.size()), '0').append(digits);
}

// As Python's repr(): the fewest digits that stand for the number, with a point; in powers of ten from
// 1e+16 on and below 1e-04.
template <typename Float>
void append_float(std::string& text, Float value) {
    if (std::isnan(value)) return;
    if (std::isinf(value)) {
        text += value < 0 ? "-inf" : "inf";
        return;
    }
    std::array<char, 40> buffer;
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    std::string_view shortest(buffer.data(), end);
    if (shortest.starts_with('-')) {
        text += '-';
        shortest.remove_prefix(1);
    }
    const std::size_t at = shortest.find('e');
    int exponent = 0;
    const char* digits_of_exponent = shortest.data() + at + 1;
    if (*digits_of_exponent == '+') ++digits_of_exponent;
    std::from_chars(digits_of_exponent, shortest.data() + shortest.size(), exponent);
    if (exponent < -4 || exponent >= 16) {
        text += shortest;
        return;
    }
    std::string digits(1, shortest[0]);
    if (at > 1) digits += shortest.substr(2, at - 2);
    if (exponent < 0) {
        text.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
        return;
    }
    const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole) {
        text.append(digits).append(whole - digits.size(), '0').append(".0");
    } else {
        text.append(digits, 0, whole).append(".").append(digits, whole);
    }
}

void append_date(std::string& text, std::int64_t days) {
    if (days < -kMostDays || days > kMostDays) return append_integer(text, days);
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
    const int year = static_cast<int>(date.year());
    if (year < 0) text += '-';
    append_padded(text, static_cast<std::uint64_t>(std::abs(year)), 4);
    text += '-';
    append_padded(text, static_cast<unsigned>(date.month()), 2);
    text += '-';
    append_padded(text, static_cast<unsigned>(date.day()), 2);
}

void append_fraction(std::string& text, std::uint64_t ticks, std::uint64_t in_a_second) {
    if (ticks == 0) return;
    std::size_t digits = in_a_second == 1'000 ? 3 : in_a_second == 1'000'000 ? 6 : 9;
    for (; ticks % 1'000 == 0; ticks /= 1'000)
        digits -= 3;
    text += '.';
    append_padded(text, ticks, digits);
}

void append_time(std::string& text, std::uint64_t ticks, std::uint64_t in_a_second) {
    const std::uint64_t seconds = ticks / in_a_second;
    append_padded(text, seconds / 3'600, 2);
    text += ':';
    append_padded(text, seconds / 60 % 60, 2);
    text += ':';
    append_padded(text, seconds % 60, 2);
    append_fraction(text, ticks % in_a_second, in_a_second);
}

void append_timestamp(std::string& text, std::int64_t ticks, const Column& column) {
    const auto day = static_cast<std::int64_t>(column.ticks) * kDaySeconds;
    const std::int64_t days = ticks / day - (ticks % day < 0 ? 1 : 0);
    const std::int64_t of_day = ticks % day + (ticks % day < 0 ? day : 0);
    append_date(text, days);
    text += ' ';
    append_time(text, static_cast<std::uint64_t>(of_day), column.ticks);
    if (column.is_utc) text += "+00:00";
}

void append_int96(std::string& text, std::span<const std::uint8_t> value) {
    append_date(text, std::int64_t{load_le<std::uint32_t>(value.data() + 8)} - kJulianDayOf1970);
    text += ' ';
    append_time(text, load_le<std::uint64_t>(value.data()), 1'000'000'000);
}

// The digits of a signed number with the highest byte first.
std::string decimal_digits(std::vector<std::uint8_t> number, bool& is_negative) {
    is_negative = !number.empty() && (number.front() & 0x80U) != 0;
    if (is_negative) {
        unsigned carry = 1;
        for (std::uint8_t& byte : std::views::reverse(number)) {
            const unsigned sum = (byte ^ 0xFFU) + carry;
            byte = static_cast<std::uint8_t>(sum);
            carry = sum >> 8;
        }
    }
    std::string digits;
    while (std::ranges::any_of(number, [](std::uint8_t byte) { return byte != 0; })) {
        unsigned rest = 0;
        for (std::uint8_t& byte : number) {
            const unsigned part = rest << 8 | byte;
            byte = static_cast<std::uint8_t>(part / 10);
            rest = part % 10;
        }
        digits += static_cast<char>('0' + rest);
    }
    std::ranges::reverse(digits);
    return digits;
}

void append_decimal(std::string& text, std::vector<std::uint8_t> number, int scale) {
    if (number.size() > kMostDecimalBytes || scale < 0 || scale > kMostScale) return;
    bool is_negative = false;
    std::string digits = decimal_digits(std::move(number), is_negative);
    const auto behind = static_cast<std::size_t>(scale);
    if (digits.size() <= behind) digits.insert(0, behind + 1 - digits.size(), '0');
    if (is_negative) text += '-';
    text.append(digits, 0, digits.size() - behind);
    if (behind != 0) text.append(".").append(digits, digits.size() - behind);
}

void append_uuid(std::string& text, std::span<const std::uint8_t> value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += kDigits[value[i] >> 4];
        text += kDigits[value[i] & 0xFU];
    }
}

template <std::unsigned_integral Stored>
void append_number(std::string& text, const Column& column, std::span<const std::uint8_t> value) {
    const auto stored = load_le<Stored>(value.data());
    const auto number = static_cast<std::make_signed_t<Stored>>(stored);
    switch (column.meaning) {
        case Meaning::kUnsigned:
            return append_integer(text, stored);
        case Meaning::kDate:
            return append_date(text, number);
        case Meaning::kTime:
            if (number < 0) return append_integer(text, number);
            return append_time(text, stored, column.ticks);
        case Meaning::kTimestamp:
            return append_timestamp(text, number, column);
        case Meaning::kDecimal: {
            std::vector<std::uint8_t> bytes(value.begin(), value.end());
            std::ranges::reverse(bytes);
            return append_decimal(text, std::move(bytes), column.scale);
        }
        case Meaning::kAsItIs:
        case Meaning::kUuid:
        case Meaning::kHalfFloat:
            return append_integer(text, number);
    }
}

void append_bytes(std::string& text, const Column& column, std::span<const std::uint8_t> value) {
    if (column.meaning == Meaning::kDecimal)
        return append_decimal(text, {value.begin(), value.end()}, column.scale);
    if (column.meaning == Meaning::kUuid) return append_uuid(text, value);
    if (column.meaning == Meaning::kHalfFloat && value.size() == 2)
        return append_float(text, load_half(value.data()));
    text.append(value.begin(), value.end());
}

}  // namespace

void append_cell(std::string& text, const Column& column, std::span<const std::uint8_t> value) {
    switch (column.stored) {
        case StoredType::kBoolean:
            text += value[0] != 0 ? "true" : "false";
            return;
        case StoredType::kInt32:
            return append_number<std::uint32_t>(text, column, value);
        case StoredType::kInt64:
            return append_number<std::uint64_t>(text, column, value);
        case StoredType::kInt96:
            return append_int96(text, value);
        case StoredType::kFloat:
            return append_float(text, std::bit_cast<float>(load_le<std::uint32_t>(value.data())));
        case StoredType::kDouble:
            return append_float(text, std::bit_cast<double>(load_le<std::uint64_t>(value.data())));
        case StoredType::kBytes:
        case StoredType::kFixedBytes:
            return append_bytes(text, column, value);
    }
}

}  // namespace modelward::fingerprint
