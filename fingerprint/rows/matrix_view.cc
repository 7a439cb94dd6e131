// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/rows/matrix_view.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMostLengthPerVector = 4;
constexpr std::uint64_t kMostLengthPerVectorOfAShare = 64;

}  // namespace

std::optional<MatrixView> matrix_view(const std::vector<std::uint64_t>& shape) {
    std::uint64_t columns = 1;
    std::size_t outer = shape.size();
    while (outer > 0 && columns < kLeastVector)
        columns *= shape[--outer];
    if (columns < kLeastVector) return std::nullopt;  // an extent of zero, too
    std::uint64_t rows = 1;
    while (outer > 0)
        rows *= shape[--outer];
    if (rows < 2) return std::nullopt;
    return MatrixView{rows, columns};
}

std::optional<MatrixView> outer_view(const std::vector<std::uint64_t>& shape) {
    const auto view = matrix_view(shape);
    const auto outer = std::ranges::find_if(shape, [](std::uint64_t extent) { return extent != 1; });
    if (!view || *outer < kLeastVector || *outer == view->rows) return std::nullopt;
    return MatrixView{*outer, view->rows / *outer * view->columns};
}

bool are_evidence(std::uint64_t length, std::uint64_t count) {
    return length >= kLeastVector && length / kMostLengthPerVector <= count;
}

bool may_be_evidence(std::uint64_t length, std::uint64_t count) {
    return length >= kLeastVector && length / kMostLengthPerVectorOfAShare <= count;
}

}  // namespace modelward::fingerprint
