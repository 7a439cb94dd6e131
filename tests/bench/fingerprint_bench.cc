// SPDX-License-Identifier: Apache-2.0
// Throughput of the fingerprint engine on a real model, as ratios to limits of the same machine in the same
// run.
//
// usage: fingerprint_bench FILE
// Every row is the best of kRounds passes over the file in memory, one thread. The limit is a plain loop that
// does what a content-defined chunk index cannot avoid: one table look-up a byte (a gear hash) and XXH3 over
// each chunk.
#define XXH_INLINE_ALL
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include "base/unique_fd.h"
#include "fingerprint/chunks/full_pass.h"
#include "fingerprint/classify.h"
#include "fingerprint/index/index_builder.h"

namespace {

using namespace modelward;
using namespace modelward::fingerprint;

constexpr int kRounds = 5;
volatile std::uint64_t sink;  // what is computed is used

double seconds(const std::function<void()>& work) {
    double best = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best =
            std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

void gear_and_hash(std::span<const std::uint8_t> bytes) {
    static std::array<std::uint64_t, 256> gear = [] {
        std::array<std::uint64_t, 256> table;
        for (std::size_t i = 0; i < table.size(); ++i)
            table[i] = XXH3_64bits(&i, sizeof i);
        return table;
    }();
    std::uint64_t hash = 0, sum = 0;
    for (const auto byte : bytes)
        hash = (hash << 1) + gear[byte];
    for (std::size_t at = 0; at < bytes.size(); at += 16384)
        sum ^= XXH3_64bits(bytes.data() + at, std::min<std::size_t>(16384, bytes.size() - at));
    sink = hash ^ sum;
}

int bench(std::span<const std::uint8_t> bytes) {
    const MemorySource source(bytes);
    auto fingerprint = make_fingerprint(source);
    if (!fingerprint) return std::fprintf(stderr, "%s\n", fingerprint.error().message().c_str()), 1;
    const auto stored = static_cast<double>(serialize(*fingerprint).size());
    IndexBuilder builder;
    builder.add(1, *fingerprint);
    const Index index = builder.build().value();
    const auto size = static_cast<double>(bytes.size());
    const double limit = seconds([&] { gear_and_hash(bytes); });
    const auto row = [&](const char* what, double took) {
        std::printf("| %s | %.2f | %.2f |\n", what, size / took / 1e9, limit / took);
    };
    std::printf(
        "%zu bytes; fingerprint %.2f %% of that\n\n| pass, one thread | GB/s | of the limit "
        "|\n|---|---|---|\n",
        bytes.size(), 100 * stored / size);
    row("gear + xxh3: the limit", limit);
    row("chunk pass", seconds([&] {
            std::uint64_t sum = 0;
            (void)full_pass(source, {}, [&](std::uint64_t, const Chunk& chunk) { sum ^= chunk.hash; });
            sink = sum;
        }));
    row("register (chunks, sketches, SHA-256)",
        seconds([&] { sink = make_fingerprint(source)->chunks.size(); }));
    row("match, full", seconds([&] { sink = classify(source, index, Depth::kFull)->bytes_read; }));
    double read = 0;
    const double sampled =
        seconds([&] { read = static_cast<double>(classify(source, index, Depth::kSampled)->bytes_read); });
    std::printf("\nmatch, sampled: %.2f %% of the bytes read, %.3f of the time of a full match\n",
                100 * read / size,
                sampled / seconds([&] { sink = classify(source, index, Depth::kFull)->bytes_read; }));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "usage: fingerprint_bench FILE\n"), 2;
    const UniqueFd file(::open(argv[1], O_RDONLY | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0 || status.st_size == 0) return std::perror(argv[1]), 1;
    const auto size = static_cast<std::size_t>(status.st_size);
    void* map = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.get(), 0);
    if (map == MAP_FAILED) return std::perror("mmap"), 1;
    const int code = bench({static_cast<const std::uint8_t*>(map), size});
    ::munmap(map, size);
    return code;
}
