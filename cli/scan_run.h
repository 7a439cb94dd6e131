// SPDX-License-Identifier: Apache-2.0
// Looks through trees for registered artifacts: first at every file's header and samples, which takes
// milliseconds a file, then, newest first, at all bytes of those in which nothing was found.
//
// Symbolic links inside a tree are not followed (what they lead to is looked at where it lies), and other
// file systems are not entered but named. Not thread-safe.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/match_report.h"
#include "cli/scan_memory.h"
#include "cli/scanner_child.h"

namespace modelward::cli {

struct ScanTotals {
    std::uint64_t files = 0;      // that have a byte
    std::uint64_t unchanged = 0;  // seen by a run before, and not looked at
    std::uint64_t sampled = 0;
    std::uint64_t read = 0;  // in full
    std::uint64_t found = 0;
    std::uint64_t partly = 0;  // looked into in part, and nothing was found there
    std::uint64_t unscannable = 0;
    std::uint64_t unreadable = 0;       // files that may not be opened, or are gone
    std::uint64_t skipped_folders = 0;  // that may not be read, or lie too deep
    std::vector<std::string> mounts{};  // roots of other file systems, not entered
    bool stopped = false;               // before the end, by `stop`
    bool looked_at_all() const {
        return partly + unscannable + unreadable + skipped_folders == 0 && !stopped;
    }
};

class ScanRun {
  public:
    // A file that was found, or could not be looked at, or shares initial values with an artifact; and now
    // and then how far it is. Public models are not worth a word.
    using Tell = std::function<void(const MatchReport&)>;
    using Progress = std::function<void(const ScanTotals&, std::uint64_t to_read)>;

    // `names` by artifact number; `memory` may be null. All must outlive the object.
    ScanRun(ScannerChild& scanner, const std::vector<std::string>& names, ScanMemory* memory, Tell tell,
            Progress progress, const volatile std::sig_atomic_t& stop)
        : scanner_(scanner),
          names_(names),
          memory_(memory),
          tell_(std::move(tell)),
          progress_(std::move(progress)),
          stop_(stop) {}

    // `paths` are files and trees. An error is one that ends the run: no scanner starts, the memory fails,
    // or, before anything is looked at, a path is neither.
    Result<ScanTotals> run(const std::vector<std::string>& paths, fingerprint::Depth depth);

  private:
    struct Waiting {
        std::string path;
        std::int64_t modified;
    };
    Result<void> look_at_all(const std::vector<std::string>& roots);
    Result<void> visit_tree(const std::string& root);
    Result<void> visit(const std::string& path);
    Result<void> look(const std::string& path, fingerprint::Depth depth);
    Result<void> tell_unreadable(const std::string& path);  // errno says why
    struct Looked {
        std::string path;
        struct stat status{};
        fingerprint::Depth depth;
        double elapsed_ms = 0;
        std::vector<SeenSibling> siblings{};
    };
    Result<void> judge(const Looked& file, Result<agent::ScanReply> reply);

    ScannerChild& scanner_;
    const std::vector<std::string>& names_;
    ScanMemory* memory_;
    Tell tell_;
    Progress progress_;
    const volatile std::sig_atomic_t& stop_;
    fingerprint::Depth depth_ = fingerprint::Depth::kFull;
    ScanTotals totals_;
    std::vector<Waiting> waiting_;  // for a full look
};

}  // namespace modelward::cli
