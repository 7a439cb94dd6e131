// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/rows/read_vectors.h"

#include "fingerprint/sketches/chunk_source.h"
#include "fingerprint/sketches/elements.h"
#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kSpreadSeed = 0x4D57'5653'5052'4431U;  // "MWVSPRD1"

std::size_t looked_at(const std::vector<VectorRun>& runs) {
    std::size_t count = 0;
    for (const VectorRun& run : runs)
        count += run.count;
    return count;
}

Result<std::vector<VectorSketch>> sketch_rows(const ByteSource& source, const Tensor& tensor, MatrixView view,
                                              std::span<const std::uint64_t> chosen) {
    const std::vector<VectorRun> runs = vector_runs(view.columns);
    std::vector<float> elements(looked_at(runs));
    std::vector<VectorSketch> sketches;
    for (const std::uint64_t row : chosen) {
        std::span<float> into = elements;
        for (const VectorRun& run : runs) {
            auto read = read_elements(source, tensor, row * view.columns + run.begin, into.first(run.count));
            if (!read) return fail(read.error());
            into = into.subspan(run.count);
        }
        if (const auto sketch = sketch_vector(elements)) sketches.push_back(*sketch);
    }
    return sketches;
}

Result<std::vector<VectorSketch>> sketch_columns(const ByteSource& source, const Tensor& tensor,
                                                 MatrixView view, std::span<const std::uint64_t> chosen) {
    if (view.columns > kMostRowRead || chosen.empty()) return {};
    const std::vector<VectorRun> runs = vector_runs(view.rows);
    const std::size_t length = looked_at(runs);
    std::vector<float> columns(chosen.size() * length);  // one chosen column after the other
    ChosenElements of_rows(source, tensor, view.columns, chosen);
    std::size_t at = 0;
    for (const VectorRun& run : runs) {
        const auto put = [&](std::uint64_t i, std::span<const float> row) {
            for (std::size_t column = 0; column < row.size(); ++column)
                columns[column * length + at + i] = row[column];
        };
        if (auto read = of_rows.each_row(run.begin, run.count, put); !read) return fail(read.error());
        at += run.count;
    }
    std::vector<VectorSketch> sketches;
    for (std::size_t column = 0; column < chosen.size(); ++column) {
        const auto elements = std::span<const float>(columns).subspan(column * length, length);
        if (const auto sketch = sketch_vector(elements)) sketches.push_back(*sketch);
    }
    return sketches;
}

}  // namespace

std::vector<std::uint64_t> spread(std::uint64_t of, std::size_t count, std::uint64_t salt) {
    std::vector<std::uint64_t> chosen;
    if (of <= count) {
        for (std::uint64_t i = 0; i < of; ++i)
            chosen.push_back(i);
        return chosen;
    }
    // floor(i * of / count) without overflow
    const auto stratum = [of, count](std::uint64_t i) { return of / count * i + of % count * i / count; };
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t width = stratum(i + 1) - stratum(i);
        chosen.push_back(stratum(i) + splitmix64(kSpreadSeed ^ salt, of * count + i) % width);
    }
    return chosen;
}

Result<std::vector<VectorSketch>> sketch_vectors(const ByteSource& source, const Tensor& tensor,
                                                 MatrixView view, Axis axis,
                                                 std::span<const std::uint64_t> chosen) {
    if (tensor.chunked() != nullptr) {
        const ChunkSource chunks(source, tensor);
        if (axis == Axis::kColumns && !chunks.holds_rows(view.columns)) return {};
        return sketch_vectors(chunks, chunks.tensor(), view, axis, chosen);
    }
    return axis == Axis::kRows ? sketch_rows(source, tensor, view, chosen)
                               : sketch_columns(source, tensor, view, chosen);
}

}  // namespace modelward::fingerprint
