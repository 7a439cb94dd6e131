// SPDX-License-Identifier: Apache-2.0
// One running sensor for all tests of a program, a policy of three rules, and a labelled file to steal.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/sensor/start.h"
#include "base/unique_fd.h"

namespace modelward::testing {

inline constexpr std::uint64_t kMinFlow = 64 * 1024;
inline constexpr std::uint64_t kNetworkBudget = 256 * 1024;
inline constexpr std::size_t kModelBytes = 1 << 20;
inline constexpr const char* kStick = "/mnt/usb1";
inline constexpr const char* kUnapproved = "127.0.0.2";
inline constexpr const char* kApproved = "127.0.0.1";

// Class 0 is restricted. Rule 0: network to kApproved is allowed. Rule 1: removable media are blocked. Rule
// 2: other network destinations are blocked beyond kNetworkBudget. Rule 3: reading alerts. `network_rule`
// names rule 2: a fresh name starts with a fresh meter.
rules::CompiledPolicy test_policy(const std::string& network_rule = "network");

// Of every start: meters are kept in a file of the guest.
agent::SensorOptions sensor_options();

class SensorTest : public ::testing::Test {
  public:
    static std::unique_ptr<agent::Sensor> sensor;

  protected:
    void SetUp() override;

    // A new file of kModelBytes on the scratch disk, labelled as restricted artifact 7.
    std::string make_model(const std::string& name);
    std::string make_plain(const std::string& name, std::size_t bytes = kModelBytes);
    void set_label(const std::string& path, std::uint32_t classes = 1);
    void clear_label(const std::string& path);
    std::optional<agent::Label> label_of(const std::string& path);

    // As on another day.
    static void forget_pieces();

    // Applies test_policy with a meter of its own.
    void fresh_network_budget();

    std::vector<agent::KernelEvent> events();

    // 0 if there is no counter of that name.
    std::uint64_t counter(const std::string& name) const;

    static std::uint64_t version;
};

// In a child: opens the file for reading, so that the child carries its label. False if refused.
bool read_model(const std::string& path);

std::vector<std::string> names_on_stick();

}  // namespace modelward::testing
