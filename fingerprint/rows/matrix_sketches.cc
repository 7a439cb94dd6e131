// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/rows/matrix_sketches.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kKept = 0;
constexpr std::uint64_t kAsked = 1;
constexpr std::uint64_t kElementsPerKeptVector = 1024;
constexpr std::size_t kFewestKeptVectors = 32;
constexpr std::size_t kMostKeptVectors = 256;
constexpr std::size_t kFewestAskedVectors = 128;
constexpr std::size_t kMostAskedVectors = 512;

// One kind of vectors of a tensor.
struct Vectors {
    MatrixView view;
    Axis axis;

    std::uint64_t length() const { return axis == Axis::kRows ? view.columns : view.rows; }
    std::uint64_t count() const { return axis == Axis::kRows ? view.rows : view.columns; }
};

std::vector<Vectors> kinds_of_vectors(const std::vector<std::uint64_t>& shape) {
    std::vector<Vectors> kinds;
    if (const auto view = matrix_view(shape)) kinds = {{*view, Axis::kRows}, {*view, Axis::kColumns}};
    if (const auto view = outer_view(shape)) kinds.push_back({*view, Axis::kColumns});
    return kinds;
}

Result<void> add_sketches(const ByteSource& source, const Tensor& tensor, std::uint32_t number,
                          const Vectors& vectors, std::span<const std::uint64_t> chosen,
                          std::vector<VectorSketches>& into) {
    auto sketches = sketch_vectors(source, tensor, vectors.view, vectors.axis, chosen);
    if (!sketches) return fail(sketches.error());
    if (!sketches->empty()) into.push_back({number, vectors.length(), std::move(*sketches)});
    return {};
}

}  // namespace

bool may_have_evidence(const Tensor& tensor) {
    return std::ranges::any_of(kinds_of_vectors(tensor.shape), [](const Vectors& vectors) {
        return may_be_evidence(vectors.length(), vectors.count());
    });
}

Result<void> keep_vectors(const ByteSource& source, const Tensor& tensor, std::uint32_t number,
                          std::vector<VectorSketches>& into) {
    const std::size_t count = std::clamp<std::uint64_t>(tensor.elements / kElementsPerKeptVector,
                                                        kFewestKeptVectors, kMostKeptVectors);
    for (const Vectors& vectors : kinds_of_vectors(tensor.shape)) {
        if (!are_evidence(vectors.length(), vectors.count())) continue;
        const auto chosen = spread(vectors.count(), count, kKept);
        if (auto added = add_sketches(source, tensor, number, vectors, chosen, into); !added) return added;
    }
    return {};
}

Result<std::vector<VectorSketches>> ask_vectors(const ByteSource& source, const Tensor& tensor,
                                                std::size_t tensors, std::size_t most) {
    std::vector<VectorSketches> asked;
    const std::size_t count = std::clamp(most * kFewestAskedVectors / std::max<std::size_t>(tensors, 1),
                                         kFewestAskedVectors, kMostAskedVectors);
    for (const Vectors& vectors : kinds_of_vectors(tensor.shape)) {
        if (vectors.length() < kLeastVector) continue;
        const auto chosen = spread(vectors.count(), count, kAsked);
        if (auto added = add_sketches(source, tensor, 0, vectors, chosen, asked); !added)
            return fail(added.error());
    }
    return asked;
}

}  // namespace modelward::fingerprint
