// SPDX-License-Identifier: Apache-2.0
#include "agent/spool/open_spool.h"

#include <algorithm>

#include "agent/labels/label_archive.h"

namespace modelward::agent {
namespace {

constexpr const char* kFile = "spool.db";

Result<Spool> open_in(const std::filesystem::path& folder, const SpoolPlace& place, SpoolLimits limits) {
    auto spool = Spool::open(folder / kFile, limits);
    if (!spool) return spool;
    if (auto begun = spool->start_epoch(place.boot_id, place.sensor_adopted); !begun)
        return fail(begun.error());
    return spool;
}

Result<void> take_over_labels(Database& from, Database& to) {
    const auto left = LabelArchive::open(from);
    if (!left) return fail(left.error());
    auto archive = LabelArchive::open(to);
    if (!archive) return fail(archive.error());
    for (const auto& [file, archived] : left->all())
        if (auto kept = archive->remember(file, archived.path, archived.label); !kept) return kept;
    return {};
}

Result<void> take_over_from_memory(Spool& spool, const SpoolPlace& place) {
    std::error_code ignored;
    if (!std::filesystem::exists(place.run_dir / kFile, ignored)) return {};
    {
        auto left = Spool::open(place.run_dir / kFile, place.limits);
        if (!left) return fail(left.error());
        if (auto taken = spool.take_over(*left); !taken) return taken;
        if (auto taken = take_over_labels(left->database(), spool.database()); !taken) return taken;
    }
    for (const auto* end : {"", "-wal", "-shm"})
        std::filesystem::remove(place.run_dir / (std::string(kFile) + end), ignored);
    return {};
}

}  // namespace

Result<OpenedSpool> open_spool(const SpoolPlace& place) {
    auto spool = open_in(place.state_dir, place, place.limits);
    if (spool) {
        const auto taken = take_over_from_memory(*spool, place);
        return OpenedSpool{
            std::move(*spool),
            taken ? "" : "Events kept in memory before are still there: " + taken.error().message() + "."};
    }
    std::error_code ignored;
    // As ControlServer makes it: people come through here for their notices.
    if (std::filesystem::create_directories(place.run_dir, ignored))
        std::filesystem::permissions(place.run_dir, static_cast<std::filesystem::perms>(0711), ignored);
    const SpoolLimits less{std::min(place.limits.max_bytes, kMemorySpoolBytes),
                           std::min(place.limits.block_reserve_bytes, kMemorySpoolBytes / 4)};
    auto memory = open_in(place.run_dir, place, less);
    if (!memory) return fail(memory.error().with_context(spool.error().message()));
    return OpenedSpool{std::move(*memory), "Events and labels are remembered in memory only (" +
                                               spool.error().message() +
                                               "): mend that and restart the agent, or a reboot loses them."};
}

}  // namespace modelward::agent
