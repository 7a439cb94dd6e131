// SPDX-License-Identifier: Apache-2.0
// What asking an index costs with 10, 1,000 and 10,000 artifacts: of many architectures, of which ten
// artifacts each share the sizes of their tensors, as a fleet has them; and all of one, which is the worst
// there is. Times are said as ratios to those with 10.
//
// usage: index_bench
#include <chrono>
#include <cstdio>
#include <functional>

#include "fingerprint/index/index_builder.h"
#include "fingerprint/match/chunk_evidence.h"
#include "fingerprint/match/row_evidence.h"
#include "fingerprint/match/tensor_evidence.h"
#include "fingerprint/sketches/splitmix.h"

namespace {

using namespace modelward::fingerprint;

constexpr std::uint32_t kTensors = 64, kSizes = 4;
constexpr std::uint32_t kChunks = 1000;
constexpr std::uint32_t kVectors = 32;  // of each tensor
constexpr std::uint32_t kOfOneArchitecture = 10;

template <std::size_t N>
std::array<std::uint64_t, N> random_sketch(std::uint64_t seed, std::uint64_t number) {
    std::array<std::uint64_t, N> sketch;
    for (std::uint64_t& word : sketch)
        word = splitmix64(seed, number++);
    return sketch;
}

// As a 4-bit quantisation turns seven bits of 256.
template <std::size_t N>
std::array<std::uint64_t, N> changed(std::array<std::uint64_t, N> sketch, int bits) {
    for (int i = 0; i < bits; ++i) {
        const std::uint64_t bit = splitmix64(sketch[0], static_cast<std::uint64_t>(i)) % (64 * N);
        sketch[bit / 64] ^= std::uint64_t{1} << bit % 64;
    }
    return sketch;
}

// Its rows are as long as a multiple of 64; the tensor has 1,024 of them.
std::uint64_t row_length(std::uint32_t architecture, std::uint32_t size) {
    return 64 * (std::uint64_t{kSizes} * architecture + size + 1);
}

Fingerprint artifact(std::uint64_t seed, std::uint32_t architecture) {
    Fingerprint made;
    made.file_bytes = seed;
    for (std::uint32_t i = 0; i < kTensors; ++i) {
        const std::uint64_t length = row_length(architecture, i % kSizes);
        made.tensors.push_back({"", 1024 * length, true, random_sketch<4>(seed, 4 * i)});
        VectorSketches vectors{i, length, {}};
        for (std::uint64_t v = 0; v < kVectors; ++v)
            vectors.sketches.push_back(random_sketch<2>(seed + 1'000'000, 2 * (i * kVectors + v)));
        made.vectors.push_back(std::move(vectors));
    }
    for (std::uint64_t i = 0; i < kChunks; ++i)
        made.chunks.push_back({splitmix64(seed + 2'000'000, i), 16384});
    return made;
}

Fingerprint converted(Fingerprint made) {
    for (TensorSketch& tensor : made.tensors)
        tensor.sketch = changed(tensor.sketch, 7);
    for (VectorSketches& vectors : made.vectors)
        for (VectorSketch& sketch : vectors.sketches)
            sketch = changed(sketch, 4);
    return made;
}

// The shortest of several.
double milliseconds(const std::function<void()>& work) {
    double least = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        least = std::min(
            least,
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    return least;
}

struct Costs {
    double opened, tensors, rows, chunks, nothing;
    double bytes_an_artifact;
};

bool measure(std::uint32_t artifacts, bool is_mixed, Costs& costs) {
    const auto architecture = [&](std::uint32_t number) {
        return is_mixed ? number / kOfOneArchitecture : 0;
    };
    std::vector<std::uint8_t> file;
    {
        IndexBuilder builder;
        for (std::uint32_t i = 0; i < artifacts; ++i)
            builder.add(i, artifact(i, architecture(i)));
        const auto written =
            builder.write([&](std::span<const std::uint8_t> bytes) -> modelward::Result<void> {
                file.insert(file.end(), bytes.begin(), bytes.end());
                return {};
            });
        if (!written) return false;
    }
    const std::uint32_t asked = architecture(artifacts / 2);
    const Fingerprint known = converted(artifact(artifacts / 2, asked)), unknown = artifact(9'999'999, asked);
    const Index index = Index::open(file, nullptr).value();
    const IndexTables& tables = index.tables();
    bool right = true;
    costs.bytes_an_artifact = static_cast<double>(file.size()) / artifacts;
    costs.opened = milliseconds([&] { right &= Index::open(file, nullptr).has_value(); });
    costs.tensors = milliseconds([&] {
        const auto found = TensorEvidence(tables, known.tensors).weigh().matches;
        right &= found.size() == 1 && found[0].artifact == artifacts / 2 && found[0].count == kTensors;
    });
    costs.nothing =
        milliseconds([&] { right &= TensorEvidence(tables, unknown.tensors).weigh().matches.empty(); });
    costs.rows = milliseconds([&] {
        RowEvidence evidence(tables);
        for (std::uint32_t i = 0; i < 16; ++i)
            evidence.add(known.tensors[i].elements, {known.vectors[i]});
        right &= evidence.weigh(1).size() == 1;
    });
    costs.chunks = milliseconds([&] {
        ChunkEvidence evidence(tables);
        for (const Chunk& chunk : known.chunks)
            evidence.add(chunk);
        right &= evidence.weigh().size() == 1;
    });
    return right;
}

}  // namespace

int main() {
    std::printf(
        "%u tensors of %u sizes, %u rows and %u chunks an artifact; costs as ratios to those with 10\n\n",
        kTensors, kSizes, kTensors * kVectors, kChunks);
    std::puts(
        "| artifacts | bytes an artifact | open | 64 tensors, found | 64 tensors, not found | 512 rows | "
        "1,000 chunks |");
    std::puts("|---|---|---|---|---|---|---|");
    Costs ten{};
    for (const bool is_mixed : {true, false}) {
        for (const std::uint32_t artifacts : {10U, 1000U, 10'000U}) {
            if (artifacts == 10 && !is_mixed) continue;  // ten are of one architecture in both
            Costs costs{};
            if (!measure(artifacts, is_mixed, costs))
                return std::fputs("index_bench: a wrong answer\n", stderr), 1;
            if (artifacts == 10) ten = costs;
            std::printf("| %u, %s | %.0f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", artifacts,
                        is_mixed ? "ten of each architecture" : "all of one", costs.bytes_an_artifact,
                        costs.opened / ten.opened, costs.tensors / ten.tensors, costs.nothing / ten.nothing,
                        costs.rows / ten.rows, costs.chunks / ten.chunks);
            if (artifacts == 10)
                std::printf("| in microseconds | | %.2f | %.0f | %.0f | %.0f | %.0f |\n", 1000 * ten.opened,
                            1000 * ten.tensors, 1000 * ten.nothing, 1000 * ten.rows, 1000 * ten.chunks);
        }
    }
    return 0;
}
