// SPDX-License-Identifier: Apache-2.0
// The table of a dataset's chunks, from whichever index the file has of them. Each stored byte is one
// chunk's: all chunks of a file together are stored in no more bytes than it has.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/hdf5/data_layout.h"
#include "fingerprint/readers/hdf5/dataspace.h"
#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

// What the chunked datasets of a file may still take.
struct Hdf5ChunkAllowance {
    std::uint64_t stored_bytes;
    std::uint64_t chunks = kMaxChunks;
    std::shared_ptr<DecodedBytes> decoded;

    static Hdf5ChunkAllowance of_file(std::uint64_t file_bytes);
};

struct Hdf5Chunks {
    std::uint64_t first;              // position of the chunk that is first in the file
    std::optional<ChunkedData> data;  // nullopt: no chunk was ever written
};

// The last extent of the layout's chunk counts the bytes of an element. kInvalid: chunks share bytes, or one
// ends outside of the file. kLimit: too many, or too large.
Result<Hdf5Chunks> read_chunk_index(Hdf5File& file, const Hdf5Layout& layout, const Hdf5Dataspace& space,
                                    std::vector<ChunkFilter> filters, Hdf5ChunkAllowance& allowance);

}  // namespace modelward::fingerprint
