// SPDX-License-Identifier: Apache-2.0
// The sketches of rows and columns that a registered artifact keeps, and those that a file is asked for.
//
// An artifact keeps one vector for each 1,024 elements along each axis of each eligible tensor, at least 32
// and at most 256; of a file, the 16 largest eligible tensors are asked for 128 vectors along each axis, and
// fewer tensors for more; in a sampled look every second of the 16, which is half of what the look costs. The
// two choices are independent of each other, since a permuted, cut or stacked matrix has its rows elsewhere:
// of a matrix of 4,096 rows, 128 that are asked meet 256 that are kept 8 times on average. Of a tensor of
// three dimensions or more there may be a third kind of vectors (matrix_view.h).
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/rows/read_vectors.h"

namespace modelward::fingerprint {

inline constexpr std::size_t kAskedTensors = 16;
inline constexpr std::size_t kAskedTensorsSampled = 8;

// Whether rows or columns of a file's tensor may be evidence. Those of one that runs along a vocabulary are
// not.
bool may_have_evidence(const Tensor& tensor);

// What an artifact keeps of one tensor; `number` is its place in Fingerprint::tensors. Appends nothing for
// axes that are no evidence.
Result<void> keep_vectors(const ByteSource& source, const Tensor& tensor, std::uint32_t number,
                          std::vector<VectorSketches>& into);

// What is asked of one of `tensors` tensors of a file, of which at most `most` are asked: every kind,
// evidence or not (the artifact's side decides that).
Result<std::vector<VectorSketches>> ask_vectors(const ByteSource& source, const Tensor& tensor,
                                                std::size_t tensors, std::size_t most = kAskedTensors);

}  // namespace modelward::fingerprint
