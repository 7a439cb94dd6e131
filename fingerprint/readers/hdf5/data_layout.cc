// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/data_layout.h"

#include <algorithm>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kSingleIsFiltered = 0x02;

// One dimension more than the dataset has: the last one is the size of an element.
void read_chunk_shape(Hdf5Cursor& cursor, std::uint8_t dimensions, std::size_t bytes, Hdf5Layout& layout) {
    if (dimensions < 1 || dimensions > kMaxDimensions + 1 || bytes < 1 || bytes > 8) {
        return cursor.refuse(ErrorCode::kLimit, "chunks of " + std::to_string(dimensions) +
                                                    " dimensions in " + std::to_string(bytes) +
                                                    " bytes each");
    }
    for (std::uint8_t i = 0; i < dimensions; ++i)
        layout.chunk_shape.push_back(cursor.sized(bytes));
    layout.chunk_shape.pop_back();
    if (std::ranges::find(layout.chunk_shape, 0U) != layout.chunk_shape.end())
        cursor.refuse(ErrorCode::kInvalid, "an empty chunk");
}

void read_chunked_v3(Hdf5Cursor& cursor, Hdf5Layout& layout) {
    const auto dimensions = cursor.number<std::uint8_t>();
    layout.position = cursor.address();
    read_chunk_shape(cursor, dimensions, 4, layout);
}

void read_chunked_v4(Hdf5Cursor& cursor, Hdf5Layout& layout) {
    const auto flags = cursor.number<std::uint8_t>();
    const auto dimensions = cursor.number<std::uint8_t>();
    const auto bytes = cursor.number<std::uint8_t>();
    read_chunk_shape(cursor, dimensions, bytes, layout);
    layout.index = static_cast<Hdf5ChunkIndex>(cursor.number<std::uint8_t>());
    switch (layout.index) {
        case Hdf5ChunkIndex::kSingleChunk:
            layout.is_filtered_single = (flags & kSingleIsFiltered) != 0;
            if (layout.is_filtered_single) {
                layout.bytes = cursor.length();
                layout.filter_mask = cursor.number<std::uint32_t>();
            }
            break;
        case Hdf5ChunkIndex::kImplicit:
            break;
        case Hdf5ChunkIndex::kFixedArray:
            cursor.skip(1);
            break;
        case Hdf5ChunkIndex::kExtensibleArray:
            cursor.skip(5);
            break;
        case Hdf5ChunkIndex::kBtreeV2:
            cursor.skip(6);
            break;
        default:
            cursor.refuse(ErrorCode::kUnsupported, "an unknown index of chunks");
    }
    layout.position = cursor.address();
}

}  // namespace

Result<Hdf5Layout> read_data_layout(Hdf5Cursor cursor) {
    const auto version = cursor.number<std::uint8_t>();
    if (version != 3 && version != 4)
        cursor.refuse(ErrorCode::kUnsupported, "version " + std::to_string(version) + "; 3 and 4 are read");
    Hdf5Layout layout{.layout_class = static_cast<Hdf5LayoutClass>(cursor.number<std::uint8_t>())};
    switch (layout.layout_class) {
        case Hdf5LayoutClass::kCompact:
            layout.bytes = cursor.number<std::uint16_t>();
            layout.position = cursor.position();
            break;
        case Hdf5LayoutClass::kContiguous:
            layout.position = cursor.address();
            layout.bytes = cursor.length();
            break;
        case Hdf5LayoutClass::kChunked:
            version == 3 ? read_chunked_v3(cursor, layout) : read_chunked_v4(cursor, layout);
            break;
        case Hdf5LayoutClass::kVirtual:
            break;
        default:
            cursor.refuse(ErrorCode::kUnsupported, "an unknown class");
    }
    if (!cursor.ok()) return fail(cursor.error().with_context("data layout"));
    return layout;
}

}  // namespace modelward::fingerprint
