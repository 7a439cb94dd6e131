// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/volumes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

constexpr std::uint32_t number(unsigned major, unsigned minor) {
    return major << 20 | minor;
}

using Found = std::map<std::uint32_t, std::vector<std::uint32_t>>;

// Nodes that this host has not under /dev are found in /sys by their names.
struct VolumesTest : ::testing::Test {
    TemporaryDirectory sys;

    VolumesTest() {
        sys.write("class/block/mw-inner1/dev", "8:1\n");
        sys.write("class/block/mw-stick1/dev", "8:17\n");
    }
    Found of(const std::string& mountinfo) const {
        auto found = devices_of_volumes(parse_mounts(mountinfo), sys.path());
        for (auto& [volume, devices] : found)
            std::ranges::sort(devices);
        return found;
    }
};

TEST_F(VolumesTest, AVolumeLiesOnWhatItIsMountedFrom) {
    EXPECT_EQ(of("36 25 0:31 / /mnt/a rw shared:1 - btrfs /dev/mw-stick1 rw,subvol=/\n"
                 "37 25 0:32 /@home /home rw - btrfs /dev/mw-inner1 rw\n"
                 "38 25 0:33 / /mnt/c rw - bcachefs /dev/mw-inner1:/dev/mw-stick1 rw\n"),
              (Found{{number(0, 31), {number(8, 17)}},
                     {number(0, 32), {number(8, 1)}},
                     {number(0, 33), {number(8, 1), number(8, 17)}}}));
}

TEST_F(VolumesTest, OtherFileSystemsAreNone) {
    EXPECT_EQ(of("36 25 8:17 / /mnt rw - vfat /dev/mw-stick1 rw\n37 25 0:9 / /tmp rw - tmpfs tmpfs rw\n"),
              Found());
}

TEST_F(VolumesTest, WhatLeadsToNoDeviceIsLeftOutAndAPoolLiesOnNothing) {
    EXPECT_EQ(of("36 25 0:31 / /mnt rw - btrfs /dev/mw-absent rw\n37 25 0:32 / /home rw - zfs rpool/home rw\n"
                 "38 25 0:33 / /mnt rw - bcachefs /dev/mw-inner1:/dev/mw-absent rw\n"),
              (Found{{number(0, 32), {}}}));
}

TEST_F(VolumesTest, EveryDeviceOfABtrfsCounts) {
    sys.write("fs/btrfs/one/devices/mw-inner1/dev", "8:1\n");
    sys.write("fs/btrfs/one/devices/mw-stick1/dev", "8:17\n");
    sys.write("fs/btrfs/two/devices/mw-inner2/dev", "8:2\n");
    sys.write("class/block/mw-inner2/dev", "8:2\n");
    EXPECT_EQ(of("36 25 0:31 / /mnt/a rw - btrfs /dev/mw-inner1 rw\n"
                 "37 25 0:32 / /mnt/b rw - btrfs /dev/mw-inner2 rw\n"),
              (Found{{number(0, 31), {number(8, 1), number(8, 17)}}, {number(0, 32), {number(8, 2)}}}));
}

}  // namespace
}  // namespace modelward::agent
