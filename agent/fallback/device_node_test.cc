// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/device_node.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

TEST(DeviceNode, HasTheNameOfItsDevice) {
    const TemporaryDirectory sys;
    sys.write("dev/block/8:16/uevent", "MAJOR=8\nMINOR=16\nDEVNAME=sdb");
    EXPECT_EQ(node_of(8 << 20 | 16, true, sys.path()), "/dev/sdb");
    EXPECT_EQ(node_of(8 << 20 | 16, false, sys.path()), "") << "a character device of the same number";
    EXPECT_EQ(node_of(8 << 20 | 17, true, sys.path()), "");
}

}  // namespace
}  // namespace modelward::agent
