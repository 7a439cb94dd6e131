// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/elements.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <vector>

#include "fingerprint/sketches/chunk_source.h"
#include "fingerprint/sketches/packed_elements.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kHeldBytes = 256 * 1024;  // of rows that are read at once

}  // namespace

Result<void> read_elements(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                           std::span<float> into) {
    const DTypeInfo& type = info(tensor.dtype);
    assert(type.decode != nullptr && first + into.size() <= tensor.elements);
    if (into.empty()) return {};
    if (tensor.is_packed()) return read_packed_elements(source, tensor, first, into);
    if (tensor.chunked() != nullptr) {
        const ChunkSource chunks(source, tensor);
        return read_elements(chunks, chunks.tensor(), first, into);
    }
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

ChosenElements::ChosenElements(const ByteSource& source, const Tensor& tensor, std::uint64_t row_elements,
                               std::span<const std::uint64_t> chosen)
    : source_(source), tensor_(tensor), row_elements_(row_elements), chosen_(chosen), picked_(chosen.size()) {
    assert(tensor.chunked() == nullptr);
}

Result<void> ChosenElements::pick(std::uint64_t row, std::uint64_t end) {
    const DTypeInfo& type = info(tensor_.dtype);
    assert(type.decode != nullptr);
    if (tensor_.is_packed()) return pick_packed(row);
    if (row >= held_until_)
        if (auto read = hold(row, end); !read) return read;
    const std::uint64_t begin = row * row_elements_;
    std::optional<std::uint64_t> in_hand;  // the block that is decoded
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
        const std::uint64_t block = (begin + chosen_[i]) / type.block_elements;
        if (block != in_hand) {
            const auto encoded = std::span<const std::uint8_t>(held_).subspan(
                (block - held_block_) * type.block_bytes, type.block_bytes);
            type.decode(encoded, decoded_);
            in_hand = block;
        }
        picked_[i] = decoded_[(begin + chosen_[i]) % type.block_elements];
    }
    return {};
}

Result<void> ChosenElements::hold(std::uint64_t row, std::uint64_t end) {
    const DTypeInfo& type = info(tensor_.dtype);
    const std::uint64_t row_bytes = row_elements_ / type.block_elements * type.block_bytes;
    const std::uint64_t rows =
        std::clamp<std::uint64_t>(kHeldBytes / std::max<std::uint64_t>(row_bytes, 1), 1, end - row);
    held_until_ = row + rows;
    held_block_ = (row * row_elements_ + chosen_.front()) / type.block_elements;
    const std::uint64_t last = ((held_until_ - 1) * row_elements_ + chosen_.back()) / type.block_elements;
    held_.resize((last + 1 - held_block_) * type.block_bytes);
    decoded_.resize(type.block_elements);
    return source_.read(tensor_.offset + held_block_ * type.block_bytes, held_);
}

// Its codes are read in words, whole rows or columns of them.
Result<void> ChosenElements::pick_packed(std::uint64_t row) {
    decoded_.resize(chosen_.back() + 1 - chosen_.front());
    if (auto read = read_packed_elements(source_, tensor_, row * row_elements_ + chosen_.front(), decoded_);
        !read)
        return read;
    for (std::size_t i = 0; i < chosen_.size(); ++i)
        picked_[i] = decoded_[chosen_[i] - chosen_.front()];
    return {};
}

}  // namespace modelward::fingerprint
