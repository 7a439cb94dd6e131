// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/packed_elements.h"

#include <algorithm>
#include <array>
#include <vector>

#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/readers/element_layout.h"
#include "fingerprint/sketches/scaled_elements.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kWordBytes = 4;
constexpr std::uint64_t kWordBits = 32;
// Which code of a word a column is in AWQ; GPTQ has them in their order.
constexpr std::array<unsigned, 8> kAwqPlaces = {0, 4, 1, 5, 2, 6, 3, 7};

using Words = std::vector<std::uint8_t>;

Result<Words> read_words(const ByteSource& source, const PackedPart& part, std::uint64_t first,
                         std::uint64_t count) {
    Words words(count * kWordBytes);
    if (auto read = source.read(part.offset + first * kWordBytes, words); !read) return fail(read.error());
    return words;
}

std::uint32_t word(const Words& words, std::uint64_t number) {
    return load_le<std::uint32_t>(&words[number * kWordBytes]);
}

class PackedReader {
  public:
    PackedReader(const ByteSource& source, const Tensor& codes)
        : source_(source), codes_(codes), matrix_(*codes.packed()), columns_(codes.shape.extents()[1]) {}

    // Of one row, from `column` on.
    Result<void> read(std::uint64_t row, std::uint64_t column, std::span<float> into) const {
        const auto group = group_of(row);
        if (!group) return fail(group.error());
        std::vector<float> zeros(into.size());
        std::vector<float> scales(into.size());
        auto done = matrix_.layout == PackedMatrix::Layout::kGptq
                        ? read_across(row, column, into)
                        : read_along(codes_, row * columns_ + column, into);
        if (done) done = read_along(matrix_.zeros, *group * columns_ + column, zeros);
        if (done) done = read_scales(*group * columns_ + column, scales);
        if (!done) return done;
        // AutoGPTQ stores zeros less one, in as many bits. (Files of its "gptq_v2" do not; the step that is
        // then too much in all elements of a group turns a bit or two of a sketch along `in`.)
        const float one = matrix_.layout == PackedMatrix::Layout::kGptq ? 1.0F : 0.0F;
        const auto codes = static_cast<float>(1U << matrix_.bits);
        for (std::size_t i = 0; i < into.size(); ++i) {
            const float zero = zeros[i] + one == codes ? 0.0F : zeros[i] + one;
            into[i] = scales[i] * (into[i] - zero);
        }
        return {};
    }

  private:
    Result<std::uint64_t> group_of(std::uint64_t row) const {
        const std::uint64_t groups = matrix_.scales.elements / columns_;
        if (!matrix_.group_of_rows) return row / (codes_.elements / columns_ / groups);
        const auto group = read_words(source_, *matrix_.group_of_rows, row, 1);
        if (!group) return fail(group.error());
        // A group that is not there would be read beyond the scales.
        return std::min<std::uint64_t>(word(*group, 0), groups - 1);
    }

    Result<void> read_scales(std::uint64_t first, std::span<float> into) const {
        const auto& [dtype, offset, elements] = matrix_.scales;
        const Tensor scales{{}, dtype, {elements}, elements, offset, elements * info(dtype).block_bytes};
        return read_elements(source_, scales, first, into);
    }

    // `next`: the word behind it, for a code that does not fit.
    float code(std::uint32_t word, std::uint32_t next, std::uint64_t bit) const {
        const std::uint64_t both = word | std::uint64_t{next} << kWordBits;
        return static_cast<float>(both >> bit & ((1U << matrix_.bits) - 1));
    }

    bool fits(std::uint64_t bit) const { return bit + matrix_.bits <= kWordBits; }

    // Words hold rows; the next word is in the next row of words.
    Result<void> read_across(std::uint64_t row, std::uint64_t column, std::span<float> into) const {
        const std::uint64_t bit = row * matrix_.bits;
        const std::uint64_t first = bit / kWordBits * columns_ + column;
        const auto words = read_words(source_, codes_, first, into.size());
        if (!words) return fail(words.error());
        const auto next = fits(bit % kWordBits) ? Result<Words>(*words)
                                                : read_words(source_, codes_, first + columns_, into.size());
        if (!next) return fail(next.error());
        for (std::size_t i = 0; i < into.size(); ++i)
            into[i] = code(word(*words, i), word(*next, i), bit % kWordBits);
        return {};
    }

    // Words hold columns: the codes from number `first` on.
    Result<void> read_along(const PackedPart& part, std::uint64_t first, std::span<float> into) const {
        const std::uint64_t first_word = first * matrix_.bits / kWordBits;
        const std::uint64_t last_word = ((first + into.size()) * matrix_.bits - 1) / kWordBits;
        const auto words = read_words(source_, part, first_word, last_word + 1 - first_word);
        if (!words) return fail(words.error());
        for (std::size_t i = 0; i < into.size(); ++i) {
            std::uint64_t number = first + i;
            if (matrix_.layout == PackedMatrix::Layout::kAwq)
                number =
                    number / kAwqPlaces.size() * kAwqPlaces.size() + kAwqPlaces[number % kAwqPlaces.size()];
            const std::uint64_t bit = number * matrix_.bits % kWordBits;
            const std::uint64_t at = number * matrix_.bits / kWordBits - first_word;
            into[i] = code(word(*words, at), fits(bit) ? 0 : word(*words, at + 1), bit);
        }
        return {};
    }

    const ByteSource& source_;
    const Tensor& codes_;
    const PackedMatrix& matrix_;
    std::uint64_t columns_;
};

}  // namespace

Result<void> read_packed_elements(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                                  std::span<float> into) {
    if (tensor.block_scales() != nullptr) return read_block_scaled(source, tensor, first, into);
    if (tensor.row_scales() != nullptr) return read_row_scaled(source, tensor, first, into);
    const PackedReader reader(source, tensor);
    const std::uint64_t columns = tensor.shape.extents()[1];
    while (!into.empty()) {
        const std::uint64_t column = first % columns;
        const auto part = into.first(std::min<std::uint64_t>(columns - column, into.size()));
        if (auto read = reader.read(first / columns, column, part); !read) return read;
        first += part.size();
        into = into.subspan(part.size());
    }
    return {};
}

}  // namespace modelward::fingerprint
