// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/removable_disks.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t number(unsigned major, unsigned minor) {
    return major << 20 | minor;
}

// A /sys with what its paths say: a stick, an inner disk, and layers over either.
class RemovableDisksTest : public ::testing::Test {
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

TEST_F(RemovableDisksTest, WhatHangsOnUsb) {
    add_stick();
    add("pci/ata1/host1/block/sda", "8:0");
    EXPECT_EQ(removable_devices(sys), (std::set{number(8, 16), number(8, 17)})) << "the stick, its partition";
}

TEST_F(RemovableDisksTest, AMappedDeviceThatLiesOnOne) {
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

TEST_F(RemovableDisksTest, ALoopDeviceIsWhereItsFileLies) {
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

TEST_F(RemovableDisksTest, ALoopDeviceWhoseFileIsNotFoundMayLieOnOne) {
    put(add("virtual/block/loop0", "7:0") / "loop/backing_file", "/media/stick/image (deleted)");
    EXPECT_EQ(removable_devices(sys), std::set{number(7, 0)});
}

TEST_F(RemovableDisksTest, APartitionOfALoopDeviceThatLiesOnOne) {
    const auto image = directory.path() / "image";
    put(image, "an image");
    struct stat status;
    ASSERT_EQ(::stat(image.c_str(), &status), 0);
    put(sys / "devices/pci/usb1/1-2/idVendor", "0951");
    add("pci/usb1/1-2/1-2:1.0/host0/block/sdb",
        std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev)));
    const auto loop = add("virtual/block/loop0", "7:0");
    put(loop / "loop/backing_file", image.string());
    put(add("virtual/block/loop0/loop0p1", "259:4") / "partition", "1");
    const auto found = removable_devices(sys);
    EXPECT_TRUE(found.contains(number(7, 0)));
    EXPECT_TRUE(found.contains(number(259, 4)));
}

}  // namespace
}  // namespace modelward::agent
