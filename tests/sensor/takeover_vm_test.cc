// SPDX-License-Identifier: Apache-2.0
// Enforcement outlives the agent, and the next one takes over what is there: policy, labels, and events once.
#include <bpf/bpf.h>
#include <fcntl.h>

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
    const auto second = agent::start_sensor({});
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

    auto next = agent::start_sensor({});
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_TRUE(sensor->info().adopted);
    EXPECT_TRUE(label_of(model));
    const auto missed = events();
    ASSERT_EQ(missed.size(), 2u);
    EXPECT_EQ(missed[0].sequence, before[1].sequence + 1);
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
    auto next = agent::start_sensor({});
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

TEST_F(TakeoverTest, TablesOfAnotherLayoutAreLeftAlone) {
    const std::string model = make_model("model");
    sensor.reset();
    pretend_installed([](auto& installed) { installed.layout += 1; });
    const auto refused = agent::start_sensor({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kConflict);
    EXPECT_EQ(steal(model), EPERM);
    pretend_installed([](auto& installed) { installed.layout -= 1; });
    auto next = agent::start_sensor({});
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
}

TEST_F(TakeoverTest, TheRestOfAStartThatDidNotFinishIsClearedAway) {
    sensor.reset();
    pretend_installed([](auto& installed) { installed.layout = 0; });
    auto next = agent::start_sensor({});
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
    auto next = agent::start_sensor({});
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
