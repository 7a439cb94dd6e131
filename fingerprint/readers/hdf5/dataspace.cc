// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/dataspace.h"

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kNull = 2;  // kind of a dataspace of version 2
constexpr std::uint8_t kHasGreatest = 0x01;

}  // namespace

Result<std::optional<Hdf5Dataspace>> read_dataspace(Hdf5Cursor cursor) {
    const auto version = cursor.number<std::uint8_t>();
    const auto dimensions = cursor.number<std::uint8_t>();
    const auto flags = cursor.number<std::uint8_t>();
    std::uint8_t kind = 1;
    if (version == 1)
        cursor.skip(5);
    else if (version == 2)
        kind = cursor.number<std::uint8_t>();
    else
        cursor.refuse(ErrorCode::kUnsupported, "dataspace version " + std::to_string(version));
    if (dimensions > kMaxDimensions)
        cursor.refuse(ErrorCode::kLimit, std::to_string(dimensions) + " dimensions");
    Hdf5Dataspace space;
    for (std::uint8_t i = 0; i < dimensions && cursor.ok(); ++i)
        space.shape.push_back(cursor.length());
    for (std::uint8_t i = 0; i < dimensions && (flags & kHasGreatest) != 0 && cursor.ok(); ++i)
        space.greatest.push_back(cursor.length_or_all());
    if (!cursor.ok()) return fail(cursor.error().with_context("dataspace"));
    if (kind == kNull) return std::nullopt;
    if (space.greatest.empty()) space.greatest = space.shape;
    return space;
}

}  // namespace modelward::fingerprint
