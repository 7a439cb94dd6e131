// SPDX-License-Identifier: Apache-2.0
// Has files looked at by modelward-scan: in a process of its own that can open nothing and reach nobody. One
// that dies or takes too long is replaced, and the file that it had is the one that failed.
//
// It runs when nothing else wants the processor or the disk. Not thread-safe.
#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "agent/scanner/scanner_process.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::cli {

// modelward-scan beside this program, or where the package puts it. kNotFound.
Result<std::filesystem::path> find_scanner();

class ScannerChild {
  public:
    // `program` is modelward-scan, `index_file` as Index::map() takes it. kNotFound: there is no user to
    // run it as (only root needs one).
    static Result<ScannerChild> start(const std::filesystem::path& program, UniqueFd index_file);

    struct File {
        int fd;
        std::string name;  // without a folder
        // Opens another one of its folder; none: there is none, or none that may be read.
        std::function<UniqueFd(const std::string& name)> open_sibling;
    };

    // kLimit: the file took longer than `limit`. kInternal: the scanner ended over it. kUnavailable: a signal
    // handler set `stop`, or no scanner starts.
    Result<agent::ScanReply> look_at(const File& file, fingerprint::Depth depth, std::chrono::seconds limit,
                                     const volatile std::sig_atomic_t& stop);

    // For tests: the process ends as one does that has used up its processor time, between two files.
    void hang_up();

  private:
    ScannerChild(agent::ScannerProgram program, UniqueFd index_file)
        : program_(std::move(program)), index_file_(std::move(index_file)) {}
    Result<void> ensure_process();
    Result<agent::ScanReply> try_once(const File& file, fingerprint::Depth depth, std::chrono::seconds limit,
                                      const volatile std::sig_atomic_t& stop);
    Result<void> wait(std::chrono::steady_clock::time_point end, const volatile std::sig_atomic_t& stop);
    std::string end_process();  // how it ended

    agent::ScannerProgram program_;
    UniqueFd index_file_;
    std::optional<agent::ScannerProcess> process_;
    std::uint64_t request_ = 0;
    std::string ended_;
};

}  // namespace modelward::cli
