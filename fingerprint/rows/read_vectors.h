// SPDX-License-Identifier: Apache-2.0
// Reads rows and columns of a tensor, as far as their sketches need them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/rows/matrix_view.h"
#include "fingerprint/rows/vector_sketch.h"

namespace modelward::fingerprint {

enum class Axis : std::uint8_t { kRows = 0, kColumns = 1 };

// `count` numbers below `of`, or all of them, spread evenly with a jitter that depends on `of` and `salt`;
// ascending.
std::vector<std::uint64_t> spread(std::uint64_t of, std::size_t count, std::uint64_t salt);

// The sketches of those of the chosen vectors that are evidence, in the order of `chosen` (which ascends).
// For columns, whole rows are read, at most kMostVectorElements of them and each no longer than kMostRowRead
// elements; of a tensor whose rows are longer no columns are sketched, nor of one whose rows run through more
// chunks than are held: each row would decode them all. Errors: as read_samples().
Result<std::vector<VectorSketch>> sketch_vectors(const ByteSource& source, const Tensor& tensor,
                                                 MatrixView view, Axis axis,
                                                 std::span<const std::uint64_t> chosen);

inline constexpr std::uint64_t kMostRowRead = 1U << 14;

}  // namespace modelward::fingerprint
