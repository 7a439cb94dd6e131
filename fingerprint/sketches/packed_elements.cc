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
// Which code of a word a column is in AWQ; GPTQ has them in their order.
constexpr std::array<unsigned, 8> kAwqPlaces = {0, 4, 1, 5, 2, 6, 3, 7};

using Words = std::vector<std::uint8_t>;

Result<Words> read_words(const ByteSource& source, const PackedPart& part, std::uint64_t first,
                         std::uint64_t count) {
    Words words(count * kWordBytes);
    if (auto read = source.read(part.offset + first * kWordBytes, words); !read) return fail(read.error());
    return words;
}

class PackedReader {
  public:
    PackedReader(const ByteSource& source, const Tensor& codes)
        : source_(source),
          codes_(codes),
          matrix_(*codes.packed()),
          columns_(codes.shape.extents()[1]),
          codes_a_word_(32 / matrix_.bits) {}

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
        const auto word = read_words(source_, *matrix_.group_of_rows, row, 1);
        if (!word) return fail(word.error());
        // A group that is not there would be read beyond the scales.
        return std::min<std::uint64_t>(load_le<std::uint32_t>(word->data()), groups - 1);
    }

    Result<void> read_scales(std::uint64_t first, std::span<float> into) const {
        const auto& [dtype, offset, elements] = matrix_.scales;
        const Tensor scales{{}, dtype, {elements}, elements, offset, elements * info(dtype).block_bytes};
        return read_elements(source_, scales, first, into);
    }

    float code(const Words& words, std::uint64_t word, unsigned place) const {
        const std::uint32_t bits =
            load_le<std::uint32_t>(&words[word * kWordBytes]) >> (matrix_.bits * place);
        return static_cast<float>(bits & ((1U << matrix_.bits) - 1));
    }

    // Words hold rows.
    Result<void> read_across(std::uint64_t row, std::uint64_t column, std::span<float> into) const {
        const auto words = read_words(source_, codes_, row / codes_a_word_ * columns_ + column, into.size());
        if (!words) return fail(words.error());
        for (std::size_t i = 0; i < into.size(); ++i)
            into[i] = code(*words, i, static_cast<unsigned>(row % codes_a_word_));
        return {};
    }

    // Words hold columns: the codes from number `first` on.
    Result<void> read_along(const PackedPart& part, std::uint64_t first, std::span<float> into) const {
        const std::uint64_t first_word = first / codes_a_word_;
        const std::uint64_t count = (first + into.size() - 1) / codes_a_word_ + 1 - first_word;
        const auto words = read_words(source_, part, first_word, count);
        if (!words) return fail(words.error());
        for (std::size_t i = 0; i < into.size(); ++i) {
            const std::uint64_t number = first + i;
            const auto place = static_cast<unsigned>(number % codes_a_word_);
            into[i] = code(*words, number / codes_a_word_ - first_word,
                           matrix_.layout == PackedMatrix::Layout::kAwq ? kAwqPlaces[place] : place);
        }
        return {};
    }

    const ByteSource& source_;
    const Tensor& codes_;
    const PackedMatrix& matrix_;
    std::uint64_t columns_;
    unsigned codes_a_word_;
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
