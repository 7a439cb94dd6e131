// SPDX-License-Identifier: Apache-2.0
// Enforcement outlives the agent, and the next one takes over what is there: policy, labels, and events once.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/unique_fd.h"
#include "bpf/shared.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using TakeoverTest = SensorTest;

const std::string kTarget = std::string(kStick) + "/stolen";

int steal(const std::string& model) {
    return in_child(
        [&] { return read_model(model) ? outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600)) : 200; });
}

TEST_F(TakeoverTest, TheNextPolicyReplacesTheWholeOldOne) {
    const std::string model = make_model("model");
    auto policy = test_policy();
    policy.operation_rules[1].reset();
    ASSERT_TRUE(sensor->apply(policy, ++version));
    EXPECT_EQ(steal(model), 0);
    std::filesystem::remove(kTarget);
    for (int i = 0; i < 10; ++i) {
        fresh_network_budget();
        EXPECT_EQ(steal(model), EPERM);
    }
}

TEST_F(TakeoverTest, ASecondAgentIsTurnedAway) {
    const auto second = agent::start_sensor(sensor_options());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), ErrorCode::kConflict);
}

TEST_F(TakeoverTest, WithoutAnAgentTheKernelGoesOnAndTheNextOneHearsOfItOnce) {
    const std::string model = make_model("model");
    ASSERT_EQ(steal(model), EPERM);
    const auto before = events();
    ASSERT_EQ(before.size(), 2u);

    sensor.reset();  // as if killed: nothing is taken down
    EXPECT_EQ(steal(model), EPERM);

    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_TRUE(sensor->info().adopted);
    EXPECT_TRUE(label_of(model));
    const auto missed = events();
    ASSERT_EQ(missed.size(), 2u);
    for (const std::size_t i : {0u, 1u}) {  // the read in one ring, the block in the other
        EXPECT_EQ(missed[i].ring, before[i].ring);
        EXPECT_EQ(missed[i].sequence, before[i].sequence + 1);
    }
    EXPECT_NE(missed[0].ring, missed[1].ring);
    EXPECT_EQ(missed[1].action, rules::Action::kBlock);
    EXPECT_EQ(missed[1].policy_version, version);
    EXPECT_TRUE(events().empty());

    // It can go on where the last one stopped.
    fresh_network_budget();
    EXPECT_EQ(steal(model), EPERM);
}

// What is pinned came from somebody else: says so in the map that the next start reads.
void pretend_installed(const std::function<void(kernel::installation&)>& change) {
    const UniqueFd map(::bpf_obj_get("/sys/fs/bpf/modelward/maps/installed"));
    const std::uint32_t zero = 0;
    kernel::installation installed;
    ASSERT_EQ(::bpf_map_lookup_elem(map.get(), &zero, &installed), 0);
    change(installed);
    ASSERT_EQ(::bpf_map_update_elem(map.get(), &zero, &installed, BPF_ANY), 0);
}

TEST_F(TakeoverTest, AnotherBuildReplacesTheProgramsAndKeepsWhatTheyKnow) {
    const std::string model = make_model("model");
    sensor.reset();
    pretend_installed([](auto& installed) { installed.build = 1; });
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_TRUE(sensor->info().adopted);
    EXPECT_TRUE(label_of(model));
    EXPECT_EQ(steal(model), EPERM);  // under the policy of before
    const auto seen = events();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().policy_version, version);
    fresh_network_budget();
    EXPECT_EQ(steal(model), EPERM);
}

std::vector<std::uint32_t> links_at_work() {
    std::vector<std::uint32_t> ids;
    for (const auto& entry : std::filesystem::directory_iterator("/sys/fs/bpf/modelward/links")) {
        const UniqueFd link(::bpf_obj_get(entry.path().c_str()));
        bpf_link_info info{};
        std::uint32_t size = sizeof info;
        if (::bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0) ids.push_back(info.id);
    }
    std::ranges::sort(ids);
    return ids;
}

