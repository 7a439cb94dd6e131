// SPDX-License-Identifier: Apache-2.0
// Weights that bitsandbytes quantised, as transformers saves them. Several tensors of one table stand for a
// weight; its elements lie in the order of its shape.
//
// 4 bits (NF4, FP4): an element is value[code] * scale, with a scale for each block of elements.
//
//   NAME            any type   two codes a byte, the first in the upper bits; [bytes, 1]
//   NAME.quant_map  float32    [16], the values
//   NAME.absmax     float32    the scales, or their codes, uint8; then with
//     NAME.nested_quant_map  float32  [256], and
//     NAME.nested_absmax     float32  a scale for each block of scales
//   NAME.quant_state.bitsandbytes__nf4 or __fp4   uint8   JSON: shape, blocksize, and of codes of scales
//     nested_blocksize and nested_offset, which is added to each
//
// 8 bits: NAME.weight, int8, [out, in], with NAME.SCB, float32, [out]: an element is code * scale of its row;
// that 127 of a code are 1 is left out.
//
// https://github.com/bitsandbytes-foundation/bitsandbytes: QuantState of functional.py; nn/modules.py
#pragma once

#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Where what belongs to the codes begins in the file.
struct BlockScales {
    std::uint64_t values;
    std::uint64_t scales;
    std::uint64_t nested_values = 0;
    std::uint64_t nested_scales = 0;
    std::uint32_t block = 0;         // elements
    std::uint32_t nested_block = 0;  // scales, where they are codes; zero: they are floats
    float nested_offset = 0;
};

struct RowScales {
    std::uint64_t scales;  // as many as the outermost extent
};

// Longer ones are not read; those that are written have 200 bytes. Nor are more of them, for the memory that
// BlockScales take; a model of 128 experts in 48 layers has 18,432 matrices.
inline constexpr std::uint64_t kMaxQuantStateBytes = 4096;
inline constexpr std::size_t kMaxQuantStates = 1U << 15;

// From names, types and shapes alone. What has 8 bits is known whole. What has 4 gets the type of its codes,
// and since the JSON lies among the tensors' data, a shape of [blocks, elements of a block] (the last block
// must be whole): that is enough for a sketch of the tensor. What does not fit is left as it is. The table is
// settled before and after.
void find_bitsandbytes(TensorTable& table);

// Where the tensors' data can be read: gives each that has 4 bits its shape and what is needed to read its
// elements. One whose JSON does not fit is left as it is, and so are all after kMaxQuantStates.
void read_quant_states(const ByteSource& source, TensorTable& table);

}  // namespace modelward::fingerprint
