// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/data_layout.h"

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

// Flags of chunks in version 4.
constexpr std::uint8_t kLeavesEdges = 0x01;
constexpr std::uint8_t kIsSingleFiltered = 0x02;

constexpr std::size_t kExtentBytes = 4;  // in version 3

void read_chunk(Hdf5Cursor& cursor, std::uint8_t dimensions, std::size_t extent_bytes, Hdf5Layout& layout) {
    if (dimensions < 2 || dimensions > kMaxDimensions + 1)
        cursor.refuse(ErrorCode::kLimit, "chunks of " + std::to_string(dimensions) + " dimensions");
    if (extent_bytes == 0 || extent_bytes > sizeof(std::uint64_t))
        cursor.refuse(ErrorCode::kInvalid, "extents of " + std::to_string(extent_bytes) + " bytes");
    for (std::uint8_t i = 0; i < dimensions && cursor.ok(); ++i)
        layout.chunk.push_back(cursor.sized(extent_bytes));
}

void read_chunks_of_version_3(Hdf5Cursor& cursor, Hdf5Layout& layout) {
    const auto dimensions = cursor.number<std::uint8_t>();
    layout.position = cursor.address();
    read_chunk(cursor, dimensions, kExtentBytes, layout);
}

void read_chunks_of_version_4(Hdf5Cursor& cursor, Hdf5Layout& layout) {
    const auto flags = cursor.number<std::uint8_t>();
    layout.leaves_edges = (flags & kLeavesEdges) != 0;
    layout.is_single_filtered = (flags & kIsSingleFiltered) != 0;
    const auto dimensions = cursor.number<std::uint8_t>();
    read_chunk(cursor, dimensions, cursor.number<std::uint8_t>(), layout);
    layout.index = static_cast<Hdf5ChunkIndex>(cursor.number<std::uint8_t>());
    // How an index was laid out is said by its own header, too.
    switch (layout.index) {
        case Hdf5ChunkIndex::kSingleChunk:
            if (!layout.is_single_filtered) break;
            layout.bytes = cursor.length();
            layout.skipped_filters = cursor.number<std::uint32_t>();
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
            if (version == 3)
                read_chunks_of_version_3(cursor, layout);
            else
                read_chunks_of_version_4(cursor, layout);
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
