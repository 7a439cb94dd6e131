// SPDX-License-Identifier: Apache-2.0
// Without a BPF file system; with one: tests/sensor/takeover_vm_test.cc.
#include "agent/sensor/pins.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

TEST(Pins, WantABpfFileSystemAndLeaveNothingWhereThereIsNone) {
    const TemporaryDirectory elsewhere;
    const auto folder = elsewhere.path() / "bpf/modelward";
    // In the second no folder can be made either, as in /sys/fs without the mount.
    for (const auto& place : {folder, std::filesystem::path("/proc/self/modelward")}) {
        const auto pins = Pins::open(place);
        ASSERT_FALSE(pins);
        EXPECT_EQ(pins.error().code(), ErrorCode::kIo);
        EXPECT_NE(pins.error().message().find("mount -t bpf bpf /sys/fs/bpf"), std::string::npos)
            << pins.error().message();
    }
    EXPECT_FALSE(std::filesystem::exists(folder.parent_path()));
}

}  // namespace
}  // namespace modelward::agent
