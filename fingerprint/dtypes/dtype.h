// SPDX-License-Identifier: Apache-2.0
// Element types of tensors: how many bytes a block of elements takes, and how to turn blocks into floats.
//
// A plain type is a block of one element. A quantised type packs `block_elements` elements into `block_bytes`
// bytes. One file of this folder holds one family; dtype.cc holds the table. The block layouts are those that
// the GGUF format publishes; all multi-byte values are little-endian.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace modelward::fingerprint {

enum class DType : std::uint8_t {
    kF64,
    kF32,
    kF16,
    kBF16,
    kF8E4M3,
    kF8E5M2,
    kI8,
    kU8,
    kQ4_0,
    kQ4_1,
    kQ5_0,
    kQ5_1,
    kQ8_0,
    kQ2_K,
    kQ3_K,
    kQ4_K,
    kQ5_K,
    kQ6_K,
    kQ8_1,
    kQ8_K,
    kIQ4_NL,
    kIQ4_XS,
    kMXFP4,
    kTQ1_0,
    kTQ2_0,
    kIQ2_XXS,  // these five approximately: signs and scales, of the magnitudes a part (quants_by_codebook.cc)
    kIQ2_XS,
    kIQ2_S,
    kIQ3_XXS,
    kIQ3_S,
    kF8E4M3FNUZ,
    kF8E5M2FNUZ,
    kU4,  // codes of a packed matrix (readers/packed_matrix.h); no file names these five
    kU3,
    kU2,
    kNF4,  // codes of bitsandbytes (readers/bitsandbytes.h), the upper half of a byte first
    kFP4,
    // Known by size only: a file with such tensors is read, the tensors carry no evidence. IQ1_S and IQ1_M
    // have no signs outside their codebook of 2,048 vectors, which would have to be copied; F8_E8M0 holds
    // scales, not weights.
    kBool,
    kI16,
    kU16,
    kI32,
    kU32,
    kI64,
    kU64,
    kIQ1_S,
    kIQ1_M,
    kC64,
    kC128,
    kF8E8M0,
    kCount,
};

// Turns whole blocks into floats: `bytes` holds n * block_bytes, `into` takes n * block_elements. Any bytes
// are accepted; the floats may be infinite or NaN.
using Decode = void (*)(std::span<const std::uint8_t> bytes, std::span<float> into);

struct DTypeInfo {
    std::string_view name;
    std::uint32_t block_elements;
    std::uint32_t block_bytes;
    Decode decode;  // null: elements of this type cannot be turned into floats
};

const DTypeInfo& info(DType dtype);

// The largest block of any type, in elements and in bytes. Sample runs are aligned to it.
inline constexpr std::uint32_t kMaxBlockElements = 256;
inline constexpr std::uint32_t kMaxBlockBytes = 292;

}  // namespace modelward::fingerprint
