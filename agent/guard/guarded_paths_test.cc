// SPDX-License-Identifier: Apache-2.0
#include "agent/guard/guarded_paths.h"

#include <gtest/gtest.h>

#include <map>

namespace modelward::agent {
namespace {

std::map<std::string, std::uint32_t> roles() {
    Config config;
    config.file = "/etc/modelward/agent.yaml";
    std::map<std::string, std::uint32_t> all;
    for (const auto& [path, roles] :
         guarded_paths(config, "/usr/sbin/modelwardd", "/sys/fs/cgroup/system.slice/modelward-agent.service"))
        all[path] |= roles;
    return all;
}

TEST(GuardedPaths, ProgramsConfigurationStateAndPinsAreKept) {
    const auto all = roles();
    EXPECT_EQ(all.at("/usr/sbin/modelwardd"), GuardRole::kAgent | GuardRole::kFile);
    EXPECT_EQ(all.at("/usr/libexec/modelward/modelward-scan"), GuardRole::kProtected | GuardRole::kFile);
    EXPECT_EQ(all.at("/etc/modelward/agent.yaml"), 0u | GuardRole::kFile);
    EXPECT_EQ(all.at("/var/lib/modelward"), GuardRole::kTree | GuardRole::kSecret);
    EXPECT_EQ(all.at("/sys/fs/bpf/modelward"), 0u | GuardRole::kTree);
    EXPECT_EQ(all.at("/usr/lib/systemd/system/modelward-agent.service"), 0u | GuardRole::kFile);
}

TEST(GuardedPaths, SoIsEveryFolderAboveThem) {
    const auto all = roles();
    for (const char* folder :
         {"/", "/etc", "/etc/modelward", "/usr", "/usr/sbin", "/var/lib", "/sys/fs/bpf"}) {
        ASSERT_TRUE(all.contains(folder)) << folder;
        EXPECT_TRUE(all.at(folder) & static_cast<std::uint32_t>(GuardRole::kAbove)) << folder;
    }
    EXPECT_FALSE(all.contains("/home"));
    EXPECT_FALSE(all.contains(""));
}

TEST(GuardedPaths, TheControlGroupsAboveAreNotKilledEither) {
    const auto all = roles();
    const auto has = [&](const char* path, GuardRole role) {
        return (all.at(path) & static_cast<std::uint32_t>(role)) != 0;
    };
    EXPECT_TRUE(has("/sys/fs/cgroup/system.slice/modelward-agent.service", GuardRole::kCgroup));
    EXPECT_TRUE(has("/sys/fs/cgroup/system.slice", GuardRole::kCgroupAbove));
    EXPECT_TRUE(has("/sys/fs/cgroup", GuardRole::kCgroupAbove));
    EXPECT_FALSE(has("/sys/fs", GuardRole::kCgroupAbove));
}

}  // namespace
}  // namespace modelward::agent
