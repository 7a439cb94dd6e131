// SPDX-License-Identifier: Apache-2.0
#include "cli/scanner_child.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;

// linux/ioprio.h: class 3 is idle, in the bits from 13 on.
constexpr int kOfOneProcess = 1;
constexpr int kIdleInput = 3 << 13;

Result<void> yield_to_others(pid_t pid) {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(pid), 19);
    ::syscall(SYS_ioprio_set, kOfOneProcess, pid, kIdleInput);
    return {};
}

}  // namespace

Result<fs::path> find_scanner() {
    std::error_code error;
    const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    if (error) return fail(Error::from_errno("/proc/self/exe", error.value()));
    for (const fs::path& path :
         {folder / "modelward-scan", folder.parent_path() / "libexec/modelward/modelward-scan"})
        if (::access(path.c_str(), X_OK) == 0) return path;
    return fail(ErrorCode::kNotFound,
                "modelward-scan is not installed: it is part of the package modelward-agent");
}

Result<ScannerChild> ScannerChild::start(const fs::path& path, UniqueFd index_file) {
    if (::geteuid() != 0) return ScannerChild({path, ::geteuid(), ::getegid()}, std::move(index_file));
    auto program = agent::scanner_program(path, "nobody");
    if (!program) return fail(program.error());
    return ScannerChild(std::move(*program), std::move(index_file));
}

Result<void> ScannerChild::ensure_process() {
    if (process_) return {};
    auto process = agent::ScannerProcess::start(program_, index_file_.get(), yield_to_others);
    if (!process) return fail(ErrorCode::kUnavailable, process.error().message());
    process_ = std::move(*process);
    return {};
}

Result<agent::ScanReply> ScannerChild::look_at(int file, fingerprint::Depth depth, std::chrono::seconds limit,
                                               const volatile std::sig_atomic_t& stop) {
    // A scanner that answered before may end by itself between two files, which says nothing of this one.
    const bool proven = process_.has_value();
    auto reply = try_once(file, depth, limit, stop);
    const bool ended_well = !reply && !process_ && ended_ == "exit code 0";
    return proven && ended_well ? try_once(file, depth, limit, stop) : reply;
}

Result<agent::ScanReply> ScannerChild::try_once(int file, fingerprint::Depth depth,
                                                std::chrono::seconds limit,
                                                const volatile std::sig_atomic_t& stop) {
    if (auto started = ensure_process(); !started) return fail(started.error());
    const std::uint64_t request = ++request_;
    if (auto sent = process_->submit({request, depth}, file); !sent)
        return fail(ErrorCode::kUnavailable, "the scanner does not start: " + end_process());
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        pollfd waiting{process_->socket(), POLLIN, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        const auto wait = std::clamp<std::int64_t>(left.count(), 0, 1000);
        const int ready = ::poll(&waiting, 1, static_cast<int>(wait));
        if (stop) return fail(ErrorCode::kUnavailable, "stopped");
        if (ready > 0) break;
        if (ready < 0 && errno != EINTR) return fail_errno("poll");
        if (left.count() > 0) continue;
        (void)end_process();
        return fail(ErrorCode::kLimit,
                    "looking at it took longer than " + std::to_string(limit.count()) + " s");
    }
    auto reply = process_->take_reply();
    if (reply && reply->id == request) return reply;
    return fail(ErrorCode::kInternal, "the scanner ended over it: " + end_process());
}

void ScannerChild::hang_up() {
    if (!process_) return;
    ::shutdown(process_->socket(), SHUT_WR);
    (void)process_->take_reply();  // until it is gone
}

std::string ScannerChild::end_process() {
    ended_ = process_->stop();
    process_.reset();
    return ended_;
}

}  // namespace modelward::cli
