// SPDX-License-Identifier: Apache-2.0
// Whole small models for tests: six matrices, a bias and a constant buffer, in the formats and types that
// tests need.
#pragma once

#include "fingerprint/testing/model_files.h"

namespace modelward::fingerprint::testing {

// A matrix of a small model, for tests that rearrange it.
struct Matrix {
    std::vector<float> values;
    std::uint64_t rows;
    std::uint64_t columns;
};
inline constexpr std::uint64_t kSmallMatrices = 6;
Matrix small_matrix(std::uint64_t seed, std::uint64_t layer);
Matrix transposed(const Matrix& matrix);
// The rows from `first` on, `count` of them.
Matrix rows_of(const Matrix& matrix, std::uint64_t first, std::uint64_t count);
// The rows of `top`, then those of `bottom`, which are as long.
Matrix stacked(const Matrix& top, const Matrix& bottom);
Bytes safetensors_of(const std::vector<Matrix>& matrices);  // F32

using Encode = Bytes (*)(std::span<const float>);

// The tensors of the model that `seed` stands for, as `dtype`; matrices are [64, 256].
std::vector<StoredTensor> small_model(std::uint64_t seed, const std::string& dtype, Encode encode);

Bytes small_safetensors(std::uint64_t seed);  // F32
Bytes small_gguf_f16(std::uint64_t seed);
Bytes small_gguf_q8_0(std::uint64_t seed);
Bytes small_gguf_q4_k(std::uint64_t seed);

}  // namespace modelward::fingerprint::testing