TEST_F(TakeoverTest, ALookAtTheHostLeavesWhatRunsAsItIs) {
    const auto before = links_at_work();
    ASSERT_FALSE(before.empty());
    const auto with_agent = agent::check_host({});
    ASSERT_TRUE(with_agent) << with_agent.error().message();
    EXPECT_EQ(with_agent->running, agent::Enforcement::kByAgent);
    EXPECT_EQ(with_agent->info.name, sensor->info().name);
    sensor.reset();
    pretend_installed([](auto& installed) { installed.build = 1; });  // the next start would replace them
    const auto without = agent::check_host({});
    ASSERT_TRUE(without) << without.error().message();
    EXPECT_EQ(without->running, agent::Enforcement::kWithoutAgent);
    EXPECT_EQ(links_at_work(), before);
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_NE(links_at_work(), before);
}

TEST_F(TakeoverTest, EnforcementIsEndedWithoutStartingAnything) {
    const auto held = agent::end_enforcement({});
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code(), ErrorCode::kConflict);
    sensor.reset();
    pretend_installed([](auto& installed) { installed.layout += 1; });  // no start would take it over
    {
        const UniqueFd link(::bpf_obj_get("/sys/fs/bpf/modelward/links/file_open"));
        ASSERT_TRUE(link);
        const auto stays = agent::end_enforcement({});
        ASSERT_FALSE(stays);
        EXPECT_NE(stays.error().message().find("1 of"), std::string::npos) << stays.error().message();
    }
    EXPECT_FALSE(std::filesystem::exists("/sys/fs/bpf/modelward"));
    const auto nothing = agent::end_enforcement({});
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing);
    const auto host = agent::check_host({});
    ASSERT_TRUE(host) << host.error().message();
    EXPECT_EQ(host->running, agent::Enforcement::kNone);
    EXPECT_FALSE(std::filesystem::exists("/sys/fs/bpf/modelward"));
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_FALSE(sensor->info().adopted);
}

TEST_F(TakeoverTest, AHookThatHasGoneSilentIsNamed) {
    sensor.reset();
    const std::filesystem::path pins = "/sys/fs/bpf/modelward";
    const bool renamed = std::filesystem::exists(pins / "links/anon_pipe_read");
    for (const char* name : {"file_receive", "inode_create", "bprm_check_security", "unix_stream_recvmsg",
                             "unix_dgram_recvmsg", renamed ? "anon_pipe_read" : "pipe_read"})
        for (const char* part :
             {"links", "programs"})  // the program too, so that nothing shows it is missing
            ASSERT_TRUE(std::filesystem::remove(pins / part / name)) << name;
    const std::string expected =
        "self-test: these hooks do not fire: file_receive, inode_create, bprm_check_security, pipe_read, "
        "unix_stream_recvmsg, unix_dgram_recvmsg";
    // The kernel detaches a program some time after its last reference is gone.
    std::string message;
    for (int i = 0; i < 100 && message != expected; ++i) {
        const auto refused = agent::start_sensor(sensor_options());
        if (refused) continue;
        EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
        message = refused.error().message();
    }
    EXPECT_EQ(message, expected);
    ASSERT_TRUE(agent::end_enforcement({}));
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
}

TEST_F(TakeoverTest, WhatSomebodyDetachedIsToldAndAttachedAgain) {
    const auto problems = [&] {
        for (int i = 0; i < 10; ++i)
            sensor->sweep();
        const auto all = sensor->policy_problems();
        return all.empty() ? std::string() : all.front();
    };
    const std::string links = "/sys/fs/bpf/modelward/links/";
    const auto sees_packets = [&] {
        const UniqueFd link(::bpf_obj_get((links + "learn_answers").c_str()));
        bpf_link_info info{};
        std::uint32_t size = sizeof info;
        return link && ::bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0 && info.cgroup.cgroup_id != 0;
    };
    EXPECT_EQ(problems(), "");
    ASSERT_TRUE(sees_packets());
    ASSERT_EQ(::bpf_link_detach(UniqueFd(::bpf_obj_get((links + "learn_answers").c_str())).get()), 0);
    ASSERT_FALSE(sees_packets());
    ASSERT_TRUE(std::filesystem::remove(links + "inode_create"));
    EXPECT_NE(problems().find("not judged: inode_create, learn_answers."), std::string::npos) << problems();
    EXPECT_EQ(counter("programs_detached"), 2u);

    sensor.reset();
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_TRUE(sees_packets());
    EXPECT_TRUE(std::filesystem::exists(links + "inode_create"));
    EXPECT_EQ(problems(), "");
}

