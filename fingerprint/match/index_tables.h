// SPDX-License-Identifier: Apache-2.0
// What an Index holds.
#pragma once

#include <map>
#include <unordered_set>

#include "fingerprint/chunks/full_pass.h"
#include "fingerprint/classify.h"
#include "fingerprint/match/chunk_index.h"
#include "fingerprint/match/sketch_index.h"

namespace modelward::fingerprint {

struct Index::Tables {
    struct Artifact {
        std::uint64_t file_bytes = 0;
        Sha256 sha256{};
        std::uint64_t chunk_bytes = 0;  // of the distinct chunks
        std::vector<TensorSketch> tensors;
    };
    std::map<std::uint32_t, Artifact> artifacts;
    std::unordered_set<std::uint64_t> sizes;  // of the registered files
    SketchIndex sketches;
    ChunkIndex chunks;
};

}  // namespace modelward::fingerprint
