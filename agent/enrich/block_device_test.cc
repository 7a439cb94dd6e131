// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/block_device.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

struct BlockDeviceTest : ::testing::Test {
    TemporaryDirectory sys;
    void link(const char* number, const fs::path& target) {
        fs::create_directories(sys.path() / target);
        fs::create_directories(sys.path() / "dev/block");
        fs::create_directory_symlink(sys.path() / target, sys.path() / "dev/block" / number);
    }
};

TEST_F(BlockDeviceTest, AStickSaysWhoMadeItAndItsSerialNumber) {
    link("8:17", "devices/pci0000:00/usb1/1-2/1-2:1.0/host0/target0:0:0/0:0:0:0/block/sdb/sdb1");
    sys.write("devices/pci0000:00/usb1/1-2/idVendor", "0951\n");
    sys.write("devices/pci0000:00/usb1/1-2/manufacturer", "Kingston  \n");
    sys.write("devices/pci0000:00/usb1/1-2/product", "DataTraveler\n");
    sys.write("devices/pci0000:00/usb1/1-2/serial", "MWSTICK01\n");
    sys.write("devices/pci0000:00/usb1/idVendor", "1d6b\n");
    sys.write("devices/pci0000:00/usb1/serial", "the hub's\n");
    const auto device = block_device(8u << 20 | 17, sys.path());
    ASSERT_TRUE(device);
    EXPECT_EQ(device->node, "sdb1");
    EXPECT_EQ(device->vendor, "Kingston");
    EXPECT_EQ(device->product, "DataTraveler");
    EXPECT_EQ(device->serial, "MWSTICK01");
}

TEST_F(BlockDeviceTest, ADiskWithoutUsbHasItsNodeOnly) {
    link("259:0", "devices/pci0000:00/nvme/nvme0n1");
    const auto device = block_device(259u << 20, sys.path());
    ASSERT_TRUE(device);
    EXPECT_EQ(device->node, "nvme0n1");
    EXPECT_EQ(device->serial, "");
}

TEST_F(BlockDeviceTest, ADeviceThatIsGoneIsNothing) {
    EXPECT_FALSE(block_device(8u << 20, sys.path()));
}

}  // namespace
}  // namespace modelward::agent
