// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/dataspace.h"

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kNull = 2;  // kind of a dataspace of version 2

}  // namespace

Result<std::optional<std::vector<std::uint64_t>>> read_dataspace(Hdf5Cursor cursor) {
    const auto version = cursor.number<std::uint8_t>();
    const auto dimensions = cursor.number<std::uint8_t>();
    cursor.skip(1);  // flags: what follows the shape
    std::uint8_t kind = 1;
    if (version == 1)
        cursor.skip(5);
    else if (version == 2)
        kind = cursor.number<std::uint8_t>();
    else
        cursor.refuse(ErrorCode::kUnsupported, "dataspace version " + std::to_string(version));
    if (dimensions > kMaxDimensions)
        cursor.refuse(ErrorCode::kLimit, std::to_string(dimensions) + " dimensions");
    std::vector<std::uint64_t> shape;
    for (std::uint8_t i = 0; i < dimensions && cursor.ok(); ++i)
        shape.push_back(cursor.length());
    if (!cursor.ok()) return fail(cursor.error().with_context("dataspace"));
    if (kind == kNull) return std::nullopt;
    return shape;
}

}  // namespace modelward::fingerprint
