// SPDX-License-Identifier: Apache-2.0
#include "cli/scan_run.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/tree_walk.h"
#include "base/unique_fd.h"

namespace modelward::cli {
namespace {

using fingerprint::Depth;

// Read at once: opening it twice would cost more.
constexpr std::int64_t kSmall = 1 << 20;
constexpr std::size_t kNamesAtOnce = 64;

// Generous: the scanner waits for everything else on this machine. Its own processor time is limited too.
std::chrono::seconds limit_for(Depth depth, std::int64_t bytes) {
    constexpr std::int64_t kLeast = 1800, kBytesASecond = 256 << 10;
    return std::chrono::seconds(depth == Depth::kSampled ? kLeast : kLeast + bytes / kBytesASecond);
}

// What a path on the command line leads to; a link may be given, as model caches are full of them.
Result<std::string> root_of(const std::string& path) {
    std::error_code error;
    const auto root = std::filesystem::canonical(path, error);
    if (error) return fail(Error::from_errno(path, error.value()));
    if (!std::filesystem::is_directory(root, error) && !std::filesystem::is_regular_file(root, error))
        return fail(ErrorCode::kInvalid, path + " is neither a file nor a folder");
    return root.string();
}

bool names_all(const agent::ScanReply& reply, std::size_t artifacts) {
    const auto is_known = [&](const fingerprint::Match& match) { return match.artifact < artifacts; };
    return std::ranges::all_of(reply.matches, is_known) &&
           std::ranges::all_of(reply.public_matches, is_known) &&
           std::ranges::all_of(reply.same_seed, is_known);
}

// O_NONBLOCK: what was a file when it was listed may be a FIFO by now.
UniqueFd open_file(const std::string& path) {
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
}

UniqueFd open_regular(const std::string& path) {
    UniqueFd file = open_file(path);
    struct stat status{};
    if (file && (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))) file.reset();
    return file;
}

}  // namespace

Result<ScanTotals> ScanRun::run(const std::vector<std::string>& paths, Depth depth) {
    depth_ = depth;
    std::vector<std::string> roots;
    for (const std::string& path : paths) {
        const auto root = root_of(path);
        if (!root) return fail(root.error());
        roots.push_back(*root);
    }
    const auto done = look_at_all(roots);
    totals_.stopped = stop_ != 0;
    if (memory_)
        if (auto saved = memory_->save(); !saved) return fail(saved.error());
    if (!done) return fail(done.error());
    return totals_;
}

Result<void> ScanRun::look_at_all(const std::vector<std::string>& roots) {
    for (const std::string& root : roots) {
        std::error_code error;
        const auto done = std::filesystem::is_directory(root, error) ? visit_tree(root) : visit(root);
        if (!done) return done;
    }
    std::ranges::sort(waiting_, std::greater(), &Waiting::modified);
    for (std::size_t i = 0; i < waiting_.size() && !stop_; ++i) {
        if (auto done = look(waiting_[i].path, Depth::kFull); !done) return done;
        progress_(totals_, waiting_.size() - i - 1);
    }
    return {};
}

Result<void> ScanRun::visit_tree(const std::string& root) {
    auto walk = TreeWalk::start(root);
    if (!walk) return fail(walk.error());
    std::vector<std::string> names;
    for (bool more = true; more && !stop_;) {
        names.clear();
        more = walk->step(kNamesAtOnce, [&](const std::filesystem::path& path, const struct stat&) {
            names.push_back(path.string());
        });
        for (const std::string& name : names) {
            if (stop_) break;
            if (auto done = visit(name); !done) return done;
        }
    }
    totals_.skipped_folders += walk->skipped();
    for (const auto& mount : walk->mounts())
        totals_.mounts.push_back(mount.string());
    return {};
}

Result<void> ScanRun::visit(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return tell_unreadable(path);
    if (!S_ISREG(status.st_mode) || status.st_size == 0) return {};
    ++totals_.files;
    const std::string folder = std::filesystem::path(path).parent_path().string();
    auto known = memory_ ? memory_->knows(status, folder) : false;
    if (!known) return fail(known.error());
    totals_.unchanged += *known ? 1 : 0;
    if (!*known) {
        const bool at_once = depth_ == Depth::kFull && status.st_size <= kSmall;
        if (auto done = look(path, at_once ? Depth::kFull : Depth::kSampled); !done) return done;
    }
    progress_(totals_, waiting_.size());
    return {};
}

Result<void> ScanRun::look(const std::string& path, Depth depth) {
    const UniqueFd file = open_file(path);
    Looked looked{.path = path, .depth = depth};
    if (!file || ::fstat(file.get(), &looked.status) != 0) return tell_unreadable(path);
    if (!S_ISREG(looked.status.st_mode)) return {};  // it was one when it was listed
    const auto start = std::chrono::steady_clock::now();
    const std::filesystem::path place(path);
    const auto open_beside = [&](const std::string& name) {
        const std::string sibling = (place.parent_path() / name).string();
        looked.siblings.push_back({name, file_state(sibling)});
        // Not even opened where it is a device or a FIFO: a file's content chose the name.
        return looked.siblings.back().state.empty() ? UniqueFd() : open_regular(sibling);
    };
    auto reply = scanner_.look_at({file.get(), place.filename().string(), open_beside}, depth,
                                  limit_for(depth, looked.status.st_size), stop_);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    looked.elapsed_ms = took.count();
    if (!reply && reply.error().code() == ErrorCode::kUnavailable)
        return stop_ ? Result<void>() : fail(reply.error());
    return judge(looked, std::move(reply));
}

Result<void> ScanRun::tell_unreadable(const std::string& path) {
    const Error error = Error::from_errno(path, errno);
    ++totals_.unreadable;
    tell_(make_report(path, fail(error), names_));
    return {};
}

Result<void> ScanRun::judge(const Looked& file, Result<agent::ScanReply> reply) {
    ++(file.depth == Depth::kFull ? totals_.read : totals_.sampled);
    Result<fingerprint::Classification> seen = fail(ErrorCode::kInternal, "");
    if (!reply)
        seen = fail(reply.error());
    else if (reply->failure)
        seen = fail(*reply->failure);
    else if (!names_all(*reply, names_.size()))
        seen = fail(ErrorCode::kInvalid, "the scanner names an artifact that is none");
    else
        seen = fingerprint::Classification{reply->format, reply->matches,        reply->bytes_read,
                                           reply->unseen, reply->public_matches, reply->same_seed};
    MatchReport report = make_report(file.path, seen, names_);
    report.elapsed_ms = file.elapsed_ms;
    const bool nothing = report.verdict == Verdict::kNone || report.verdict == Verdict::kPublic;
    if (file.depth == Depth::kSampled && depth_ == Depth::kFull &&
        (nothing || report.verdict == Verdict::kUnscannable)) {
        waiting_.push_back({file.path, file.status.st_mtim.tv_sec});
        return {};
    }
    totals_.found += report.verdict == Verdict::kMatch || report.verdict == Verdict::kDerived ? 1 : 0;
    totals_.unscannable += report.verdict == Verdict::kUnscannable ? 1 : 0;
    // What was not looked into may hold anything: it is said, and looked at again.
    const bool partly = reply && std::ranges::any_of(reply->unseen, [&](fingerprint::Unseen reason) {
                            return depth_ == Depth::kFull || reason != fingerprint::Unseen::kSampled;
                        });
    totals_.partly += nothing && partly ? 1 : 0;
    if (!nothing || partly) {
        tell_(report);
        return {};
    }
    return memory_ ? memory_->add(file.status, file.siblings) : Result<void>();
}

}  // namespace modelward::cli
