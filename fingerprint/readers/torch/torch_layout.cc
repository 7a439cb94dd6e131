// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/torch/torch_layout.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

struct Dimension {
    std::uint64_t size;
    std::uint64_t stride;
};

// Those that matter, the greatest stride first.
std::vector<Dimension> dimensions_of(const TorchView& view) {
    std::vector<Dimension> dimensions;
    for (std::size_t i = 0; i < view.sizes.size(); ++i) {
        if (view.sizes[i] != 1) dimensions.push_back({view.sizes[i], view.strides[i]});
    }
    std::ranges::sort(dimensions, std::ranges::greater{}, &Dimension::stride);
    return dimensions;
}

// Elements from the first to the last of the view; nullopt on overflow.
std::optional<std::uint64_t> span_of(const std::vector<Dimension>& dimensions) {
    std::uint64_t span = 1;
    for (const auto& [size, stride] : dimensions) {
        if (size == 0) return 0;
        std::uint64_t reach = 0;
        if (__builtin_mul_overflow(size - 1, stride, &reach) || __builtin_add_overflow(span, reach, &span))
            return std::nullopt;
    }
    return span;
}

bool is_dense(const std::vector<Dimension>& dimensions) {
    std::uint64_t expected = 1;
    for (auto dimension = dimensions.rbegin(); dimension != dimensions.rend(); ++dimension) {
        if (dimension->stride != expected) return false;
        expected *= dimension->size;  // no overflow: the span has been checked
    }
    return true;
}

// Sizes of 1 are left out: where they stand means nothing.
std::vector<std::uint64_t> sizes_of(const std::vector<Dimension>& dimensions) {
    std::vector<std::uint64_t> sizes;
    for (const Dimension& dimension : dimensions)
        sizes.push_back(dimension.size);
    return sizes;
}

}  // namespace

std::optional<TorchLayout> lay_out(const TorchView& view, std::uint64_t storage_elements) {
    const std::vector<Dimension> dimensions = dimensions_of(view);
    const auto span = span_of(dimensions);
    std::uint64_t end = 0;
    if (!span || __builtin_add_overflow(view.offset, *span, &end) || end > storage_elements)
        return std::nullopt;
    if (*span == 0) return TorchLayout{view.offset, view.sizes, true};
    if (is_dense(dimensions)) {
        return TorchLayout{view.offset, sizes_of(dimensions), true};
    }
    const std::uint64_t row = dimensions.front().stride;
    if (row > 1 && storage_elements % row == 0) return TorchLayout{0, {storage_elements / row, row}, false};
    return TorchLayout{0, {storage_elements}, false};
}

}  // namespace modelward::fingerprint
