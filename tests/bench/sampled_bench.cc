// SPDX-License-Identifier: Apache-2.0
// What a sampled verdict takes on files of 1, 10 and 100 GB, hot: with the tensor table of a transformer of
// that size, and with the table of the smallest one made as wide as that takes.
//
// usage: sampled_bench FOLDER
// The files are sparse: they hold weights where a look reads, and take some 100 MB each while they are there.
// A file that is registered is found by its tensors; of one that is not, rows and columns are read as well.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/unique_fd.h"
#include "fingerprint/classify.h"
#include "fingerprint/index/index_builder.h"
#include "fingerprint/sketches/tensor_sketches.h"
#include "tests/bench/sparse_model.h"

namespace {

using namespace modelward;
using namespace modelward::bench;
using namespace modelward::fingerprint;

constexpr int kRounds = 7;

struct Costs {
    double milliseconds;
    double megabytes_read;
};

struct Row {
    double gigabytes;
    std::size_t tensors;
    Costs found, not_found;
};

// Hot, nothing waits for the disk; what others do on the machine does not count.
double processor_milliseconds() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

Costs measure(const ByteSource& source, const Index& index, bool is_there) {
    Costs costs{1e9, 0};
    for (int round = 0; round < kRounds; ++round) {
        const double start = processor_milliseconds();
        const auto found = classify(source, index, Depth::kSampled);
        const double took = processor_milliseconds() - start;
        if (!found || found->matches.empty() == is_there) {
            std::fputs("sampled_bench: a wrong answer\n", stderr);
            std::exit(1);
        }
        costs.milliseconds = std::min(costs.milliseconds, took);
        costs.megabytes_read = static_cast<double>(found->bytes_read) / 1e6;
    }
    return costs;
}

Index index_of(Fingerprint fingerprint) {
    IndexBuilder builder;
    builder.add(0, fingerprint);
    return builder.build().value();
}

// Of tensors that no file has.
Index index_of_another() {
    Fingerprint another;
    for (std::uint64_t i = 0; i < 8; ++i)
        another.tensors.push_back({"", 4096 + i, true, {i, i, i, i}});
    return index_of(std::move(another));
}

Result<Row> measure(const std::string& folder, const Transformer& model, FileFormat format) {
    const std::string path = folder + "/sparse";
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return fail_errno(path);
    ::unlink(path.c_str());
    if (auto written = write_sparse_model(file.get(), model, format); !written) return fail(written.error());
    const auto source = FileSource::from_fd(file.get());
    if (!source) return fail(source.error());
    const Index another = index_of_another();
    const FillingSource filling(file.get(), *source, data_start_of(model, format));
    if (auto filled = classify(filling, another, Depth::kSampled); !filled) return fail(filled.error());
    Fingerprint own;
    own.tensors = sample_file(*source, Names::kKept)->tensors;
    return Row{.gigabytes = static_cast<double>(source->size()) / 1e9,
               .tensors = own.tensors.size(),
               .found = measure(*source, index_of(own), true),
               .not_found = measure(*source, another, false)};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "usage: sampled_bench FOLDER\n"), 2;
    constexpr std::uint64_t kWords = 151'936;
    struct Case {
        const char* name;
        Transformer model;
    };
    constexpr Case kCases[] = {
        {"24 layers", {24, 896, 128, 4864, kWords}},
        {"32 layers", {32, 3584, 512, 9728, kWords}},
        {"80 layers", {80, 7168, 1024, 22'528, kWords}},
        {"24 layers, wider", {24, 4096, 512, 12'288, kWords}},
        {"24 layers, wider", {24, 12'288, 1024, 46'080, kWords}},
    };
    std::puts(
        "| file | GB | tensors | found, ms | to 1 GB | a tensor, to 1 GB | MB read | not found, ms | to 1 GB "
        "| MB read |\n|---|---|---|---|---|---|---|---|---|---|");
    for (const FileFormat format : {FileFormat::kSafetensors, FileFormat::kGguf}) {
        Row first{};
        for (const Case& one : kCases) {
            const auto row = measure(argv[1], one.model, format);
            if (!row) return std::fprintf(stderr, "%s\n", row.error().message().c_str()), 1;
            if (first.tensors == 0) first = *row;
            const double growth = row->found.milliseconds / first.found.milliseconds;
            std::printf("| %s, %s | %.1f | %zu | %.1f | %.2f | %.2f | %.1f | %.1f | %.2f | %.1f |\n",
                        format == FileFormat::kGguf ? "GGUF" : "safetensors", one.name, row->gigabytes,
                        row->tensors, row->found.milliseconds, growth,
                        growth * static_cast<double>(first.tensors) / static_cast<double>(row->tensors),
                        row->found.megabytes_read, row->not_found.milliseconds,
                        row->not_found.milliseconds / first.not_found.milliseconds,
                        row->not_found.megabytes_read);
        }
    }
    return 0;
}
