// SPDX-License-Identifier: Apache-2.0
// A tensor as a matrix: its rows lie one after the other in storage, and its columns run across them.
//
// The innermost dimension is the row; where it is short, as a convolution's 3 x 3 kernel is, the next outer
// ones join it until a row has kLeastVector elements. What is done to outer dimensions (stacking layers,
// fusing projections, giving each card its share, adding words to a vocabulary) moves rows about and leaves
// each whole.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace modelward::fingerprint {

inline constexpr std::uint64_t kLeastVector = 64;

struct MatrixView {
    std::uint64_t rows;
    std::uint64_t columns;  // the length of a row
};

// `shape` is outermost first, its product below 2^63. Nothing when it has not two rows of kLeastVector
// elements.
std::optional<MatrixView> matrix_view(const std::vector<std::uint64_t>& shape);

// The outermost dimension that is not 1 as rows, all others as columns, where that is another view and has 64
// rows: its columns are along the dimension that other formats have inside or elsewhere. A convolution of
// out x in x height x width (ONNX, PyTorch), out x height x width x in (TFLite) and height x width x in x out
// (TensorFlow) has vectors along `out` in each of them.
std::optional<MatrixView> outer_view(const std::vector<std::uint64_t>& shape);

// Which vectors of a registered matrix are evidence: `count` vectors of `length` elements. Long vectors of
// which there are few run along a vocabulary, and unrelated models that share a tokenizer agree in them: how
// rare a word is shows in every one.
bool are_evidence(std::uint64_t length, std::uint64_t count);

// Whether vectors of a file's matrix may come from a registered one that is. Looser: a share of a matrix has
// few rows.
bool may_be_evidence(std::uint64_t length, std::uint64_t count);

}  // namespace modelward::fingerprint
