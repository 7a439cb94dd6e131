// SPDX-License-Identifier: Apache-2.0
// Which elements of a tensor are looked at, and reading them.
//
// The positions depend on the number of elements only, so the same tensor in another element type, name or
// order of dimensions gives the same elements. Sixteen runs of 256 elements, one in each sixteenth of the
// tensor, aligned to 256 so that no block of any quantised type is cut; every fourth element of a run is
// kept: 1,024 samples from at most 16 reads, whatever the tensor's size. Tensors of fewer than 4,096 elements
// give their first 1,024. docs/fingerprint-format.md specifies the positions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

inline constexpr std::size_t kSamples = 1024;
inline constexpr std::size_t kRunElements = 256;
inline constexpr std::uint64_t kLeastElements = kSamples;

using Samples = std::array<float, kSamples>;

// First elements of the runs, ascending. `elements` must be at least kLeastElements.
std::vector<std::uint64_t> run_starts(std::uint64_t elements);

// Reads the samples; of a packed matrix (readers/packed_matrix.h) its codes as they lie in the file, since
// scales and zeros lie elsewhere and a stream passes by once: they find the same packed file again, and its
// rows and columns find the model that was packed. What bitsandbytes quantised has its elements in order, so
// that codes are near the weights; scales are read where they are known. The tensor must have a decodable
// type and at least kLeastElements elements. Errors are those of the source, and of a chunked tensor those of
// ChunkSource.
Result<Samples> read_samples(const ByteSource& source, const Tensor& tensor);

}  // namespace modelward::fingerprint
