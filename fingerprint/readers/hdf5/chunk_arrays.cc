// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/chunk_arrays.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kFilteredChunks = 1;  // client of an array

}  // namespace

void ChunkArray::read_kind(Hdf5Cursor& header) {
    is_filtered_ = header.number<std::uint8_t>() == kFilteredChunks;
    element_bytes_ = header.number<std::uint8_t>();
}

Result<bool> is_page_written(Hdf5File& file, std::uint64_t bitmap, std::uint64_t page) {
    Hdf5Cursor cursor(file, bitmap + page / 8);
    const auto bits = cursor.number<std::uint8_t>();
    if (!cursor.ok()) return fail(cursor.error());
    return (bits << page % 8 & 0x80) != 0;  // the highest bit is the first page's
}

}  // namespace modelward::fingerprint
