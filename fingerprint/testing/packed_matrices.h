// SPDX-License-Identifier: Apache-2.0
// Quantises matrices to 4 bits as AutoGPTQ and AutoAWQ store them, by rounding to the nearest code.
#pragma once

#include <string>

#include "fingerprint/testing/small_models.h"

namespace modelward::fingerprint::testing {

enum class Packing { kGptq, kAwq };

// NAME.qweight, NAME.qzeros, NAME.scales and, of GPTQ, NAME.g_idx. The weight is [out, in]; `group` of its
// columns share a scale and a zero in each row and divide them; rows and columns are multiples of 8.
std::vector<StoredTensor> packed_tensors(const std::string& name, const Matrix& weight, Packing packing,
                                         std::uint64_t group);

// All matrices of the small model that `seed` stands for.
std::vector<StoredTensor> small_packed_model(std::uint64_t seed, Packing packing);

}  // namespace modelward::fingerprint::testing
