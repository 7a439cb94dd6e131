// SPDX-License-Identifier: Apache-2.0
#include "agent/labels/label_memory.h"

#include <vector>

#include "agent/labels/named_file.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kMostUnplaced = 100'000;

}  // namespace

void LabelMemory::restore() {
    restoring_ = true;
    std::vector<std::filesystem::path> paths;
    for (const auto& [file, archived] : archive_.all())
        paths.push_back(archived.path);
    for (const auto& path : paths)
        relabel(path);
}

void LabelMemory::found(const std::filesystem::path& path, const struct stat& status) {
    if (unplaced_.contains(status.st_ino)) place(path);
    if (restoring_ && archive_.holds_inode(status.st_ino)) relabel(path);
}

bool LabelMemory::relabel(const std::filesystem::path& path) {
    const auto file = open_file(path);
    if (!file) return false;
    const auto known = archived_file(file->fd.get());
    const auto* archived = known ? archive_.find(*known) : nullptr;
    if (!archived) return false;
    const auto current = sensor_->label_of(file->fd.get());
    if (!current || *current) return false;  // it has one again
    if (!sensor_->label(file->fd.get(), archived->label)) return false;
    ++counters_.restored;
    return true;
}

// Inode numbers repeat between file systems: one that has no label is another file.
void LabelMemory::place(const std::filesystem::path& path) {
    const auto file = open_file(path);
    if (!file) return;
    const auto label = sensor_->label_of(file->fd.get());
    const auto known = archived_file(file->fd.get());
    if (!label || !*label || !known || !archive_.remember(*known, path, **label)) return;
    unplaced_.erase(known->inode);
}

Result<ArchivedFile> LabelMemory::identify(const std::filesystem::path& path, const InodeKey& key) {
    const auto file = open_named(*sensor_, path, key);
    return file ? archived_file(file->fd.get()) : Result<ArchivedFile>(fail(file.error()));
}

void LabelMemory::labelled(const std::filesystem::path& path, const InodeKey& key, const Label& label) {
    const auto file = identify(path, key);
    if (file && archive_.remember(*file, path, label)) return;
    ++counters_.not_remembered;
    if (unplaced_.size() < kMostUnplaced) unplaced_.insert(key.inode);
}

void LabelMemory::cleared(const std::filesystem::path& path, const InodeKey& key) {
    if (const auto file = identify(path, key)) static_cast<void>(archive_.forget(*file));
}

}  // namespace modelward::agent
