// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/datatype.h"

#include <algorithm>
#include <array>

namespace modelward::fingerprint {
namespace {

enum Class : std::uint8_t {
    kFixedPoint = 0,
    kFloatingPoint = 1,
    kTime = 2,
    kString = 3,
    kBitfield = 4,
    kOpaque = 5,
    kReference = 7,
    kEnumeration = 8,
    kVariableLength = 9,
};

constexpr std::uint32_t kBigEndian = 0x01;
constexpr std::uint32_t kIsSigned = 0x08;
constexpr std::uint32_t kVaxOrder = 0x40;

// Where the parts of a float are, in bits.
struct FloatFormat {
    std::uint32_t bytes;
    std::uint8_t exponent_at;
    std::uint8_t exponent_bits;
    std::uint8_t mantissa_at;
    std::uint8_t mantissa_bits;
    std::uint32_t bias;
    bool operator==(const FloatFormat&) const = default;
};
struct KnownFloat {
    FloatFormat format;
    DType dtype;
};
constexpr std::array kFloats = {
    KnownFloat{{8, 52, 11, 0, 52, 1023}, DType::kF64}, KnownFloat{{4, 23, 8, 0, 23, 127}, DType::kF32},
    KnownFloat{{2, 10, 5, 0, 10, 15}, DType::kF16},    KnownFloat{{2, 7, 8, 0, 7, 127}, DType::kBF16},
    KnownFloat{{1, 3, 4, 0, 3, 7}, DType::kF8E4M3},    KnownFloat{{1, 2, 5, 0, 2, 15}, DType::kF8E5M2},
};

std::optional<DType> integer(std::uint32_t bytes, bool is_signed) {
    switch (bytes) {
        case 1:
            return is_signed ? DType::kI8 : DType::kU8;
        case 2:
            return is_signed ? DType::kI16 : DType::kU16;
        case 4:
            return is_signed ? DType::kI32 : DType::kU32;
        case 8:
            return is_signed ? DType::kI64 : DType::kU64;
        default:
            return std::nullopt;
    }
}

std::optional<DType> floating(Hdf5Cursor& cursor, std::uint32_t bytes) {
    cursor.skip(2);  // offset of the lowest bit
    FloatFormat format{};
    format.bytes = bytes;
    const auto precision = cursor.number<std::uint16_t>();
    format.exponent_at = cursor.number<std::uint8_t>();
    format.exponent_bits = cursor.number<std::uint8_t>();
    format.mantissa_at = cursor.number<std::uint8_t>();
    format.mantissa_bits = cursor.number<std::uint8_t>();
    format.bias = cursor.number<std::uint32_t>();
    const auto known = std::ranges::find(kFloats, format, &KnownFloat::format);
    if (known == kFloats.end() || precision != 8 * bytes) return std::nullopt;
    return known->dtype;
}

}  // namespace

Result<Hdf5Type> read_datatype(Hdf5Cursor cursor) {
    const auto class_and_version = cursor.number<std::uint8_t>();
    const auto bits = static_cast<std::uint32_t>(cursor.sized(3));
    Hdf5Type type;
    type.bytes = cursor.number<std::uint32_t>();
    switch (class_and_version & 0x0F) {
        case kFixedPoint:
            type.is_big_endian = (bits & kBigEndian) != 0 && type.bytes > 1;
            type.dtype = integer(type.bytes, (bits & kIsSigned) != 0);
            break;
        case kFloatingPoint:
            type.is_big_endian = (bits & kBigEndian) != 0 && type.bytes > 1;
            if ((bits & kVaxOrder) == 0) type.dtype = floating(cursor, type.bytes);
            break;
        case kBitfield:
            type.dtype = integer(type.bytes, false);
            break;
        case kEnumeration:  // how h5py writes booleans
            type.dtype = type.bytes == 1 ? DType::kBool : integer(type.bytes, false);
            break;
        case kOpaque:
            // Types that NumPy does not know; of two bytes Keras writes bfloat16 so.
            if (type.bytes == 2) type.dtype = DType::kBF16;
            break;
        case kTime:
        case kString:
        case kReference:
        case kVariableLength:
            type.is_text = true;
            break;
        default:
            break;
    }
    if (!cursor.ok()) return fail(cursor.error().with_context("datatype"));
    return type;
}

}  // namespace modelward::fingerprint
