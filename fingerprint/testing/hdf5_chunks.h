// SPDX-License-Identifier: Apache-2.0
// Datasets in chunks for tests: elements cut into chunks, put through filters, and found by an index. A test
// breaks what it likes before a part is written.
#pragma once

#include <string>
#include <vector>

#include "fingerprint/testing/hdf5_writer.h"

namespace modelward::fingerprint::testing {

inline constexpr std::uint16_t kHdf5Deflate = 1;
inline constexpr std::uint16_t kHdf5Shuffle = 2;
inline constexpr std::uint16_t kHdf5Fletcher32 = 3;
inline constexpr std::uint16_t kHdf5Lzf = 32000;

struct Hdf5Chunk {
    Hdf5Counts place;  // in the grid
    Bytes bytes;       // as they are stored
    std::uint32_t skipped = 0;
};

// The elements, of four bytes, in chunks; where one reaches out of the shape it is filled with 0xEE.
std::vector<Hdf5Chunk> cut_into_chunks(const Hdf5Counts& shape, const Hdf5Counts& chunk, const Bytes& data);
// What the filter makes of a chunk, of elements of four bytes. (LZF: literals only.)
Bytes filtered(std::uint16_t filter, const Bytes& bytes);

// Messages. A chunk's extents are without the size of its elements, which is four.
Hdf5Part hdf5_filters(const std::vector<std::uint16_t>& filters, std::uint8_t version = 1);
Hdf5Part hdf5_chunked(std::uint64_t address, const Hdf5Counts& chunk);
// Version 4; `details` are what the index has of its own there.
Hdf5Part hdf5_indexed(std::uint8_t index, const Bytes& details, std::uint64_t address,
                      const Hdf5Counts& chunk, std::uint8_t flags = 0);

// A version 1 B-tree of one node. Chunks are written before it.
std::uint64_t add_chunk_tree(Hdf5Writer& file, const std::vector<Hdf5Chunk>& chunks, const Hdf5Counts& chunk);

// A dataset of 32-bit floats in such a tree; gives its header.
std::uint64_t add_chunked(Hdf5Writer& file, const Hdf5Counts& shape, const Hdf5Counts& chunk,
                          const std::vector<std::uint16_t>& filters, const Bytes& data);

}  // namespace modelward::fingerprint::testing
