// SPDX-License-Identifier: Apache-2.0
// Keeps the labels in the kernel true to the content of files: takes the names of files that may matter, has
// them scanned (a sample first, the whole file when that says nothing), and sets or clears labels.
//
// Two lanes: samples are not held up by the full scan of a large file. Owned by the main loop; not
// thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "agent/bundle/registry.h"
#include "agent/labels/derived_files.h"
#include "agent/labels/label_decision.h"
#include "agent/labels/named_file.h"
#include "agent/labels/scan_queue.h"
#include "agent/scanner/scan_lane.h"
#include "agent/sensor/sensor.h"
#include "agent/watch/seen_files.h"

namespace modelward::agent {

// A label that changed, or a file that could not be judged.
struct LabelReport {
    std::filesystem::path path;
    InodeKey key;
    std::optional<Label> label;  // what it was labelled with, if it was
    std::string reason;          // a sentence
    bool cleared = false;        // it had a label and has none now
};

struct LabellerCounters {
    std::uint64_t scanned = 0, labelled = 0, cleared = 0, unscannable = 0, unreachable_derived = 0;
    std::uint64_t unopened = 0;        // files in watched trees that are there and cannot be opened
    std::uint64_t not_seen_whole = 0;  // full scans that could not look into all of an archive or encoding
};

class Labeller {
  public:
    using Clock = std::chrono::steady_clock;
    struct Options {
        ScanLane::Start start_scanner;
        std::chrono::seconds timeout{60};
        std::function<void(const LabelReport&)> report;
    };

    Labeller(EventLoop& loop, Sensor& sensor, Options options);
    Labeller(const Labeller&) = delete;  // the lanes hold its address

    // New fingerprints are in force: everything may be scanned again. The scanners are replaced.
    void use(Registry registry);

    // A file in a watched tree. Skipped when it is unchanged since it was scanned.
    void found(const std::filesystem::path& path, const struct stat& status);
    void written(const std::filesystem::path& path);
    // The kernel labelled this file by lineage; it may lie anywhere.
    void derived(const std::filesystem::path& path, const InodeKey& key);

    // Gives work to free scanners. Cheap when there is none.
    void dispatch(Clock::time_point now);
    // Once a second: time limits, derived files that are due.
    void tick(Clock::time_point now);

    std::size_t waiting() const { return lanes_[0].queue.size() + lanes_[1].queue.size(); }
    std::size_t derived_waiting() const { return derived_.size(); }
    bool idle() const { return waiting() == 0 && !lanes_[0].scans->busy() && !lanes_[1].scans->busy(); }
    const LabellerCounters& counters() const { return counters_; }
    std::string problem() const;  // a sentence, or nothing
    std::uint64_t dropped() const { return lanes_[0].queue.dropped() + lanes_[1].queue.dropped(); }
    std::uint64_t scanner_restarts() const {
        return lanes_[0].scans->restarts() + lanes_[1].scans->restarts();
    }

  private:
    struct Work {
        std::filesystem::path path;
        OpenFile file;
        bool quiet = false;         // had no writer when the scan began
        std::uint64_t version = 0;  // of the registry whose fingerprints it is held against
    };
    struct Lane {
        fingerprint::Depth depth;
        ScanQueue queue;
        std::optional<Work> work;
        std::unique_ptr<ScanLane> scans;
    };

    void give(Lane& lane, Clock::time_point now);
    void take(Lane& lane, Result<ScanReply> result);
    void judge(Lane& lane, Work& work, const ScanReply& reply);
    void set(const Work& work, const Label& label, const std::string& reason);
    void clear(const Work& work, const Label& old, const std::string& reason);
    void unscannable(const Work& work, const std::string& why);
    void settle(const Work& work);  // nothing more to learn from this content

    EventLoop* loop_;
    Sensor* sensor_;
    Options options_;
    Registry registry_;
    SeenFiles seen_;
    DerivedFiles derived_;
    std::array<Lane, 2> lanes_;  // sampled, full
    std::uint64_t next_request_ = 1;
    std::set<std::filesystem::path> given_back_;  // since a scanner last answered
    LabellerCounters counters_;
    std::string last_unopened_;
};

}  // namespace modelward::agent
