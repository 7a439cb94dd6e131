// SPDX-License-Identifier: Apache-2.0
// Keeps the archive of labels in step with the kernel, and brings the labels back when the kernel has lost
// them.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <set>

#include "agent/labels/label_archive.h"
#include "agent/sensor/sensor.h"

namespace modelward::agent {

struct LabelMemoryCounters {
    std::uint64_t restored = 0, not_remembered = 0;
};

class LabelMemory {
  public:
    // `sensor` must outlive the memory.
    LabelMemory(LabelArchive archive, Sensor& sensor) : archive_(std::move(archive)), sensor_(&sensor) {}

    // At every start: every archived file that is still at its path and has no label, at once; the others as
    // walks come by them (found()).
    void restore();
    void found(const std::filesystem::path& path, const struct stat& status);

    // `key` is the labelled inode; nothing is remembered of another file that lies at the path. One that is
    // no longer there (renamed, made without a name) is remembered when a walk comes by it.
    void labelled(const std::filesystem::path& path, const InodeKey& key, const Label& label);
    void cleared(const std::filesystem::path& path, const InodeKey& key);

    const LabelMemoryCounters& counters() const { return counters_; }

  private:
    bool relabel(const std::filesystem::path& path);
    void place(const std::filesystem::path& path);
    Result<ArchivedFile> identify(const std::filesystem::path& path, const InodeKey& key);

    LabelArchive archive_;
    Sensor* sensor_;
    bool restoring_ = false;
    std::set<std::uint64_t> unplaced_;  // inode numbers of labelled files whose path is not known
    LabelMemoryCounters counters_;
};

}  // namespace modelward::agent
