// SPDX-License-Identifier: Apache-2.0
// Tensors for tests: deterministic values, and plain encoders into the types that tests convert between.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace modelward::fingerprint::testing {

using Bytes = std::vector<std::uint8_t>;

// Values that look learnt: normal with a standard deviation of 0.02, different for each seed.
std::vector<float> weights(std::uint64_t seed, std::size_t count);

// Bytes without structure.
Bytes noise_bytes(std::uint64_t seed, std::size_t count);

Bytes encode_f32(std::span<const float> values);
Bytes encode_f16(std::span<const float> values);
Bytes encode_bf16(std::span<const float> values);
Bytes encode_q8_0(std::span<const float> values);  // a multiple of 32 values
Bytes encode_q4_k(std::span<const float> values);  // a multiple of 256 values

}  // namespace modelward::fingerprint::testing
