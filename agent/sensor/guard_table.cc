// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/guard_table.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "agent/sensor/label_table.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr auto value_of(GuardRole role) {
    return static_cast<std::uint32_t>(role);
}
static_assert(value_of(GuardRole::kAgent) == kernel::kGuardAgent);
static_assert(value_of(GuardRole::kProtected) == kernel::kGuardProtected);
static_assert(value_of(GuardRole::kFile) == kernel::kGuardFile);
static_assert(value_of(GuardRole::kTree) == kernel::kGuardTree);
static_assert(value_of(GuardRole::kSecret) == kernel::kGuardSecret);
static_assert(value_of(GuardRole::kAbove) == kernel::kGuardAbove);
static_assert(value_of(GuardRole::kUnits) == kernel::kGuardUnits);
static_assert(value_of(GuardRole::kCgroup) == kernel::kGuardCgroup);
static_assert(value_of(GuardRole::kCgroupAbove) == kernel::kGuardCgroupAbove);

std::uint64_t boot_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

Result<kernel::guard_state> read_state(const KernelMaps& maps) {
    const std::uint32_t zero = 0;
    kernel::guard_state state;
    if (::bpf_map_lookup_elem(maps.guard.get(), &zero, &state) != 0) return fail_errno("read the guard");
    return state;
}

Result<void> write_state(const KernelMaps& maps, const kernel::guard_state& state) {
    const std::uint32_t zero = 0;
    return map_put(maps.guard, zero, state, "set the guard");
}

std::uint32_t mount_namespace(const char* path) {
    struct stat status{};
    return ::stat(path, &status) == 0 ? static_cast<std::uint32_t>(status.st_ino) : 0;
}

struct KeyOrder {
    bool operator()(const kernel::inode_key& a, const kernel::inode_key& b) const {
        return from_kernel(a) < from_kernel(b);
    }
};
using Wanted = std::map<kernel::inode_key, kernel::guarded, KeyOrder>;

Result<Wanted> wanted_of(const KernelMaps& maps, const GuardSettings& settings) {
    Wanted wanted;
    for (const auto& [path, roles] : settings.paths) {
        std::error_code error;
        if (!std::filesystem::exists(path, error)) continue;
        auto keys = kernel_keys_at(maps, path.c_str());
        if (!keys) return fail(keys.error().with_context("guard " + path.string()));
        for (const auto& key : *keys)
            wanted[key].roles |= roles;
    }
    return wanted;
}

// Puts what is wanted, then takes what is not: nothing is unguarded in between.
Result<void> put_wanted(const KernelMaps& maps, const Wanted& wanted) {
    for (const auto& [key, roles] : wanted)
        if (auto put = map_put(maps.guarded, key, roles, "guard an inode"); !put) return put;
    std::vector<kernel::inode_key> old;
    kernel::inode_key key{};
    for (const void* before = nullptr; ::bpf_map_get_next_key(maps.guarded.get(), before, &key) == 0;
         before = &key)
        if (!wanted.contains(key)) old.push_back(key);
    for (const auto& gone : old)
        (void)::bpf_map_delete_elem(maps.guarded.get(), &gone);
    return {};
}

Result<void> put_object(const KernelMaps& maps, std::uint32_t kind, std::uint32_t id) {
    const kernel::guarded_object object{kind, id};
    const std::uint32_t one = 1;
    return map_put(maps.guarded_objects, object, one, "guard a map, program or link");
}

Result<void> put_objects(const KernelMaps& maps, const std::vector<std::uint32_t>& programs,
                         const std::vector<std::uint32_t>& links) {
    for (const auto& known : map_names()) {
        bpf_map_info info{};
        std::uint32_t size = sizeof info;
        if (::bpf_obj_get_info_by_fd((maps.*known.fd).get(), &info, &size) != 0)
            return fail_errno("ask for the number of a map");
        if (auto put = put_object(maps, kernel::kGuardedMap, info.id); !put) return put;
    }
    for (const auto id : programs)
        if (auto put = put_object(maps, kernel::kGuardedProgram, id); !put) return put;
    for (const auto id : links)
        if (auto put = put_object(maps, kernel::kGuardedLink, id); !put) return put;
    return {};
}

Result<void> trust_this_process(const KernelMaps& maps) {
    const UniqueFd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
    if (!self) return fail_errno("pidfd_open of this process");
    const kernel::guardian guardian{kernel::kGuardianAgent, 0};
    return map_put(maps.guardians, self.get(), guardian, "note who the agent is");
}

}  // namespace

Result<GuardStatus> guard_status(const KernelMaps& maps) {
    auto state = read_state(maps);
    if (!state) return fail(state.error());
    GuardStatus status;
    status.on = state->on != 0;
    if (const auto now = boot_ns(); state->maintenance_until > now)
        status.maintenance_left = std::chrono::nanoseconds(state->maintenance_until - now);
    std::ranges::copy(state->key, status.key.begin());
    status.host_id.assign(state->host_id, ::strnlen(state->host_id, sizeof state->host_id));
    return status;
}

Result<void> put_guard(const KernelMaps& maps, const GuardSettings& settings,
                       const std::vector<std::uint32_t>& programs, const std::vector<std::uint32_t>& links) {
    auto state = read_state(maps);
    if (!state) return fail(state.error());
    if (settings.host_id.size() >= sizeof state->host_id)
        return fail(ErrorCode::kInvalid, "the host's id is longer than the guard keeps");
    if (auto trusted = trust_this_process(maps); !trusted) return trusted;
    auto wanted = wanted_of(maps, settings);
    if (!wanted) return fail(wanted.error());
    if (auto put = put_wanted(maps, *wanted); !put) return put;
    if (auto put = put_objects(maps, programs, links); !put) return put;
    state->on = 1;
    state->host_mounts = mount_namespace("/proc/1/ns/mnt");
    state->agent_mounts = mount_namespace("/proc/self/ns/mnt");
    std::ranges::copy(settings.key, state->key);
    std::memset(state->host_id, 0, sizeof state->host_id);
    std::ranges::copy(settings.host_id, state->host_id);
    return write_state(maps, *state);
}

Result<void> end_guard(const KernelMaps& maps) {
    return write_state(maps, {});
}

Result<void> open_guard(const KernelMaps& maps, std::chrono::nanoseconds duration) {
    auto state = read_state(maps);
    if (!state) return fail(state.error());
    state->maintenance_until =
        duration.count() > 0 ? boot_ns() + static_cast<std::uint64_t>(duration.count()) : 0;
    return write_state(maps, *state);
}

Result<bool> guards(const KernelMaps& maps, const std::filesystem::path& path, std::uint32_t roles) {
    auto keys = kernel_keys_at(maps, path.c_str());
    if (!keys) return fail(keys.error());
    return std::ranges::all_of(*keys, [&](const auto& key) {
        kernel::guarded found{};
        return ::bpf_map_lookup_elem(maps.guarded.get(), &key, &found) == 0 && (found.roles & roles) == roles;
    });
}

}  // namespace modelward::agent
