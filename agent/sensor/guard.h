// SPDX-License-Identifier: Apache-2.0
// What the kernel is told to keep from everybody but the agent. bpf/guard.bpf.h says how.
//
// A path has roles; what it leads to is guarded, whatever becomes of the name. Paths that do not exist are
// left out.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace modelward::agent {

enum class GuardRole : std::uint32_t {
    kAgent = 1 << 0,      // programs started from it are the agent
    kProtected = 1 << 1,  // programs started from it are protected, and trusted with nothing
    kFile = 1 << 2,       // not changed, renamed or removed
    kTree = 1 << 3,       // nor anything below it
    kSecret = 1 << 4,     // nor read
    kAbove = 1 << 5,      // a folder above: not renamed, not mounted over
    kUnits = 1 << 6,      // a folder where names of the agent's unit have a meaning
    kCgroup = 1 << 7,     // the agent's control group
    kCgroupAbove = 1 << 8,
};

constexpr std::uint32_t operator|(GuardRole a, GuardRole b) {
    return static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b);
}
constexpr std::uint32_t operator|(std::uint32_t a, GuardRole b) {
    return a | static_cast<std::uint32_t>(b);
}

struct GuardedPath {
    std::filesystem::path path;
    std::uint32_t roles = 0;
};

using GuardKey = std::array<std::uint8_t, 32>;

struct GuardSettings {
    std::vector<GuardedPath> paths;
    GuardKey key{};       // who may sign maintenance tokens
    std::string host_id;  // for which host they have to be
};

struct GuardStatus {
    bool on = false;
    std::chrono::nanoseconds maintenance_left{0};  // how long the guard is still open
    GuardKey key{};
    std::string host_id;
};

}  // namespace modelward::agent
