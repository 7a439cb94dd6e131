// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/uevent.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace modelward::agent {
namespace {

std::string message(std::initializer_list<std::string_view> words) {
    std::string text;
    for (const std::string_view word : words)
        text.append(word).push_back('\0');
    return text;
}

TEST(Uevent, NamesAUsbDeviceThatWasAdded) {
    EXPECT_EQ(added_usb_device(
                  message({"add@/devices/pci0/usb1/1-2", "ACTION=add", "DEVPATH=/devices/pci0/usb1/1-2",
                           "SUBSYSTEM=usb", "DEVTYPE=usb_device", "SEQNUM=7"})),
              "/devices/pci0/usb1/1-2");
}

TEST(Uevent, OtherActionsKindsAndSubsystemsAreNone) {
    const std::string_view path = "DEVPATH=/devices/pci0/usb1/1-2";
    EXPECT_FALSE(added_usb_device(message({"ACTION=remove", path, "SUBSYSTEM=usb", "DEVTYPE=usb_device"})));
    EXPECT_FALSE(added_usb_device(message({"ACTION=add", path, "SUBSYSTEM=usb", "DEVTYPE=usb_interface"})));
    EXPECT_FALSE(added_usb_device(message({"ACTION=add", path, "SUBSYSTEM=block", "DEVTYPE=usb_device"})));
    EXPECT_FALSE(added_usb_device(message({"ACTION=add", "SUBSYSTEM=usb", "DEVTYPE=usb_device"})));
}

TEST(Uevent, APathOutsideTheDevicesIsNone) {
    EXPECT_FALSE(added_usb_device(
        message({"ACTION=add", "DEVPATH=/devices/../../etc", "SUBSYSTEM=usb", "DEVTYPE=usb_device"})));
    EXPECT_FALSE(
        added_usb_device(message({"ACTION=add", "DEVPATH=/etc", "SUBSYSTEM=usb", "DEVTYPE=usb_device"})));
}

TEST(Uevent, DisksAndWhatIsLaidOverThemAreBlockDevices) {
    EXPECT_TRUE(is_of_block_device(
        message({"change@/devices/virtual/block/loop0", "ACTION=change",
                 "DEVPATH=/devices/virtual/block/loop0", "SUBSYSTEM=block", "DEVNAME=loop0"})));
    EXPECT_FALSE(is_of_block_device(message({"add@/devices/x", "ACTION=add", "SUBSYSTEM=usb"})));
    EXPECT_FALSE(is_of_block_device(message({"add@/devices/x", "ACTION=add", "SUBSYSTEM=blocks"})));
    EXPECT_FALSE(is_of_block_device(""));
}

TEST(Uevent, TruncatedAndEmptyMessagesAreNone) {
    EXPECT_FALSE(added_usb_device(""));
    EXPECT_FALSE(added_usb_device("ACTION=add"));
    EXPECT_FALSE(added_usb_device(std::string_view("\0\0\0", 3)));
}

}  // namespace
}  // namespace modelward::agent
