// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/small_models.h"

namespace modelward::fingerprint::testing {

Matrix small_matrix(std::uint64_t seed, std::uint64_t layer) {
    return {weights(seed * 1000 + layer, std::size_t{64} * 256), 64, 256};
}

Matrix transposed(const Matrix& matrix) {
    Matrix turned{std::vector<float>(matrix.values.size()), matrix.columns, matrix.rows};
    for (std::uint64_t row = 0; row < matrix.rows; ++row) {
        for (std::uint64_t column = 0; column < matrix.columns; ++column)
            turned.values[column * matrix.rows + row] = matrix.values[row * matrix.columns + column];
    }
    return turned;
}

Matrix rows_of(const Matrix& matrix, std::uint64_t first, std::uint64_t count) {
    const auto begin = matrix.values.begin() + static_cast<std::ptrdiff_t>(first * matrix.columns);
    return {std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(count * matrix.columns)), count,
            matrix.columns};
}

Matrix stacked(const Matrix& top, const Matrix& bottom) {
    Matrix both{top.values, top.rows + bottom.rows, top.columns};
    both.values.insert(both.values.end(), bottom.values.begin(), bottom.values.end());
    return both;
}

Bytes safetensors_of(const std::vector<Matrix>& matrices) {
    std::vector<StoredTensor> tensors;
    for (const Matrix& matrix : matrices) {
        tensors.push_back({"matrix." + std::to_string(tensors.size()),
                           "F32",
                           {matrix.rows, matrix.columns},
                           encode_f32(matrix.values)});
    }
    return safetensors_file(tensors);
}

std::vector<StoredTensor> small_model(std::uint64_t seed, const std::string& dtype, Encode encode) {
    std::vector<StoredTensor> tensors;
    for (std::uint64_t layer = 0; layer < kSmallMatrices; ++layer) {
        const Matrix matrix = small_matrix(seed, layer);
        tensors.push_back(
            {"layer." + std::to_string(layer), dtype, {matrix.rows, matrix.columns}, encode(matrix.values)});
    }
    tensors.push_back({"bias", "F32", {2048}, encode_f32(weights(seed * 1000 + 99, 2048))});
    tensors.push_back({"ones", "F32", {64, 64}, encode_f32(std::vector<float>(4096, 1.0F))});
    return tensors;
}

Bytes small_safetensors(std::uint64_t seed) {
    return safetensors_file(small_model(seed, "F32", encode_f32));
}
Bytes small_gguf_f16(std::uint64_t seed) {
    return gguf_file(small_model(seed, "F16", encode_f16));
}
Bytes small_gguf_q8_0(std::uint64_t seed) {
    return gguf_file(small_model(seed, "Q8_0", encode_q8_0));
}
Bytes small_gguf_q4_k(std::uint64_t seed) {
    return gguf_file(small_model(seed, "Q4_K", encode_q4_k));
}

}  // namespace modelward::fingerprint::testing
