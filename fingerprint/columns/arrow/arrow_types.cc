// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/arrow_types.h"

#include <array>

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kDayMillis = 86'400'000;
constexpr std::uint32_t kMostFixedWidth = 1 << 16;
constexpr std::array<std::uint64_t, 4> kTicks = {1, 1'000, 1'000'000, 1'000'000'000};

// The numbers of the union "Type".
enum class TypeOf : std::uint8_t {
    kNull = 1,
    kInt = 2,
    kFloatingPoint = 3,
    kBinary = 4,
    kUtf8 = 5,
    kBool = 6,
    kDecimal = 7,
    kDate = 8,
    kTime = 9,
    kTimestamp = 10,
    kList = 12,
    kStruct = 13,
    kFixedSizeBinary = 15,
    kFixedSizeList = 16,
    kMap = 17,
    kDuration = 18,
    kLargeBinary = 19,
    kLargeUtf8 = 20,
    kLargeList = 21,
    kBinaryView = 23,
    kUtf8View = 24,
};

class TypeReading {
  public:
    TypeReading(const Flatbuffer& message, std::optional<std::uint64_t> type, ArrowField& field)
        : message_(message), type_(type), field_(field) {}

    // False: not read.
    bool read(TypeOf type) {
        switch (type) {
            case TypeOf::kNull:
                return take(ArrowLayout::kNull);
            case TypeOf::kBool:
                field_.column.stored = StoredType::kBoolean;
                return take(ArrowLayout::kBits);
            case TypeOf::kInt:
                return take_integer();
            case TypeOf::kFloatingPoint:
                return take_float();
            case TypeOf::kBinary:
            case TypeOf::kUtf8:
                return take(ArrowLayout::kOffsets32);
            case TypeOf::kLargeBinary:
            case TypeOf::kLargeUtf8:
                return take(ArrowLayout::kOffsets64);
            case TypeOf::kBinaryView:
            case TypeOf::kUtf8View:
                return take(ArrowLayout::kViews);
            case TypeOf::kFixedSizeBinary:
                field_.column = {.stored = StoredType::kFixedBytes};
                return take_fixed(number<std::uint32_t>(0, 0));
            case TypeOf::kDecimal:
                return take_decimal();
            case TypeOf::kDate:
                return take_date();
            case TypeOf::kTime:
                field_.column.meaning = Meaning::kTime;
                return take_width(number<std::uint32_t>(1, 32)) && take_ticks(1);
            case TypeOf::kTimestamp:
                field_.column.meaning = Meaning::kTimestamp;
                field_.column.is_utc = has_text(1);
                return take_width(64) && take_ticks(0);
            case TypeOf::kDuration:  // Parquet keeps its number
                return take_width(64);
            case TypeOf::kStruct:
                return take(ArrowLayout::kStruct);
            case TypeOf::kList:
            case TypeOf::kMap:
                return take(ArrowLayout::kList32);
            case TypeOf::kLargeList:
                return take(ArrowLayout::kList64);
            case TypeOf::kFixedSizeList:
                field_.width = number<std::uint32_t>(0, 0);
                return static_cast<std::int32_t>(field_.width) >= 0 && take(ArrowLayout::kFixedList);
        }
        return false;
    }

  private:
    template <std::unsigned_integral T>
    T number(std::uint16_t index, T otherwise) const {
        return type_ ? number_in<T>(message_, *type_, index, otherwise) : otherwise;
    }

    bool has_text(std::uint16_t index) const {
        const auto at = type_ ? message_.target(*type_, index) : std::nullopt;
        const auto text = at ? message_.vector(*at, 1) : std::nullopt;
        return text && text->count != 0;
    }

    bool take(ArrowLayout layout) {
        field_.layout = layout;
        return true;
    }

    bool take_fixed(std::uint32_t width) {
        field_.width = width;
        field_.column.fixed_bytes = width;
        return width <= kMostFixedWidth && take(ArrowLayout::kFixed);
    }

