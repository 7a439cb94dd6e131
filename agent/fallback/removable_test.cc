// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/removable.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>

#include "agent/sensor/removable_disks.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t number(unsigned major, unsigned minor) {
    return major << 20 | minor;
}

// A /sys with what its paths say: a stick, an inner disk, and layers over either.
class RemovableTest : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directories(sys / "dev/block");
        fs::create_directories(sys / "class/block");
    }

    fs::path add(const std::string& folder, const std::string& device) {
        const auto path = sys / "devices" / folder;
        put(path / "dev", device);
        fs::create_directory_symlink(path, sys / "dev/block" / device);
        fs::create_directory_symlink(path, sys / "class/block" / path.filename());
        return path;
    }
    void put(const fs::path& path, const std::string& text) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << text << "\n";
    }
    void add_stick() {
        put(sys / "devices/pci/usb1/1-2/idVendor", "0951");
        add("pci/usb1/1-2/1-2:1.0/host0/block/sdb", "8:16");
        add("pci/usb1/1-2/1-2:1.0/host0/block/sdb/sdb1", "8:17");
    }

    TemporaryDirectory directory;
    const fs::path sys = directory.path();
};

TEST_F(RemovableTest, WhatHangsOnUsb) {
    add_stick();
    add("pci/ata1/host1/block/sda", "8:0");
    EXPECT_EQ(removable_devices(sys), (std::set{number(8, 16), number(8, 17)})) << "the stick, its partition";
}

TEST_F(RemovableTest, ANodeHasTheNameOfItsDevice) {
    put(add("pci/usb1/1-2/1-2:1.0/host0/block/sdb", "8:16") / "uevent", "MAJOR=8\nMINOR=16\nDEVNAME=sdb");
    EXPECT_EQ(node_of(number(8, 16), true, sys), "/dev/sdb");
    EXPECT_EQ(node_of(number(8, 16), false, sys), "") << "a character device of the same number";
    EXPECT_EQ(node_of(number(8, 17), true, sys), "");
}

TEST_F(RemovableTest, AMappedDeviceThatLiesOnOne) {
    add_stick();
    add("pci/ata1/host1/block/sda", "8:0");
    const auto over_stick = add("virtual/block/dm-0", "253:0"),
               over_disk = add("virtual/block/dm-1", "253:1");
    fs::create_directories(over_stick / "slaves");
    fs::create_directories(over_disk / "slaves");
    fs::create_directory_symlink(sys / "class/block/sdb1", over_stick / "slaves/sdb1");
    fs::create_directory_symlink(sys / "class/block/sda", over_disk / "slaves/sda");
    EXPECT_EQ(removable_devices(sys), (std::set{number(8, 16), number(8, 17), number(253, 0)}));
}

TEST_F(RemovableTest, ALoopDeviceIsWhereItsFileLies) {
    struct stat status;
    const auto image = directory.path() / "image";
    std::ofstream(image) << "image";
    ASSERT_EQ(::stat(image.c_str(), &status), 0);
    put(add("virtual/block/loop0", "7:0") / "loop/backing_file", image.string());
    EXPECT_TRUE(removable_devices(sys).empty()) << "on a file system that is no stick's";

    put(sys / "devices/pci/usb1/1-2/idVendor", "0951");
    add("pci/usb1/1-2/1-2:1.0/host0/block/sdb",
        std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev)));
    EXPECT_TRUE(removable_devices(sys).contains(number(7, 0)));
}

TEST_F(RemovableTest, ALoopDeviceWhoseFileIsNotFoundMayLieOnOne) {
    put(add("virtual/block/loop0", "7:0") / "loop/backing_file", "/media/stick/image (deleted)");
    EXPECT_EQ(removable_devices(sys), std::set{number(7, 0)});
}

TEST(Mounts, AreReadFromMountinfo) {
    const auto mounts = parse_mounts(
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        "99 22 8:17 / /media/my\\040stick rw,nosuid - vfat /dev/sdb1 rw\n"
        "23 22 0:21 / /proc rw - proc proc rw\n"
        "a broken line\n");
    ASSERT_EQ(mounts.size(), 3u);
    EXPECT_EQ(mounts[1].path, "/media/my stick");
    EXPECT_EQ(mounts[1].device, number(8, 17));
    EXPECT_EQ(mounts[1].type, "vfat");
}

TEST(Mounts, AreLocalWhereFilesAreKeptHere) {
    EXPECT_TRUE(is_local({number(8, 1), "ext4", "/"}));
    EXPECT_TRUE(is_local({number(0, 40), "tmpfs", "/dev/shm"}));
    EXPECT_TRUE(is_local({number(0, 41), "btrfs", "/home"}));
    EXPECT_FALSE(is_local({number(0, 42), "nfs4", "/mnt"}));
    EXPECT_FALSE(is_local({number(0, 43), "fuse.sshfs", "/mnt"}));
    EXPECT_FALSE(is_local({number(0, 21), "proc", "/proc"}));
}

}  // namespace
}  // namespace modelward::agent
