// SPDX-License-Identifier: Apache-2.0
// A host under guard. The test process is the agent, its children are root and nobody special.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "bpf/shared.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace fs = std::filesystem;
using agent::GuardOperation;
using agent::GuardRole;

constexpr const char* kPins = "/sys/fs/bpf/modelward";
constexpr const char* kHome = "/mnt/disk/guard";
constexpr const char* kCgroup = "/sys/fs/cgroup/modelward-test";

inline std::string at(const std::string& name) {
    return std::string(kHome) + "/" + name;
}

class GuardTest : public SensorTest {
  protected:
    void SetUp() override {
        SensorTest::SetUp();
        fs::remove_all(kHome);
        fs::create_directories(at("state/inner"));
        fs::create_directories(at("units"));
        fs::create_directories(at("outside"));
        fs::create_directories(kCgroup);
        for (const char* name : {"state/key", "state/inner/spool", "config", "outside/own"})
            std::ofstream(at(name)) << "content\n";
        ::chmod(at("state/key").c_str(), 0600);
        fs::copy_file("/bin/cat", at("agent"));
        fs::copy_file("/bin/sleep", at("scanner"));
        settings_.host_id = "host";
        settings_.paths = {
            {at("agent"), GuardRole::kAgent | GuardRole::kFile},
            {at("scanner"), GuardRole::kProtected | GuardRole::kFile},
            {at("config"), 0u | GuardRole::kFile},
            {at("state"), GuardRole::kTree | GuardRole::kSecret},
            {at("units"), 0u | GuardRole::kUnits},
            {kHome, 0u | GuardRole::kAbove},
            {"/mnt/disk", 0u | GuardRole::kAbove},
            {kPins, 0u | GuardRole::kTree},
            {"/sys/fs/bpf", 0u | GuardRole::kAbove},
            {"/sys/fs", 0u | GuardRole::kAbove},
            {kCgroup, 0u | GuardRole::kCgroup},
            {"/sys/fs/cgroup", 0u | GuardRole::kCgroupAbove},
        };
        const auto guarded = sensor->guard(settings_);
        ASSERT_TRUE(guarded) << guarded.error().message();
        (void)events();
    }
    void TearDown() override {
        EXPECT_TRUE(sensor->end_guard());
        fs::remove_all(kHome);
        ::rmdir(kCgroup);
    }

    // The operations that the guard reported since the last look.
    std::vector<GuardOperation> attempts() {
        std::vector<GuardOperation> all;
        for (const auto& event : events())
            if (event.rule_index == agent::kGuardRuleIndex)
                all.push_back(static_cast<GuardOperation>(event.operation));
        return all;
    }
    bool reported(GuardOperation operation) {
        const auto all = attempts();
        return std::ranges::find(all, operation) != all.end();
    }

    agent::GuardSettings settings_;
};

// Runs a program; its exit code, or 200 + the signal that ended it.
inline int run(const std::vector<const char*>& words, const std::vector<const char*>& environment = {}) {
    const pid_t child = ::fork();
    if (child == 0) {
        auto arguments = words, variables = environment;
        arguments.push_back(nullptr);
        variables.push_back(nullptr);
        const UniqueFd nowhere(::open("/dev/null", O_RDWR));
        ::dup2(nowhere.get(), 1);
        ::dup2(nowhere.get(), 2);
        ::execve(words[0], const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()));
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200 + WTERMSIG(status);
}

}  // namespace modelward::testing
