// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/samples.h"

#include <cassert>

#include "fingerprint/sketches/chunk_source.h"
#include "fingerprint/sketches/elements.h"
#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kRuns = 16;
constexpr std::uint64_t kStride = 4;
constexpr std::uint64_t kPositionSeed = 0x4D57'5052'554E'5331U;  // "MWPRUNS1"
static_assert(kRuns * kRunElements / kStride == kSamples);

}  // namespace

std::vector<std::uint64_t> run_starts(std::uint64_t elements) {
    assert(elements >= kLeastElements);
    std::vector<std::uint64_t> starts;
    const std::uint64_t blocks = elements / kRunElements;
    if (blocks < kRuns) {
        for (std::uint64_t run = 0; run < kSamples / kRunElements; ++run)
            starts.push_back(run * kRunElements);
        return starts;
    }
    // floor(run * blocks / kRuns) without overflow
    const auto stratum = [blocks](std::uint64_t run) {
        return blocks / kRuns * run + blocks % kRuns * run / kRuns;
    };
    for (std::uint64_t run = 0; run < kRuns; ++run) {
        const std::uint64_t first = stratum(run);
        const std::uint64_t width = stratum(run + 1) - first;
        const std::uint64_t block = first + splitmix64(kPositionSeed, elements * kRuns + run) % width;
        starts.push_back(block * kRunElements);
    }
    return starts;
}

Result<Samples> read_samples(const ByteSource& source, const Tensor& tensor) {
    const DTypeInfo& type = info(tensor.dtype);
    assert(type.decode != nullptr && tensor.elements >= kLeastElements);
    if (tensor.chunked() != nullptr) {
        const ChunkSource chunks(source, tensor);
        return read_samples(chunks, chunks.tensor());
    }
    const std::vector<std::uint64_t> starts = run_starts(tensor.elements);
    const std::uint64_t stride = starts.size() == kRuns ? kStride : 1;
    const std::size_t run_bytes = kRunElements / type.block_elements * type.block_bytes;
    const bool has_scales = tensor.block_scales() != nullptr || tensor.row_scales() != nullptr;
    std::array<std::uint8_t, kRunElements * sizeof(double)> bytes;
    std::array<float, kRunElements> run;
    Samples samples;
    std::size_t filled = 0;
    for (const std::uint64_t start : starts) {
        const std::uint64_t at = tensor.offset + start / type.block_elements * type.block_bytes;
        const auto encoded = std::span(bytes).first(run_bytes);
        if (auto read = has_scales ? read_elements(source, tensor, start, run) : source.read(at, encoded);
            !read)
            return fail(read.error());
        if (!has_scales) type.decode(encoded, run);
        for (std::size_t i = 0; i < kRunElements; i += stride)
            samples[filled++] = run[i];
    }
    return samples;
}

}  // namespace modelward::fingerprint
