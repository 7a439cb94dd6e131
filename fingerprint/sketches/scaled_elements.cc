// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/scaled_elements.h"

#include <array>
#include <vector>

#include "fingerprint/readers/element_layout.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kCodesOfScales = 256;
constexpr std::size_t kCodes = 16;

// Of a type that has an element in a block.
Result<void> read_list(const ByteSource& source, DType dtype, std::uint64_t offset, std::uint64_t first,
                       std::span<float> into) {
    const DTypeInfo& type = info(dtype);
    std::vector<std::uint8_t> bytes(into.size() * type.block_bytes);
    if (auto read = source.read(offset + first * type.block_bytes, bytes); !read) return read;
    type.decode(bytes, into);
    return {};
}

// Codes as floats, of which the list at `values` says what they stand for.
template <std::size_t Count>
Result<void> look_up(const ByteSource& source, std::uint64_t values, std::span<float> codes) {
    std::array<float, Count> value{};
    if (auto read = read_list(source, DType::kF32, values, 0, value); !read) return read;
    for (float& code : codes)
        code = value[static_cast<std::size_t>(code) % Count];
    return {};
}

// Those of the blocks from `first` on.
Result<void> read_scales(const ByteSource& source, const BlockScales& blocks, std::uint64_t first,
                         std::span<float> into) {
    if (blocks.nested_block == 0) return read_list(source, DType::kF32, blocks.scales, first, into);
    if (auto read = read_list(source, DType::kU8, blocks.scales, first, into); !read) return read;
    if (auto found = look_up<kCodesOfScales>(source, blocks.nested_values, into); !found) return found;
    const std::uint64_t first_block = first / blocks.nested_block;
    std::vector<float> scales((first + into.size() - 1) / blocks.nested_block + 1 - first_block);
    if (auto read = read_list(source, DType::kF32, blocks.nested_scales, first_block, scales); !read)
        return read;
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = into[i] * scales[(first + i) / blocks.nested_block - first_block] + blocks.nested_offset;
    return {};
}

}  // namespace

Result<void> read_block_scaled(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                               std::span<float> into) {
    const BlockScales& blocks = *tensor.block_scales();
    std::vector<std::uint8_t> bytes((first + into.size() - 1) / 2 + 1 - first / 2);
    if (auto read = source.read(tensor.offset + first / 2, bytes); !read) return read;
    for (std::size_t i = 0; i < into.size(); ++i) {
        const std::uint64_t element = first + i;
        const unsigned byte = bytes[element / 2 - first / 2];
        into[i] = static_cast<float>(element % 2 == 0 ? byte >> 4 : byte & 0xFU);
    }
    if (auto found = look_up<kCodes>(source, blocks.values, into); !found) return found;
    const std::uint64_t first_block = first / blocks.block;
    std::vector<float> scales((first + into.size() - 1) / blocks.block + 1 - first_block);
    if (auto read = read_scales(source, blocks, first_block, scales); !read) return read;
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] *= scales[(first + i) / blocks.block - first_block];
    return {};
}

Result<void> read_row_scaled(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                             std::span<float> into) {
    const std::uint64_t row_elements = tensor.elements / tensor.shape.extents()[0];
    const std::uint64_t first_row = first / row_elements;
    std::vector<float> scales((first + into.size() - 1) / row_elements + 1 - first_row);
    if (auto read = read_list(source, DType::kF32, tensor.row_scales()->scales, first_row, scales); !read)
        return read;
    if (auto read = read_list(source, tensor.dtype, tensor.offset, first, into); !read) return read;
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] *= scales[(first + i) / row_elements - first_row];
    return {};
}

}  // namespace modelward::fingerprint
