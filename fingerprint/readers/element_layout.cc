// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/element_layout.h"

namespace modelward::fingerprint {

const PackedMatrix* Tensor::packed() const {
    return layout ? std::get_if<PackedMatrix>(&layout->kind) : nullptr;
}

const ChunkedData* Tensor::chunked() const {
    return layout ? std::get_if<ChunkedData>(&layout->kind) : nullptr;
}

}  // namespace modelward::fingerprint
