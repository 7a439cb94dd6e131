// SPDX-License-Identifier: Apache-2.0
#include "tests/sensor/sensor_fixture.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "bpf/shared.h"

namespace modelward::testing {

namespace fs = std::filesystem;
using rules::Action;
using rules::RuleSet;

agent::SensorOptions sensor_options() {
    agent::SensorOptions options;
    options.meters_file = "/tmp/modelward-meters";
    return options;
}

namespace {

constexpr const char* kDisk = "/mnt/disk";

RuleSet rules_of(std::initializer_list<std::size_t> numbers) {
    RuleSet set;
    for (const auto number : numbers)
        set.set(number);
    return set;
}

rules::DestinationRules destination(std::array<std::uint8_t, 4> v4, RuleSet set) {
    rules::DestinationRules out{{}, 128, set};
    out.address[10] = out.address[11] = 0xff;
    std::copy(v4.begin(), v4.end(), out.address.begin() + 12);
    return out;
}

}  // namespace

std::unique_ptr<agent::Sensor> SensorTest::sensor;
std::uint64_t SensorTest::version = 0;

rules::CompiledPolicy test_policy(const std::string& network_rule) {
    rules::CompiledPolicy policy;
    policy.classes = {{"restricted", kMinFlow}};
    const auto rule = [](std::string id, Action action, std::uint64_t budget) {
        return rules::KernelRule{id, id, rules::Level::kHigh, action, budget, 0, ""};
    };
    policy.rules = {rule("approved", Action::kAllow, 0), rule("removable", Action::kBlock, 0),
                    rule(network_rule, Action::kBlock, kNetworkBudget), rule("read", Action::kAlert, 0)};
    const RuleSet all = rules_of({0, 1, 2, 3});
    policy.class_rules[0] = all;
    policy.kind_rules.fill(all);
    policy.operation_rules[0] = rules_of({3});
    policy.operation_rules[1] = rules_of({1});
    policy.operation_rules[2] = rules_of({0, 2});
    policy.destinations = {{{}, 0, rules_of({1, 2, 3})}, destination({127, 0, 0, 1}, all)};
    policy.other_port_rules = all;
    policy.other_user_rules = all;
    policy.other_program_rules = all;
    return policy;
}

// Once for all suites: attaching takes seconds on an emulated machine.
class RunningSensor : public ::testing::Environment {
  public:
    void SetUp() override {
        auto started = agent::start_sensor(sensor_options());
        ASSERT_TRUE(started) << started.error().message();
        for (const auto& blind_spot : (*started)->info().blind_spots)
            ASSERT_EQ(blind_spot.find("byte counts"), std::string::npos) << blind_spot;
        if (const char* expected = std::getenv("MODELWARD_EXPECT_SENSOR")) {
            ASSERT_EQ((*started)->info().name, expected);
        }
        SensorTest::sensor = std::move(*started);
    }
    void TearDown() override {
        if (SensorTest::sensor) {
            EXPECT_TRUE(SensorTest::sensor->remove());
        }
        SensorTest::sensor.reset();
    }
};

[[maybe_unused]] ::testing::Environment* const environment =
    ::testing::AddGlobalTestEnvironment(new RunningSensor);

void SensorTest::SetUp() {
    ASSERT_TRUE(sensor);
    fresh_network_budget();
    forget_pieces();
    (void)events();
}

void SensorTest::forget_pieces() {
    const UniqueFd pieces(::bpf_obj_get("/sys/fs/bpf/modelward/maps/pieces_of_users"));
    ASSERT_TRUE(pieces);
    for (kernel::pieces_key key; ::bpf_map_get_next_key(pieces.get(), nullptr, &key) == 0;)
        ::bpf_map_delete_elem(pieces.get(), &key);
}

void SensorTest::fresh_network_budget() {
    ++version;
    const auto applied = sensor->apply(test_policy("network " + std::to_string(version)), version);
    ASSERT_TRUE(applied) << applied.error().message();
}

std::string SensorTest::make_plain(const std::string& name, std::size_t bytes) {
    const std::string path = fs::path(kDisk) / name;
    fs::remove(path);
    std::ofstream(path, std::ios::binary) << std::string(bytes, 'w');
    return path;
}

void SensorTest::set_label(const std::string& path, std::uint32_t classes) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    agent::Label label;
    label.classes = classes;
    label.kinds = 1;
    label.artifacts = {7};
    const auto labelled = sensor->label(fd.get(), label);
    ASSERT_TRUE(labelled) << labelled.error().message();
}

void SensorTest::clear_label(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto cleared = sensor->clear_label(fd.get());
    ASSERT_TRUE(cleared) << cleared.error().message();
}

std::string SensorTest::make_model(const std::string& name) {
    const std::string path = make_plain(name);
    set_label(path);
    return path;
}

std::optional<agent::Label> SensorTest::label_of(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    auto label = sensor->label_of(fd.get());
    if (!label) {
        ADD_FAILURE() << label.error().message();
        return std::nullopt;
    }
    return *label;
}

std::vector<agent::KernelEvent> SensorTest::events() {
    std::vector<agent::KernelEvent> all;
    for (;;) {
        const auto read = sensor->read_events([&](std::span<const agent::KernelEvent> batch) -> Result<void> {
            all.insert(all.end(), batch.begin(), batch.end());
            return {};
        });
        EXPECT_TRUE(read) << read.error().message();
        if (!read || *read == 0) return all;
    }
}

std::uint64_t SensorTest::counter(const std::string& name) const {
    for (const auto& counter : sensor->counters())
        if (counter.name == name) return counter.value;
    return 0;
}

bool read_model(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    char byte;
    const bool read = ::read(fd, &byte, 1) == 1;
    ::close(fd);
    return read;
}

std::vector<std::string> names_on_stick() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kStick))
        names.push_back(entry.path().filename());
    return names;
}

}  // namespace modelward::testing