TEST_F(TakeoverTest, PinsThatCannotBeReadAreNotTakenForDetachedOnes) {
    rlimit usual{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    const rlimit none{3, usual.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    ASSERT_LT(::open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    for (int i = 0; i < 10; ++i)
        sensor->sweep();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    EXPECT_EQ(counter("programs_detached"), 0u);
}

TEST_F(TakeoverTest, RunningOutOfDescriptorsIsNotTakenForAKernelThatRefuses) {
    sensor.reset();
    pretend_installed([](auto& installed) { installed.build = 1; });
    EXPECT_EQ(in_child([] {
                  const rlimit few{64, 64};
                  ::setrlimit(RLIMIT_NOFILE, &few);
                  const auto started = agent::start_sensor(sensor_options());
                  return started ? 200 : 100 + static_cast<int>(started.error().code());
              }),
              100 + static_cast<int>(ErrorCode::kUnavailable));
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
}

TEST_F(TakeoverTest, TablesOfAnotherLayoutAreLeftAlone) {
    const std::string model = make_model("model");
    sensor.reset();
    pretend_installed([](auto& installed) { installed.layout += 1; });
    const auto refused = agent::start_sensor(sensor_options());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kConflict);
    EXPECT_EQ(steal(model), EPERM);

    // Also when they are not the tables that this agent has.
    const std::string table = "/sys/fs/bpf/modelward/maps/scripts";
    const UniqueFd kept(::bpf_obj_get(table.c_str()));
    ASSERT_TRUE(std::filesystem::remove(table));
    for (const int change : {0, -1}) {
        pretend_installed([&](auto& installed) { installed.layout += change; });
        const auto again = agent::start_sensor(sensor_options());
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code(), ErrorCode::kConflict) << again.error().message();
        EXPECT_EQ(steal(model), EPERM);
    }
    ASSERT_EQ(::bpf_obj_pin(kept.get(), table.c_str()), 0);
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
}

TEST_F(TakeoverTest, TheRestOfAStartThatDidNotFinishIsClearedAway) {
    sensor.reset();
    pretend_installed([](auto& installed) { installed.layout = 0; });
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_FALSE(sensor->info().adopted);
    fresh_network_budget();
    EXPECT_EQ(steal(make_model("model")), EPERM);
}

TEST_F(TakeoverTest, EventsThatWereNotTakenComeAgain) {
    const std::string model = make_model("model");
    ASSERT_EQ(steal(model), EPERM);
    const auto refused = sensor->read_events([](std::span<const agent::KernelEvent>) -> Result<void> {
        return fail(ErrorCode::kIo, "the disk is full");
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(events().size(), 2u);
    EXPECT_TRUE(events().empty());
}

TEST_F(TakeoverTest, RemovingTheSensorEndsEnforcementAndLeavesNothing) {
    const std::string model = make_model("model");
    ASSERT_TRUE(sensor->remove());
    sensor.reset();
    EXPECT_FALSE(std::filesystem::exists("/sys/fs/bpf/modelward"));
    // The kernel detaches a program some time after its last reference is gone.
    while (steal(model) != 0)
        ::usleep(10'000);
    std::filesystem::remove(kTarget);
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_FALSE(sensor->info().adopted);
}

TEST_F(TakeoverTest, CountersTellOfLossesAndOfTheTables) {
    const std::string model = make_model("model");
    EXPECT_GE(counter("labels_in_use"), 1u);
    EXPECT_EQ(counter("event_lost_ring_full"), 0u);
    const auto merged = counter("event_merged_repetition");
    ASSERT_EQ(in_child([&] {
                  (void)read_model(model);
                  return read_model(model) ? 0 : 200;
              }),
              0);
    EXPECT_EQ(counter("event_merged_repetition"), merged + 1);
}

}  // namespace

}  // namespace modelward::testing
