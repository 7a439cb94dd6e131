// SPDX-License-Identifier: Apache-2.0
#include "agent/labels/labeller.h"

#include "base/no_writer.h"

namespace modelward::agent {
namespace {

constexpr std::uint64_t kBytesPerSecond = 4 << 20;  // the slowest full scan that is waited for

}  // namespace

Labeller::Labeller(EventLoop& loop, Sensor& sensor, Options options)
    : loop_(&loop), sensor_(&sensor), options_(std::move(options)) {
    lanes_[0].depth = fingerprint::Depth::kSampled;
    lanes_[1].depth = fingerprint::Depth::kFull;
    for (auto& lane : lanes_)
        lane.scans = std::make_unique<ScanLane>(
            *loop_, options_.start_scanner,
            [this, &lane](Result<ScanReply> result) { take(lane, std::move(result)); });
}

void Labeller::use(Registry registry) {
    registry_ = std::move(registry);
    seen_.clear();
    for (auto& lane : lanes_) {
        lane.scans->replace();
        lane.queue.clear_normal();  // a new walk follows
    }
}

void Labeller::found(const std::filesystem::path& path, const struct stat& status) {
    if (registry_.artifacts.empty() || status.st_size == 0) return;
    if (!seen_.contains(file_id(status), file_stamp(status))) lanes_[0].queue.push(path, false);
}

void Labeller::written(const std::filesystem::path& path) {
    if (derived_.key(path))
        lanes_[0].queue.push(path, true);
    else if (!registry_.artifacts.empty())
        lanes_[0].queue.push(path, false);
}

void Labeller::derived(const std::filesystem::path& path, const InodeKey& key) {
    if (path.empty() || !derived_.add(path, key, Clock::now())) ++counters_.unreachable_derived;
}

void Labeller::dispatch(Clock::time_point now) {
    for (auto& lane : lanes_)
        while (lane.queue.size() > 0 && lane.scans->ready(now))
            give(lane, now);
}

void Labeller::tick(Clock::time_point now) {
    for (auto& lane : lanes_)
        lane.scans->tick(now);
    for (const auto& path : derived_.due(now))
        lanes_[0].queue.push(path, true);
    dispatch(now);
}

void Labeller::give(Lane& lane, Clock::time_point now) {
    const auto path = lane.queue.pop();
    if (!path) return;
    const InodeKey* derived = derived_.key(*path);
    const bool by_lineage = derived != nullptr;
    auto file = derived ? open_named(*sensor_, *path, *derived) : open_file(*path);
    if (!file) {
        // Gone or out of reach: the label stays on the inode, wherever it is.
        if (by_lineage) {
            ++counters_.unreachable_derived;
        } else if (file.error().code() != ErrorCode::kNotFound) {
            ++counters_.unopened;
            last_unopened_ = file.error().message();
        }
        derived_.done(*path);
        return;
    }
    if (!by_lineage && seen_.contains(file->id, file->stamp)) return;
    Work work{*path, std::move(*file), false, registry_.version};
    work.quiet = has_no_writer(work.file.fd.get());
    const auto deadline =
        now + options_.timeout + std::chrono::seconds(work.file.stamp.size / kBytesPerSecond);
    if (lane.scans->submit({next_request_++, lane.depth}, work.file.fd.get(), deadline))
        lane.work = std::move(work);
    else
        lane.queue.push(*path, by_lineage);  // the scanner had died before it saw the file
}

void Labeller::take(Lane& lane, Result<ScanReply> result) {
    Work work = std::move(*lane.work);
    lane.work.reset();
    if (result) given_back_.clear();
    // A scanner that cannot start must not make every file unscannable; one that this file killed will be
    // killed again.
    if (!result && lane.scans->died_unproven() && given_back_.insert(work.path).second) {
        lane.queue.push(work.path, derived_.key(work.path) != nullptr);
        return;
    }
    ++counters_.scanned;
    if (!result)
        unscannable(work, result.error().message());
    else
        judge(lane, work, *result);
    dispatch(Clock::now());
}

void Labeller::judge(Lane& lane, Work& work, const ScanReply& reply) {
    if (reply.failure && lane.depth == fingerprint::Depth::kFull)
        return unscannable(work, reply.failure->message());
    if (!reply.unseen.empty() && lane.depth == fingerprint::Depth::kFull) ++counters_.not_seen_whole;
    auto current = sensor_->label_of(work.file.fd.get());
    if (!current) return unscannable(work, current.error().message());
    const auto stamp = stamp_of(work.file.fd.get());
    const bool unchanged = stamp && *stamp == work.file.stamp;
    const ContentFindings findings{reply.matches, lane.depth, reply.innocent,
                                   work.quiet && unchanged && has_no_writer(work.file.fd.get())};
    const auto decision = decide(*current, findings, registry_);
    switch (decision.action) {
        case LabelAction::kScanFull:
            return lanes_[1].queue.push(work.path, derived_.key(work.path) != nullptr);
        case LabelAction::kWait:
            return;  // derived_ brings it back
        case LabelAction::kSet:
            set(work, decision.label, decision.reason);
            break;
        case LabelAction::kClear:
            clear(work, **current, decision.reason);
            break;
        case LabelAction::kKeep:
            break;
    }
    if (!findings.settled) return;
    // Held against fingerprints that have been replaced meanwhile: the walk that follows a bundle may have
    // passed this file already.
    if (work.version != registry_.version)
        return lanes_[0].queue.push(work.path, derived_.key(work.path) != nullptr);
    settle(work);
}

void Labeller::set(const Work& work, const Label& label, const std::string& reason) {
    const auto key = sensor_->label(work.file.fd.get(), label);
    if (!key) return unscannable(work, key.error().message());
    ++counters_.labelled;
    options_.report({work.path, *key, label, "confirmed: " + reason, false});
}

// Between the last look at the file and the clearing, somebody may have begun to write: then the label comes
// back.
void Labeller::clear(const Work& work, const Label& old, const std::string& reason) {
    const int fd = work.file.fd.get();
    const auto key = sensor_->clear_label(fd);
    if (!key) return unscannable(work, key.error().message());
    const auto stamp = stamp_of(fd);
    if (!has_no_writer(fd) || !stamp || !(*stamp == work.file.stamp)) {
        if (auto back = sensor_->label(fd, old); !back) unscannable(work, back.error().message());
        return;
    }
    ++counters_.cleared;
    options_.report({work.path, *key, std::nullopt, "cleared: " + reason, true});
}

void Labeller::unscannable(const Work& work, const std::string& why) {
    ++counters_.unscannable;
    options_.report({work.path, {}, std::nullopt, "could not be scanned: " + why, false});
    settle(work);  // until its content changes
}

void Labeller::settle(const Work& work) {
    seen_.add(work.file.id, work.file.stamp);
    derived_.done(work.path);
}

std::string Labeller::problem() const {
    for (const auto& lane : lanes_)
        if (!lane.scans->problem().empty()) return "Files are not scanned: " + lane.scans->problem() + ".";
    if (counters_.unopened == 0) return {};
    return std::to_string(counters_.unopened) + " files could not be opened, the last: " + last_unopened_ +
           ".";
}

}  // namespace modelward::agent
