// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/taint_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelward::agent {

namespace {

std::optional<kernel::process_taint> look_up(const UniqueFd& map, pid_t pid) {
    const auto key = static_cast<std::uint32_t>(pid);
    kernel::process_taint taint;
    if (::bpf_map_lookup_elem(map.get(), &key, &taint) != 0) return std::nullopt;
    return taint;
}

}  // namespace

bool marks_cover(const kernel::marks& have, const kernel::marks& more) {
    if (more.classes & ~have.classes || more.kinds & ~have.kinds) return false;
    const bool full = have.artifacts[kernel::kArtifacts - 1] != 0;
    return std::ranges::all_of(more.artifacts, [&](std::uint32_t artifact) {
        return artifact == 0 || full || std::ranges::count(have.artifacts, artifact);
    });
}

void marks_add(kernel::marks& into, const kernel::marks& from) {
    into.classes |= from.classes;
    into.kinds |= from.kinds;
    for (const std::uint32_t artifact : from.artifacts) {
        if (artifact == 0 || std::ranges::count(into.artifacts, artifact)) continue;
        const auto place = std::ranges::find(into.artifacts, 0u);
        if (place != std::end(into.artifacts)) *place = artifact;
    }
}

std::optional<kernel::process_taint> TaintTable::find(pid_t pid) const {
    return look_up(maps_->processes, pid);
}

std::optional<kernel::process_taint> TaintTable::find_late(pid_t pid) const {
    if (auto found = look_up(maps_->processes, pid)) return found;
    const auto ended = look_up(maps_->ended, pid);
    const auto now = view_process(pid);
    return ended && now && !is_same_start(now->start_boot_ns, ended->start_boot_ns) ? std::nullopt : ended;
}

Result<kernel::process_taint> TaintTable::add(const ProcessView& process, const kernel::marks& marks,
                                              std::uint32_t flags) {
    const std::lock_guard lock(mutex_);
    auto taint = to_taint(process, marks);
    taint.flags = flags | kernel::kTaintUnsettled;
    if (const auto old = find(process.pid)) {
        marks_add(taint.marks, old->marks);
        taint.start_boot_ns = old->start_boot_ns;  // finer, if it was copied at a fork
        taint.flags |= old->flags;
        taint.probe_seen = old->probe_seen;
    }
    const auto key = static_cast<std::uint32_t>(process.pid);
    auto put = map_put(maps_->processes, key, taint, fmt::format("taint process {}", process.pid));
    if (!put) return fail(put.error());
    return taint;
}

Result<void> TaintTable::settle(pid_t pid) {
    const std::lock_guard lock(mutex_);
    auto taint = find(pid);
    if (!taint) return fail(ErrorCode::kNotFound, fmt::format("process {} is not tainted any more", pid));
    taint->flags &= ~std::uint32_t{kernel::kTaintUnsettled};
    const auto key = static_cast<std::uint32_t>(pid);
    return map_put(maps_->processes, key, *taint, fmt::format("settle process {}", pid));
}

void TaintTable::sweep() {
    std::map<std::uint32_t, std::uint64_t> gone;
    std::uint32_t pid = 0;
    for (const void* after = nullptr; ::bpf_map_get_next_key(maps_->processes.get(), after, &pid) == 0;
         after = &pid) {
        const auto taint = find(static_cast<pid_t>(pid));
        const auto view = view_process(static_cast<pid_t>(pid));
        if (!taint || (view && is_same_start(view->start_boot_ns, taint->start_boot_ns))) continue;
        gone[pid] = taint->start_boot_ns;
    }
    for (const auto& [key, start] : gone_) {
        if (const auto now = gone.find(key); now == gone.end() || now->second != start) continue;
        gone.erase(key);
        const std::lock_guard lock(mutex_);  // only here: /proc was read while others were judged
        const auto taint = find(static_cast<pid_t>(key));
        if (taint && taint->start_boot_ns == start) ::bpf_map_delete_elem(maps_->processes.get(), &key);
    }
    gone_ = std::move(gone);
}

}  // namespace modelward::agent
