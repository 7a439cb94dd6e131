// SPDX-License-Identifier: Apache-2.0
// TensorFlow's DataType and TensorShapeProto, which its graphs and its checkpoints have in common.
// https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework: types.proto,
// tensor_shape.proto
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "fingerprint/readers/protobuf_fields.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

inline constexpr std::uint64_t kTensorFlowString = 7;

// nullopt: not read.
inline std::optional<DType> tensorflow_type(std::uint64_t type) {
    // Indexed by DataType; kCount marks what is not read.
    static constexpr std::array kTypes = {
        DType::kCount, DType::kF32, DType::kF64, DType::kI32,    DType::kU8,     DType::kI16, DType::kI8,
        DType::kCount, DType::kC64, DType::kI64, DType::kBool,   DType::kI8,     DType::kU8,  DType::kI32,
        DType::kBF16,  DType::kI16, DType::kU16, DType::kU16,    DType::kC128,   DType::kF16, DType::kCount,
        DType::kCount, DType::kU32, DType::kU64, DType::kF8E5M2, DType::kF8E4M3,
    };
    if (type >= kTypes.size() || kTypes[type] == DType::kCount) return std::nullopt;
    return kTypes[type];
}

struct TensorFlowShape {
    std::vector<std::uint64_t> extents;
    bool has_too_many_dimensions = false;
};

// The message that ends at `end`.
inline TensorFlowShape read_tensorflow_shape(HeaderCursor& cursor, std::uint64_t end) {
    enum Field : std::uint64_t { kDimension = 2, kSize = 1 };
    TensorFlowShape shape;
    while (const auto dimension = next_field(cursor, end)) {
        if (dimension->is_bytes(kDimension)) {
            std::uint64_t size = 0;  // not written when it is 0
            while (const auto field = next_field(cursor, dimension->end)) {
                if (field->is_number(kSize)) size = field->number;
                leave_field(cursor, *field);
            }
            shape.has_too_many_dimensions |= shape.extents.size() == kMaxDimensions;
            if (!shape.has_too_many_dimensions) shape.extents.push_back(size);
        }
        leave_field(cursor, *dimension);
    }
    return shape;
}

}  // namespace modelward::fingerprint