    // Numbers of fewer than 32 bits are made wider.
    bool take_width(std::uint32_t bits) {
        if (bits != 8 && bits != 16 && bits != 32 && bits != 64) return false;
        field_.column.stored = bits == 64 ? StoredType::kInt64 : StoredType::kInt32;
        field_.is_signed = field_.column.meaning != Meaning::kUnsigned;
        field_.width = bits / 8;
        return take(ArrowLayout::kFixed);
    }

    bool take_integer() {
        if (number<std::uint8_t>(1, 0) == 0) field_.column.meaning = Meaning::kUnsigned;
        return take_width(number<std::uint32_t>(0, 0));
    }

    bool take_float() {
        switch (number<std::uint16_t>(0, 0)) {
            case 0:
                field_.column = {.stored = StoredType::kFixedBytes, .meaning = Meaning::kHalfFloat};
                return take_fixed(2);
            case 1:
                field_.column.stored = StoredType::kFloat;
                field_.width = 4;
                return take(ArrowLayout::kFixed);
            case 2:
                field_.column.stored = StoredType::kDouble;
                field_.width = 8;
                return take(ArrowLayout::kFixed);
            default:
                return false;
        }
    }

    bool take_decimal() {
        const auto bits = number<std::uint32_t>(2, 128);
        field_.column.meaning = Meaning::kDecimal;
        field_.column.scale = static_cast<std::int32_t>(number<std::uint32_t>(1, 0));
        if (bits == 32 || bits == 64) return take_width(bits);
        if (bits != 128 && bits != 256) return false;
        field_.column.stored = StoredType::kFixedBytes;
        field_.is_reversed = true;
        return take_fixed(bits / 8);
    }

    bool take_date() {
        const auto unit = number<std::uint16_t>(0, 1);
        if (unit > 1) return false;
        if (unit == 1) field_.days_of = kDayMillis;
        if (!take_width(unit == 1 ? 64 : 32)) return false;
        field_.column = {.stored = StoredType::kInt32, .meaning = Meaning::kDate};
        return true;
    }

    bool take_ticks(std::uint16_t otherwise) {
        const auto unit = number<std::uint16_t>(0, otherwise);
        if (unit >= kTicks.size()) return false;
        field_.column.ticks = kTicks[unit];
        return true;
    }

    const Flatbuffer& message_;
    std::optional<std::uint64_t> type_;
    ArrowField& field_;
};

}  // namespace

Result<void> read_arrow_type(const Flatbuffer& message, std::uint64_t table, ArrowField& field) {
    const auto type = number_in<std::uint8_t>(message, table, 2, 0);
    if (!TypeReading(message, message.target(table, 3), field).read(static_cast<TypeOf>(type)))
        return fail(ErrorCode::kUnsupported,
                    "a field of Arrow's type " + std::to_string(unsigned{type}) + ", which is not read");
    // Parquet says so of the column itself.
    const bool is_uuid =
        field.layout == ArrowLayout::kFixed && field.width == 16 && field.column.meaning == Meaning::kAsItIs;
    if (is_uuid && has_key(message, table, 6, "ARROW:extension:name", "arrow.uuid"))
        field.column.meaning = Meaning::kUuid;
    return {};
}

Result<void> read_place_type(const Flatbuffer& message, std::optional<std::uint64_t> type,
                             ArrowField& field) {
    field.layout = ArrowLayout::kFixed;
    field.width = type ? number_in<std::uint32_t>(message, *type, 0, 0) / 8 : 4;
    field.is_signed = !type || number_in<std::uint8_t>(message, *type, 1, 0) != 0;
    if (field.width != 1 && field.width != 2 && field.width != 4 && field.width != 8)
        return fail(ErrorCode::kInvalid, "places in a dictionary of an impossible width");
    return {};
}

}  // namespace modelward::fingerprint
