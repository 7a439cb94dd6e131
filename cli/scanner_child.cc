// SPDX-License-Identifier: Apache-2.0
#include "cli/scanner_child.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <variant>

#include "fingerprint/readers/companions/companions.h"

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

Result<agent::ScanReply> ScannerChild::look_at(const File& file, fingerprint::Depth depth,
                                               std::chrono::seconds limit,
                                               const volatile std::sig_atomic_t& stop) {
    // A scanner that answered before may end by itself between two files, which says nothing of this one.
    const bool proven = process_.has_value();
    auto reply = try_once(file, depth, limit, stop);
    const bool ended_well = !reply && !process_ && ended_ == "exit code 0";
    return proven && ended_well ? try_once(file, depth, limit, stop) : reply;
}

// Until the scanner says something. kLimit: it did not before `end`.
Result<void> ScannerChild::wait(std::chrono::steady_clock::time_point end,
                                const volatile std::sig_atomic_t& stop) {
    for (;;) {
        pollfd waiting{process_->socket(), POLLIN, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        const auto wait = std::clamp<std::int64_t>(left.count(), 0, 1000);
        const int ready = ::poll(&waiting, 1, static_cast<int>(wait));
        if (stop) return fail(ErrorCode::kUnavailable, "stopped");
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return fail_errno("poll");
        if (left.count() > 0) continue;
        (void)end_process();
        return fail(ErrorCode::kLimit, "the time is over");
    }
}

Result<agent::ScanReply> ScannerChild::try_once(const File& file, fingerprint::Depth depth,
                                                std::chrono::seconds limit,
                                                const volatile std::sig_atomic_t& stop) {
    if (auto started = ensure_process(); !started) return fail(started.error());
    const std::uint64_t request = ++request_;
    if (auto sent = process_->submit({request, depth, file.name}, file.fd); !sent)
        return fail(ErrorCode::kUnavailable, "the scanner does not start: " + end_process());
    const auto end = std::chrono::steady_clock::now() + limit;
    for (std::size_t questions = 0; questions <= fingerprint::kMostCompanions; ++questions) {
        if (auto waited = wait(end, stop); !waited)
            return fail(waited.error().code() != ErrorCode::kLimit
                            ? waited.error()
                            : Error(ErrorCode::kLimit, "looking at it took longer than " +
                                                           std::to_string(limit.count()) + " s"));
        const auto said = process_->take_reply_or_question();
        if (!said) break;
        if (const auto* reply = std::get_if<agent::ScanReply>(&*said)) {
            if (reply->id != request) break;
            return *reply;
        }
        const auto& question = std::get<agent::SiblingQuestion>(*said);
        if (question.id != request) break;
        const UniqueFd sibling = file.open_sibling(question.name);
        if (!process_->answer(question, sibling ? sibling.get() : -1)) break;
    }
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
