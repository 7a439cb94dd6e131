// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/elements.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "fingerprint/sketches/packed_elements.h"

namespace modelward::fingerprint {

Result<void> read_elements(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                           std::span<float> into) {
    const DTypeInfo& type = info(tensor.dtype);
    assert(type.decode != nullptr && first + into.size() <= tensor.elements);
    if (into.empty()) return {};
    if (tensor.packed) return read_packed_elements(source, tensor, first, into);
    const std::uint64_t first_block = first / type.block_elements;
    const std::uint64_t blocks = (first + into.size() - 1) / type.block_elements + 1 - first_block;
    std::vector<std::uint8_t> encoded(blocks * type.block_bytes);
    if (auto read = source.read(tensor.offset + first_block * type.block_bytes, encoded); !read) return read;
    std::vector<float> decoded(blocks * type.block_elements);
    type.decode(encoded, decoded);
    std::ranges::copy_n(
        decoded.begin() + static_cast<std::ptrdiff_t>(first - first_block * type.block_elements),
        static_cast<std::ptrdiff_t>(into.size()), into.begin());
    return {};
}

}  // namespace modelward::fingerprint
