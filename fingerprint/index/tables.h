// SPDX-License-Identifier: Apache-2.0
// What an index consists of: flat tables that can be looked up where they lie, in memory or in a mapped file
// (docs/index-format.md). Records are the file's own, host byte order being little-endian.
//
// An artifact is known inside by its place in `artifacts`; the number that the caller gave it is in the
// record. The tables may come from a damaged file: places are checked when they are followed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "fingerprint/index/chunk_table.h"
#include "fingerprint/index/near_table.h"
#include "fingerprint/rows/vector_sketch.h"

namespace modelward::fingerprint {

static_assert(std::endian::native == std::endian::little, "the records of an index are little-endian");

struct ArtifactRecord {
    std::array<std::uint8_t, 32> sha256;  // of the registered file
    std::array<std::uint8_t, 32> digest;  // of the .mwfp file: its last 32 bytes
    std::uint64_t file_bytes;
    std::uint64_t chunk_bytes;        // of the distinct chunks that are evidence
    std::uint64_t eligible_elements;  // of the tensors that are evidence; the largest number when it is more
    std::uint64_t name_offset;        // in the names
    std::uint32_t name_bytes;
    std::uint32_t number;        // what the caller calls it
    std::uint32_t first_tensor;  // of its tensors that are evidence
    std::uint32_t tensors;
    std::uint32_t is_public;  // 1: known to everybody, accuses nobody
    std::uint32_t record_scale;
    std::uint32_t records;  // that are kept
    std::uint32_t evidence_records;
    std::uint32_t landmark_scale;
    std::uint32_t landmarks;  // that are kept
};
struct TensorRecord {
    Sketch sketch;
    std::uint64_t key;  // number of elements
    std::uint32_t artifact;
    std::uint32_t zero;
};
struct VectorRecord {
    VectorSketch sketch;
    std::uint64_t key;  // elements of the row or column
    std::uint32_t artifact;
    std::uint32_t tensor;  // which of the artifact's tensors: equal numbers, equal tensors
};
static_assert(sizeof(ArtifactRecord) == 136 && sizeof(TensorRecord) == 48 && sizeof(VectorRecord) == 32 &&
              sizeof(ChunkSlot) == 16);

// Records and landmarks lie in tables as chunks do: all of this length.
inline constexpr std::uint32_t kSampledLength = 1;

struct IndexTables {
    std::span<const ArtifactRecord> artifacts;
    std::span<const char> names;
    NearTable<TensorRecord> tensors;
    NearTable<VectorRecord> vectors;
    ChunkTable chunks;
    ChunkTable records;
    ChunkTable landmarks;

    // Empty for a place that is none.
    std::span<const TensorRecord> tensors_of(std::uint32_t artifact) const;
    std::string_view name_of(std::uint32_t artifact) const;
    // Of an artifact that is none: one of nothing.
    const ArtifactRecord& artifact(std::uint32_t place) const;
};

// The tables that lie in an index file, 8-byte aligned. Looks at the header and the sizes only, so that a
// large index is open at once. kInvalid, kUnsupported for a newer version.
Result<IndexTables> tables_in(std::span<const std::uint8_t> file);

// Whether all of the file is as it was written: reads all of it. kInvalid.
Result<void> verify_index_file(std::span<const std::uint8_t> file);

}  // namespace modelward::fingerprint
