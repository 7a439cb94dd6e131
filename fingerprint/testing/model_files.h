// SPDX-License-Identifier: Apache-2.0
// Builds safetensors and GGUF files in memory, sound ones and broken ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

struct StoredTensor {
    std::string name;
    std::string dtype;                 // as safetensors names it, or as GGUF does: "F32", "Q8_0"
    std::vector<std::uint64_t> shape;  // outermost first
    Bytes data;
};

// A header of the given length field, text and data, whatever they say.
Bytes raw_safetensors(std::uint64_t length, std::string_view header, const Bytes& data);
Bytes raw_safetensors(std::string_view header, const Bytes& data);
Bytes safetensors_file(const std::vector<StoredTensor>& tensors);

// Appends little-endian fields; a GGUF header is written field by field where a test breaks it.
class GgufWriter {
  public:
    explicit GgufWriter(std::uint32_t version = 3);
    GgufWriter& u8(std::uint8_t value);
    GgufWriter& u32(std::uint32_t value);
    GgufWriter& u64(std::uint64_t value);
    GgufWriter& size(std::uint64_t value);  // 32 bits in version 1
    GgufWriter& text(std::string_view value);
    GgufWriter& info(std::string_view name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
                     std::uint64_t offset);
    GgufWriter& align(std::size_t alignment = 32);
    GgufWriter& data(const Bytes& bytes);
    const Bytes& bytes() const { return bytes_; }

  private:
    std::uint32_t version_;
    Bytes bytes_;
};

Bytes gguf_file(const std::vector<StoredTensor>& tensors, std::uint32_t version = 3);

}  // namespace modelward::fingerprint::testing
