// SPDX-License-Identifier: Apache-2.0
// Throughput of the fingerprint engine on a real model, as ratios to limits of the same machine in the same
// run.
//
// usage: fingerprint_bench FILE
// Every row is the best of kRounds passes over bytes in memory; of two threads, both make the whole pass. The
// limit is a plain loop that does what a content-defined chunk index cannot avoid: one table look-up a byte
// (a gear hash) and XXH3 over each chunk. The first table is of noise that begins like no model, as many
// bytes as drown what is paid once a file: what the full look does there is the chunk index. The second is of
// FILE.
#define XXH_INLINE_ALL
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <functional>
#include <thread>

#include "base/unique_fd.h"
#include "fingerprint/chunks/full_pass.h"
#include "fingerprint/classify.h"
#include "fingerprint/index/index_builder.h"
#include "fingerprint/records/record_hash.h"
#include "fingerprint/sketches/splitmix.h"

namespace {

using namespace modelward;
using namespace modelward::fingerprint;

constexpr int kRounds = 5;
constexpr std::size_t kManyBytes = std::size_t{256} << 20;
constexpr std::size_t kTextBytes = std::size_t{64} << 20;
std::atomic<std::uint64_t> sink;  // what is computed is used

// Of this thread's processor time: what others do on the machine does not count.
double processor_seconds() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double seconds_once(const std::function<void()>& work) {
    const double start = processor_seconds();
    work();
    return processor_seconds() - start;
}

// The shortest of several; by turns with the limit, so that what disturbs one disturbs both.
struct Seconds {
    double work = 1e9, limit = 1e9;
};
Seconds seconds(const std::function<void()>& work, const std::function<void()>& limit) {
    Seconds best;
    for (int round = 0; round < kRounds; ++round) {
        best.limit = std::min(best.limit, seconds_once(limit));
        best.work = std::min(best.work, seconds_once(work));
    }
    return best;
}

// What the slower of two threads needs that do the same at the same time.
double seconds_beside_another(const std::function<void()>& work) {
    double best = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        double others = 0;
        std::thread other([&] { others = seconds_once(work); });
        const double own = seconds_once(work);
        other.join();
        best = std::min(best, std::max(own, others));
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

// One row a pass: its speed, also as a share of the limit's, and how much two threads do as a ratio to one.
class Table {
  public:
    Table(const char* of, std::span<const std::uint8_t> bytes) : bytes_(bytes) {
        std::printf("| %s | GB/s, one thread | of the limit | two threads, to one |\n|---|---|---|---|\n",
                    of);
        row("gear + xxh3: the limit", [bytes] { gear_and_hash(bytes); });
    }
    double row(const char* what, const std::function<void()>& work) {
        const Seconds one = seconds(work, [&] { gear_and_hash(bytes_); });
        std::printf("| %s | %.2f | %.2f | %.2f |\n", what,
                    static_cast<double>(bytes_.size()) / one.work / 1e9, one.limit / one.work,
                    2 * one.work / seconds_beside_another(work));
        return one.work;
    }

  private:
    std::span<const std::uint8_t> bytes_;
};

void chunk_pass(const ByteSource& source) {
    std::uint64_t sum = 0;
    (void)full_pass(source, {}, [&](std::uint64_t, const Chunk& chunk) { sum ^= chunk.hash; });
    sink = sum;
}

void bench_many_bytes(const Index& index) {
    std::vector<std::uint8_t> bytes(kManyBytes);
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        const std::uint64_t noise = splitmix64(1, at);
        std::memcpy(bytes.data() + at, &noise, sizeof noise);
    }
    bytes[0] = 0;  // no format's first byte
    const MemorySource source(bytes);
    Table table("256 MiB of noise", bytes);
    table.row("chunks only", [&] { chunk_pass(source); });
    table.row("match, full: the chunk index", [&] {
        const auto found = classify(source, index, Depth::kFull);
        sink = found ? found->bytes_read : 0;
    });
}

void landmark_pass(std::span<const std::uint8_t> bytes) {
    std::uint64_t sum = 0;
    LandmarkStream numbers([&](const Landmarks& found) { sum ^= found.hash; });
    numbers.push(bytes);
    numbers.finish();
    sink = sum;
}

void record_pass(std::span<const std::uint8_t> bytes) {
    std::uint64_t sum = 0;
    RecordStream text([&](std::string_view canonical) { sum ^= record_hash(canonical).value_or(0); });
    text.push(bytes);
    text.finish();
    sink = sum;
}

void bench_text(const Index& index) {
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < kTextBytes) {
        const std::uint64_t row = bytes.size();
        const std::string line = std::to_string(row) + ",\"item " + std::to_string(splitmix64(2, row)) +
                                 " of a table\"," + std::to_string(splitmix64(3, row) % 1000) + ".5\n";
        bytes.insert(bytes.end(), line.begin(), line.end());
    }
    const MemorySource source(bytes);
    Table table("64 MiB of CSV", bytes);
    table.row("records", [&] { record_pass(bytes); });
    table.row("match, full", [&] { sink = classify(source, index, Depth::kFull)->bytes_read; });
}

int bench(std::span<const std::uint8_t> bytes) {
    const MemorySource source(bytes);
    auto fingerprint = make_fingerprint(source);
    if (!fingerprint) return std::fprintf(stderr, "%s\n", fingerprint.error().message().c_str()), 1;
    IndexBuilder builder;
    builder.add(1, *fingerprint);
    const Index index = builder.build().value();
    bench_many_bytes(index);
    std::puts("");
    bench_text(index);
    std::puts("");
    Table table("FILE", bytes);
    table.row("chunks only", [&] { chunk_pass(source); });
    table.row("landmarks", [&] { landmark_pass(bytes); });
    table.row("register (chunks, sketches, landmarks, SHA-256)",
              [&] { sink = make_fingerprint(source)->chunks.size(); });
    const double full =
        table.row("match, full", [&] { sink = classify(source, index, Depth::kFull)->bytes_read; });
    std::atomic<std::uint64_t> read = 0;
    const double sampled =
        table.row("match, sampled", [&] { read = classify(source, index, Depth::kSampled)->bytes_read; });
    const auto size = static_cast<double>(bytes.size());
    const auto share = [&](std::uint64_t part) { return 100 * static_cast<double>(part) / size; };
    std::printf("\nmatch, sampled: %.2f %% of the bytes read, %.3f of the time of a full match\n",
                share(read), sampled / full);
    std::printf("bytes stored for FILE's %zu: fingerprint file %.2f %%, in the index %.2f %%\n", bytes.size(),
                share(serialize(*fingerprint).size()), share(index.file().size()));
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
