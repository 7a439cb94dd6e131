// SPDX-License-Identifier: Apache-2.0
// A fingerprint: what recognises one artifact's content. Made once at registration, carried as a .mwfp file
// (format: docs/fingerprint-format.md), matched by classify.h.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/containers/unseen.h"
#include "fingerprint/hash_sample.h"
#include "fingerprint/rows/vector_sketch.h"

namespace modelward::fingerprint {

inline constexpr std::size_t kSketchBits = 256;
using Sketch = std::array<std::uint64_t, kSketchBits / 64>;

struct TensorSketch {
    std::string name;
    std::uint64_t elements;
    bool eligible;  // false: carries no evidence (too small, 1-D, constant or a ramp)
    Sketch sketch;
};

struct Chunk {
    std::uint64_t hash;  // xxh3-64 of the chunk's bytes
    std::uint32_t length;
};

// Rows or columns of one tensor (rows/matrix_view.h says what they are).
struct VectorSketches {
    std::uint32_t tensor;  // its place in Fingerprint::tensors
    std::uint64_t length;  // elements of each vector
    std::vector<VectorSketch> sketches;
};

struct Fingerprint {
    std::string format;  // of the registered file
    std::uint64_t file_bytes = 0;
    std::array<std::uint8_t, 32> sha256{};  // of the whole file
    // Those that are evidence (chunks/chunker.h), in file order; of a wrapped file, then those of what is
    // inside, in its order.
    std::vector<Chunk> chunks;
    std::vector<TensorSketch> tensors;    // in file order; of all that is inside
    std::vector<VectorSketches> vectors;  // of eligible tensors; by tensor; not of what is inside
    // Of the text in it, and of the numbers in it; of a wrapped file, of what is inside.
    HashSample records{}, landmarks{};
    std::vector<Unseen> unseen{};  // why parts of a wrapped file are not covered; not kept in the .mwfp
};

// Reads the whole source once, and what is wrapped in it once more (containers/unwrap.h). Errors as
// classify(), but a broken file is refused: kInvalid, kLimit, kIo. Tensors of unknown types are left out.
Result<Fingerprint> make_fingerprint(const ByteSource& source);

std::vector<std::uint8_t> serialize(const Fingerprint& fingerprint);
// kInvalid with the offset and the reason; kUnsupported for a newer version. Never trusts a count before
// checking it.
Result<Fingerprint> parse_fingerprint(std::span<const std::uint8_t> bytes);

}  // namespace modelward::fingerprint
