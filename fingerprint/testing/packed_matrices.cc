// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/packed_matrices.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {
namespace {

constexpr std::uint64_t kCodesAWord = 8;
constexpr std::array<std::uint64_t, kCodesAWord> kInOrder = {0, 1, 2, 3, 4, 5, 6, 7};
constexpr std::array<std::uint64_t, kCodesAWord> kAwqOrder = {0, 2, 4, 6, 1, 3, 5, 7};

using Codes = std::vector<std::uint32_t>;  // a matrix, row by row

struct Quantised {
    Codes codes;                // [in, out]
    Codes zeros;                // [groups, out]
    std::vector<float> scales;  // [groups, out]
};

Quantised quantise(const Matrix& weight, std::uint64_t group) {
    const std::uint64_t out = weight.rows;
    const std::uint64_t in = weight.columns;
    Quantised made{Codes(in * out), Codes(in / group * out), std::vector<float>(in / group * out)};
    for (std::uint64_t row = 0; row < out; ++row) {
        for (std::uint64_t first = 0; first < in; first += group) {
            const auto values = std::span(weight.values).subspan(row * in + first, group);
            const float least = std::min(0.0F, std::ranges::min(values));
            const float scale = (std::max(0.0F, std::ranges::max(values)) - least) / 15;
            const auto zero = static_cast<int>(std::lround(-least / scale));
            made.scales[first / group * out + row] = scale;
            made.zeros[first / group * out + row] = static_cast<std::uint32_t>(zero);
            for (std::uint64_t i = 0; i < group; ++i) {
                const int code = std::clamp(static_cast<int>(std::lround(values[i] / scale)) + zero, 0, 15);
                made.codes[(first + i) * out + row] = static_cast<std::uint32_t>(code);
            }
        }
    }
    return made;
}

// Eight columns to a word: the code in place i, from the lowest bits, is that of column order[i].
Bytes pack_columns(const Codes& codes, const std::array<std::uint64_t, kCodesAWord>& order) {
    Bytes packed;
    for (std::uint64_t first = 0; first < codes.size(); first += kCodesAWord) {
        std::uint32_t word = 0;
        for (std::uint64_t i = 0; i < kCodesAWord; ++i)
            word |= codes[first + order[i]] << (4 * i);
        append_number(packed, word);
    }
    return packed;
}

// Eight rows to a word.
Bytes pack_rows(const Codes& codes, std::uint64_t columns) {
    Bytes packed;
    for (std::uint64_t first = 0; first < codes.size(); first += kCodesAWord * columns) {
        for (std::uint64_t column = 0; column < columns; ++column) {
            std::uint32_t word = 0;
            for (std::uint64_t i = 0; i < kCodesAWord; ++i)
                word |= codes[first + i * columns + column] << (4 * i);
            append_number(packed, word);
        }
    }
    return packed;
}

}  // namespace

std::vector<StoredTensor> packed_tensors(const std::string& name, const Matrix& weight, Packing packing,
                                         std::uint64_t group) {
    const std::uint64_t out = weight.rows;
    const std::uint64_t in = weight.columns;
    Quantised made = quantise(weight, group);
    const StoredTensor scales{name + ".scales", "F16", {in / group, out}, encode_f16(made.scales)};
    if (packing == Packing::kAwq) {
        return {
            {name + ".qweight", "I32", {in, out / kCodesAWord}, pack_columns(made.codes, kAwqOrder)},
            {name + ".qzeros", "I32", {in / group, out / kCodesAWord}, pack_columns(made.zeros, kAwqOrder)},
            scales};
    }
    for (std::uint32_t& zero : made.zeros)
        zero = (zero - 1) & 15;  // as AutoGPTQ does
    Bytes groups;
    for (std::uint64_t row = 0; row < in; ++row)
        append_number(groups, static_cast<std::uint32_t>(row / group));
    return {{name + ".qweight", "I32", {in / kCodesAWord, out}, pack_rows(made.codes, out)},
            {name + ".qzeros", "I32", {in / group, out / kCodesAWord}, pack_columns(made.zeros, kInOrder)},
            scales,
            {name + ".g_idx", "I32", {in}, groups}};
}

std::vector<StoredTensor> small_packed_model(std::uint64_t seed, Packing packing) {
    std::vector<StoredTensor> tensors;
    for (std::uint64_t layer = 0; layer < kSmallMatrices; ++layer) {
        const auto packed =
            packed_tensors("layer." + std::to_string(layer), small_matrix(seed, layer), packing, 64);
        tensors.insert(tensors.end(), packed.begin(), packed.end());
    }
    return tensors;
}

}  // namespace modelward::fingerprint::testing
