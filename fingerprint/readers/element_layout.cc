// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/element_layout.h"

namespace modelward::fingerprint {
namespace {

template <typename Kind>
const Kind* layout_of(const Tensor& tensor) {
    return tensor.layout ? std::get_if<Kind>(&tensor.layout->kind) : nullptr;
}

}  // namespace

const PackedMatrix* Tensor::packed() const {
    return layout_of<PackedMatrix>(*this);
}

const BlockScales* Tensor::block_scales() const {
    return layout_of<BlockScales>(*this);
}

const RowScales* Tensor::row_scales() const {
    return layout_of<RowScales>(*this);
}

bool Tensor::is_packed() const {
    return layout && chunked() == nullptr;
}

const ChunkedData* Tensor::chunked() const {
    return layout_of<ChunkedData>(*this);
}

void shift(Tensor& tensor, std::uint64_t bytes) {
    tensor.offset += bytes;
    if (tensor.packed() != nullptr) {
        PackedMatrix matrix = *tensor.packed();
        matrix.zeros.offset += bytes;
        matrix.scales.offset += bytes;
        if (matrix.group_of_rows) matrix.group_of_rows->offset += bytes;
        tensor.layout = element_layout(matrix);
    } else if (tensor.block_scales() != nullptr) {
        BlockScales blocks = *tensor.block_scales();
        for (std::uint64_t* part :
             {&blocks.values, &blocks.scales, &blocks.nested_values, &blocks.nested_scales})
            *part += bytes;
        tensor.layout = element_layout(blocks);
    } else if (tensor.row_scales() != nullptr) {
        tensor.layout = element_layout(RowScales{tensor.row_scales()->scales + bytes});
    }
}

}  // namespace modelward::fingerprint
