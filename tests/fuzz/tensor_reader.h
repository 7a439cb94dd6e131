// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets of all tensor readers do with an input.
#pragma once

#include <cstdlib>
#include <set>
#include <span>

#include "fingerprint/readers/bitsandbytes.h"
#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/rows/matrix_sketches.h"
#include "fingerprint/sketches/eligibility.h"
#include "fingerprint/sketches/projection.h"

namespace modelward::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

inline void require_chunks_inside(const fingerprint::Tensor& tensor, std::uint64_t file_bytes) {
    for (const fingerprint::StoredChunk& chunk : tensor.chunked()->chunks)
        require(chunk.bytes() <= file_bytes && tensor.offset + chunk.offset() <= file_bytes - chunk.bytes());
}

// The table keeps its promise, and what it lists can be sampled.
inline void exercise(const fingerprint::TensorTable& table, const fingerprint::ByteSource& source) {
    const std::uint64_t bytes = source.size();
    std::set<std::string_view> names;
    std::uint64_t end = table.data_start;
    for (const fingerprint::Tensor& tensor : table.tensors) {
        require(names.insert(tensor.name).second);
        require(tensor.bytes <= bytes && tensor.offset <= bytes - tensor.bytes);
        require(tensor.bytes == 0 || tensor.offset >= end);
        if (tensor.bytes != 0) end = tensor.offset + tensor.bytes;
        if (tensor.chunked() != nullptr) require_chunks_inside(tensor, bytes);
        if (!fingerprint::has_eligible_shape(tensor)) continue;
        // What a chunk decodes to is not known before.
        const auto samples = fingerprint::read_samples(source, tensor);
        require(samples.has_value() || tensor.chunked() != nullptr);
        if (samples) {
            fingerprint::is_regular(*samples);
            fingerprint::project(*samples);
        }
        require(fingerprint::ask_vectors(source, tensor, 1).has_value() || tensor.chunked() != nullptr);
    }
}

inline void exercise(const fingerprint::Reader& reader, std::span<const std::uint8_t> bytes) {
    const fingerprint::MemorySource source(bytes);
    if (!reader.claims(bytes.first(std::min(bytes.size(), fingerprint::kHeadBytes)))) return;
    auto table = reader.read(source);
    if (!table) return;
    fingerprint::read_quant_states(source, *table);
    exercise(*table, source);
}

}  // namespace modelward::fuzz
