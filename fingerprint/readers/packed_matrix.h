// SPDX-License-Identifier: Apache-2.0
// Matrices that GPTQ or AWQ quantised, as AutoGPTQ and AutoAWQ write them. Several tensors of one table stand
// for a matrix of [in, out], which is the transpose of the model's weight; in groups of consecutive or listed
// rows, each column has a scale and a zero of its own. An element is scale * (code - zero).
//
//   NAME.qweight  int32  the codes, 32 / bits of them in a word; of 3 bits, 32 of them in three words
//   NAME.qzeros   int32  [groups, out * bits / 32], the zeros as codes
//   NAME.scales   float  [groups, out]
//   NAME.g_idx    int32  [in], the group of each row; without it all groups have as many rows
//
// GPTQ (2, 3, 4 or 8 bits): qweight is [in * bits / 32, out], a word holds rows of one column. AWQ (4 bits):
// qweight is [in, out / 8], a word holds columns of one row in an order of its own. In a word the first code
// is in the lowest bits; one that does not fit has its upper bits in the next word.
// https://github.com/AutoGPTQ/AutoGPTQ, https://github.com/casper-hansen/AutoAWQ
#pragma once

#include <optional>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// What belongs to it, as far as reading needs it: a file may have 65,536 of these matrices.
struct PackedPart {
    DType dtype;
    std::uint64_t offset;
    std::uint64_t elements;

    PackedPart(const Tensor& tensor)
        : dtype(tensor.dtype), offset(tensor.offset), elements(tensor.elements) {}
};

struct PackedMatrix {
    enum class Layout : std::uint8_t { kGptq, kAwq };
    Layout layout;
    unsigned bits;
    PackedPart zeros;
    PackedPart scales;                        // as many for each group as the matrix has columns
    std::optional<PackedPart> group_of_rows;  // NAME.g_idx
};

// Gives each NAME.qweight whose companions are there and of fitting types and shapes the shape [in, out], the
// type of its codes, and what is needed to read it. All else is left as it is. The table is settled before
// and after.
void find_packed_matrices(TensorTable& table);

}  // namespace modelward::fingerprint
