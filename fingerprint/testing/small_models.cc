// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/small_models.h"

namespace modelward::fingerprint::testing {

std::vector<StoredTensor> small_model(std::uint64_t seed, const std::string& dtype, Encode encode) {
    std::vector<StoredTensor> tensors;
    for (std::uint64_t layer = 0; layer < 6; ++layer) {
        const auto values = weights(seed * 1000 + layer, std::size_t{64} * 256);
        tensors.push_back({"layer." + std::to_string(layer), dtype, {64, 256}, encode(values)});
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
