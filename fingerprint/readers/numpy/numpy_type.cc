// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/numpy/numpy_type.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace modelward::fingerprint {
namespace {

struct KnownType {
    char kind;
    std::uint64_t bytes;
    DType dtype;
};
constexpr std::array kTypes = {
    KnownType{'f', 2, DType::kF16}, KnownType{'f', 4, DType::kF32},   KnownType{'f', 8, DType::kF64},
    KnownType{'c', 8, DType::kC64}, KnownType{'c', 16, DType::kC128}, KnownType{'i', 1, DType::kI8},
    KnownType{'i', 2, DType::kI16}, KnownType{'i', 4, DType::kI32},   KnownType{'i', 8, DType::kI64},
    KnownType{'u', 1, DType::kU8},  KnownType{'u', 2, DType::kU16},   KnownType{'u', 4, DType::kU32},
    KnownType{'u', 8, DType::kU64}, KnownType{'b', 1, DType::kBool},
};

}  // namespace

std::optional<NumpyType> parse_numpy_type(std::string_view text) {
    NumpyType type;
    if (!text.empty() && std::string_view("<>|=").contains(text.front())) {
        type.is_big_endian = text.front() == '>';
        text.remove_prefix(1);
    }
    if (text.empty()) return std::nullopt;
    const char kind = text.front();
    type.is_object = kind == 'O';
    if (type.is_object) return type;
    type.is_text = std::string_view("USaMm").contains(kind);
    text = text.substr(1, text.find('[') - 1);  // "M8[ns]"
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), type.item_bytes);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (kind == 'U' && __builtin_mul_overflow(type.item_bytes, std::uint64_t{4}, &type.item_bytes))
        return std::nullopt;
    for (const KnownType& known : kTypes) {
        if (known.kind == kind && known.bytes == type.item_bytes) type.dtype = known.dtype;
    }
    return type;
}

std::optional<std::uint64_t> data_bytes(const NumpyArray& array) {
    std::uint64_t bytes = array.type.item_bytes;
    for (const std::uint64_t extent : array.shape) {
        if (__builtin_mul_overflow(bytes, extent, &bytes)) return std::nullopt;
    }
    return bytes;
}

void add_numpy_array(TensorTable& table, NumpyArray array) {
    const auto note = [&](ErrorCode code, const std::string& what) {
        note_defect(table, Error(code, "array '" + array.name + "' " + what));
    };
    if (array.type.is_text) return;
    if (array.type.is_object) return note(ErrorCode::kUnsupported, "holds pickled objects");
    if (!array.type.dtype) return note(ErrorCode::kUnsupported, "has elements of an unknown type");
    if (array.type.is_big_endian && array.type.item_bytes > 1)
        return note(ErrorCode::kUnsupported, "is big-endian");
    if (array.is_fortran) std::ranges::reverse(array.shape);
    const auto extent = extent_of(*array.type.dtype, array.shape);
    if (!extent || array.offset >= std::uint64_t{1} << 62) return note(ErrorCode::kInvalid, "is too large");
    if (array.shape.size() > kMaxDimensions || table.tensors.size() >= kMaxTensors)
        return note(ErrorCode::kLimit, "has too many dimensions, or there are too many arrays");
    table.tensors.push_back({std::move(array.name), *array.type.dtype, std::move(array.shape),
                             extent->elements, array.offset, extent->bytes});
}

}  // namespace modelward::fingerprint
