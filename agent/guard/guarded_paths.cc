// SPDX-License-Identifier: Apache-2.0
#include "agent/guard/guarded_paths.h"

#include <fstream>
#include <set>
#include <string>

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCgroups = "/sys/fs/cgroup";
constexpr const char* kUnit = "modelward-agent.service";

// Where systemd looks for units and for what adds to them.
constexpr const char* kUnitFolders[] = {
    "/etc/systemd/system",     "/etc/systemd/system.control",  "/etc/systemd/system/multi-user.target.wants",
    "/run/systemd/system",     "/run/systemd/system.control",  "/run/systemd/transient",
    "/usr/lib/systemd/system", "/usr/local/lib/systemd/system"};

void add_folders_above(const std::vector<GuardedPath>& of, std::vector<GuardedPath>& into) {
    std::set<fs::path> folders;
    for (const auto& guarded : of)
        for (fs::path at = guarded.path; at.has_relative_path() && !at.empty();) {
            at = at.parent_path();
            folders.insert(at);
        }
    for (const auto& folder : folders)
        into.push_back({folder, 0u | GuardRole::kAbove});
}

void add_cgroup(const fs::path& cgroup, std::vector<GuardedPath>& into) {
    if (cgroup.empty()) return;
    into.push_back({cgroup, 0u | GuardRole::kCgroup});
    for (fs::path at = cgroup.parent_path(); at != fs::path(kCgroups).parent_path() && at.has_relative_path();
         at = at.parent_path())
        into.push_back({at, 0u | GuardRole::kCgroupAbove});
}

}  // namespace

std::vector<GuardedPath> guarded_paths(const Config& config, const fs::path& executable,
                                       const fs::path& cgroup) {
    std::vector<GuardedPath> paths = {
        {executable, GuardRole::kAgent | GuardRole::kFile},
        {config.scanner_path, GuardRole::kProtected | GuardRole::kFile},
        {config.state_dir, GuardRole::kTree | GuardRole::kSecret},
        {config.pin_dir, 0u | GuardRole::kTree},
        {"/etc/ld.so.preload", 0u | GuardRole::kFile},  // code in every process, the agent included
    };
    if (!config.file.empty()) paths.push_back({config.file, 0u | GuardRole::kFile});
    for (const char* folder : kUnitFolders)
        paths.push_back({fs::path(folder) / kUnit, 0u | GuardRole::kFile});
    add_cgroup(cgroup, paths);
    std::vector<GuardedPath> above;
    add_folders_above(paths, above);
    paths.insert(paths.end(), above.begin(), above.end());
    for (const char* folder : kUnitFolders)
        paths.push_back({folder, 0u | GuardRole::kUnits});
    paths.push_back({"/etc", 0u | GuardRole::kUnits});
    return paths;
}

fs::path own_cgroup() {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        constexpr std::string_view kUnified = "0::/";
        if (!line.starts_with(kUnified) || line.size() == kUnified.size()) continue;
        return fs::path(kCgroups) / line.substr(kUnified.size());
    }
    return {};
}

}  // namespace modelward::agent
