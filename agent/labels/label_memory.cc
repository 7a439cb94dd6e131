// SPDX-License-Identifier: Apache-2.0
#include "agent/labels/label_memory.h"

#include <vector>

namespace modelward::agent {

void LabelMemory::restore() {
    restoring_ = true;
    std::vector<std::filesystem::path> paths;
    for (const auto& [file, archived] : archive_.all())
        paths.push_back(archived.path);
    for (const auto& path : paths)
        relabel(path);
}

void LabelMemory::found(const std::filesystem::path& path, const struct stat& status) {
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

void LabelMemory::labelled(const std::filesystem::path& path, const Label& label) {
    const auto file = open_file(path);
    const auto known = file ? archived_file(file->fd.get()) : Result<ArchivedFile>(fail(file.error()));
    if (!known || !archive_.remember(*known, path, label)) ++counters_.not_remembered;
}

void LabelMemory::cleared(const std::filesystem::path& path) {
    const auto file = open_file(path);
    const auto known = file ? archived_file(file->fd.get()) : Result<ArchivedFile>(fail(file.error()));
    if (known) static_cast<void>(archive_.forget(*known));
}

}  // namespace modelward::agent
