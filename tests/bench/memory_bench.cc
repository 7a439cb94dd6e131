// SPDX-License-Identifier: Apache-2.0
// The most memory that the sandboxed scanner and the command line's `match` ever held for one file.
//
// usage: memory_bench MODELWARD MODELWARD_SCAN FOLDER
// Each file is read by processes of its own, in full; that of 100 GB is sampled. What the processes held
// before any file was read is in every number: the first row says how much.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

#include "agent/scanner/index_file.h"
#include "agent/scanner/scanner_process.h"
#include "base/write_all.h"
#include "fingerprint/fingerprint.h"
#include "tests/bench/crowded_files.h"
#include "tests/bench/sparse_model.h"

namespace {

using namespace modelward;
using namespace modelward::bench;
using fingerprint::Depth;

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "memory_bench: %s\n", what.c_str());
    std::exit(1);
}

struct Programs {
    std::string modelward, scanner, folder;
};

double peak_mib(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    give_up("no peak of process " + std::to_string(process));
}

double of_scanner(const Programs& programs, int file, Depth depth) {
    const fingerprint::IndexBuilder nothing;
    const auto index = agent::make_index_file(nothing);
    if (!index) give_up(index.error().message());
    constexpr unsigned kNobody = 65534;
    auto process = agent::ScannerProcess::start({programs.scanner, kNobody, kNobody}, index->get(),
                                                [](pid_t) { return Result<void>(); });
    if (!process) give_up(process.error().message());
    if (auto sent = process->submit({.id = 1, .depth = depth}, file); !sent) give_up(sent.error().message());
    pollfd readable{process->socket(), POLLIN, 0};
    if (::poll(&readable, 1, -1) != 1) give_up("poll");
    const double peak = peak_mib(process->pid());
    if (const auto reply = process->take_reply(); !reply) give_up(reply.error().message() + process->stop());
    return peak;
}

// GNU time starts it, so that what this process holds is not counted.
double of_command(const Programs& programs, const std::string& path, Depth depth) {
    const std::string command =
        "/usr/bin/time -f %M " + programs.modelward + " match '" + path + "' --index " + programs.folder +
        (depth == Depth::kSampled ? " --sampled" : "") + " 2>&1 >/dev/null | tail -n 1";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
    double kib = 0;
    if (!output || std::fscanf(output.get(), "%lf", &kib) != 1) give_up(command);
    return kib / 1024;
}

void measure(const Programs& programs, const std::string& what, Depth depth,
             const std::function<Result<void>(int)>& write) {
    const std::string path = programs.folder + "/file";
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file) give_up(path);
    if (auto written = write(file.get()); !written) give_up(written.error().message());
    const double scanner = of_scanner(programs, file.get(), depth);
    std::printf("| %s | %.0f | %.0f |\n", what.c_str(), scanner, of_command(programs, path, depth));
    std::fflush(stdout);
    ::unlink(path.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return std::fputs("usage: memory_bench MODELWARD MODELWARD_SCAN FOLDER\n", stderr), 2;
    std::string folder = std::string(argv[3]) + "/memory_bench.XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) give_up(folder);
    const Programs programs{argv[1], argv[2], folder};
    const std::string registered = folder + "/none.mwfp";
    if (std::ofstream out(registered, std::ios::binary); true) {
        const auto bytes =
            fingerprint::serialize({.format = "unknown", .chunks = {}, .tensors = {}, .vectors = {}});
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    std::puts("| file | scanner, MiB | `match`, MiB |\n|---|---|---|");
    for (const CrowdedFile& file : crowded_files())
        measure(programs, file.what, Depth::kFull, [&](int into) { return write_all(into, file.make()); });
    measure(programs, "safetensors of 100 GB, sparse, sampled", Depth::kSampled, [](int into) {
        return write_sparse_model(into, {80, 7168, 1024, 22'528, 151'936}, FileFormat::kSafetensors);
    });
    ::unlink(registered.c_str());
    ::rmdir(folder.c_str());
    return 0;
}
