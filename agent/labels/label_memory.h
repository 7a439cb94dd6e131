// SPDX-License-Identifier: Apache-2.0
// Keeps the archive of labels in step with the kernel, and brings the labels back when the kernel has lost
// them.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>

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

    // After a start without adopted enforcement: every archived file that is still at its path, at once; the
    // others as walks come by them (found()).
    void restore();
    void found(const std::filesystem::path& path, const struct stat& status);

    // `key` is the labelled inode; nothing is remembered of another file that lies at the path.
    void labelled(const std::filesystem::path& path, const InodeKey& key, const Label& label);
    void cleared(const std::filesystem::path& path, const InodeKey& key);

    const LabelMemoryCounters& counters() const { return counters_; }

  private:
    bool relabel(const std::filesystem::path& path);
    Result<ArchivedFile> identify(const std::filesystem::path& path, const InodeKey& key);

    LabelArchive archive_;
    Sensor* sensor_;
    bool restoring_ = false;
    LabelMemoryCounters counters_;
};

}  // namespace modelward::agent
