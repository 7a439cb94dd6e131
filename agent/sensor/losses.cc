// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/losses.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr std::array<const char*, kernel::kLosses> kNames = {
    "event_lost_ring_full",
    "label_refused_table_full",
    "meter_refused_table_full",
    "taint_refused_no_memory",
    "flow_crossed_table_full",
    "write_without_byte_count",
    "judged_without_policy",
    "event_merged_repetition",
    "event_delayed",
    "event_merged_by_rule",
    "holders_tainted",
    "shared_files_labelled",
    "pieces_labelled",
    "name_unreadable",
    "script_not_noted",
    "channel_refused_table_full",
    "marks_unplaced",
};

}  // namespace

std::uint64_t read_loss(const KernelMaps& maps, std::uint32_t kind) {
    std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(std::max(::libbpf_num_possible_cpus(), 1)));
    if (::bpf_map_lookup_elem(maps.losses.get(), &kind, per_cpu.data()) != 0) return 0;
    return std::accumulate(per_cpu.begin(), per_cpu.end(), std::uint64_t{0});
}

std::vector<Counter> read_losses(const KernelMaps& maps) {
    std::vector<Counter> counters;
    for (std::uint32_t kind = 0; kind < kernel::kLosses; ++kind)
        counters.push_back({kNames[kind], read_loss(maps, kind)});
    return counters;
}

std::uint64_t count_missed_runs(std::span<const UniqueFd> programs) {
    std::uint64_t missed = 0;
    for (const auto& program : programs) {
        bpf_prog_info info{};
        std::uint32_t size = sizeof info;
        if (::bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0) missed += info.recursion_misses;
    }
    return missed;
}

std::uint64_t count_entries(const UniqueFd& map) {
    constexpr std::uint32_t kBatch = 4096;
    constexpr std::size_t kMaxEntryBytes = 256;  // of any key or value counted here
    std::vector<std::byte> keys(kBatch * kMaxEntryBytes), values(kBatch * kMaxEntryBytes);
    std::uint64_t position = 0, total = 0;
    for (bool first = true;; first = false) {
        std::uint32_t count = kBatch;
        std::uint64_t next = 0;
        const int result = ::bpf_map_lookup_batch(map.get(), first ? nullptr : &position, &next, keys.data(),
                                                  values.data(), &count, nullptr);
        if (result != 0 && errno != ENOENT) break;
        total += count;
        if (result != 0) break;
        position = next;
    }
    return total;
}

}  // namespace modelward::agent
