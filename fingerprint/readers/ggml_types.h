// SPDX-License-Identifier: Apache-2.0
// The numbers by which ggml's files name the types of elements.
// https://github.com/ggml-org/ggml/blob/master/include/ggml.h, ggml_type
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "fingerprint/dtypes/dtype.h"

namespace modelward::fingerprint {

// Indexed by the number; kCount marks those that were withdrawn.
inline constexpr std::array kGgmlTypes = {
    DType::kF32,     DType::kF16,   DType::kQ4_0,   DType::kQ4_1,  DType::kCount,   DType::kCount,
    DType::kQ5_0,    DType::kQ5_1,  DType::kQ8_0,   DType::kQ8_1,  DType::kQ2_K,    DType::kQ3_K,
    DType::kQ4_K,    DType::kQ5_K,  DType::kQ6_K,   DType::kQ8_K,  DType::kIQ2_XXS, DType::kIQ2_XS,
    DType::kIQ3_XXS, DType::kIQ1_S, DType::kIQ4_NL, DType::kIQ3_S, DType::kIQ2_S,   DType::kIQ4_XS,
    DType::kI8,      DType::kI16,   DType::kI32,    DType::kI64,   DType::kF64,     DType::kIQ1_M,
    DType::kBF16,    DType::kCount, DType::kCount,  DType::kCount, DType::kTQ1_0,   DType::kTQ2_0,
    DType::kCount,   DType::kCount, DType::kCount,  DType::kMXFP4,
};

constexpr std::optional<DType> ggml_type(std::uint32_t number) {
    if (number >= kGgmlTypes.size() || kGgmlTypes[number] == DType::kCount) return std::nullopt;
    return kGgmlTypes[number];
}

}  // namespace modelward::fingerprint
