// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/volumes.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

constexpr std::uint32_t number(unsigned major, unsigned minor) {
    return major << 20 | minor;
}

using Found = std::map<std::uint32_t, bool>;

// Nodes that this host has not under /dev are found in /sys by their names.
struct VolumesTest : ::testing::Test {
    TemporaryDirectory sys;
    const std::set<std::uint32_t> sticks{number(8, 16), number(8, 17)};

    VolumesTest() {
        sys.write("class/block/mw-inner1/dev", "8:1\n");
        sys.write("class/block/mw-stick1/dev", "8:17\n");
    }
    Found of(const std::string& mountinfo) const {
        std::istringstream text(mountinfo);
        return volumes_of(text, sticks, sys.path());
    }
};

TEST_F(VolumesTest, AVolumeIsRemovableAsItsDeviceIs) {
    EXPECT_EQ(of("36 25 0:31 / /mnt/a rw shared:1 - btrfs /dev/mw-stick1 rw,subvol=/\n"
                 "37 25 0:32 /@home /home rw - btrfs /dev/mw-inner1 rw\n"
                 "38 25 0:33 / /mnt/c rw - bcachefs /dev/mw-inner1:/dev/mw-stick1 rw\n"),
              (Found{{number(0, 31), true}, {number(0, 32), false}, {number(0, 33), true}}));
}

TEST_F(VolumesTest, OtherFileSystemsAreNone) {
    EXPECT_EQ(of("36 25 8:17 / /mnt rw - vfat /dev/mw-stick1 rw\n37 25 0:9 / /tmp rw - tmpfs tmpfs "
                 "rw\nnonsense\n- \n"),
              Found());
}

TEST_F(VolumesTest, WhatLeadsToNoDeviceIsLeftOutAndAPoolIsFixed) {
    EXPECT_EQ(of("36 25 0:31 / /mnt rw - btrfs /dev/mw-absent rw\n37 25 0:32 / /home rw - zfs rpool/home rw\n"
                 "38 25 0:33 / /mnt rw - bcachefs /dev/mw-inner1:/dev/mw-absent rw\n"),
              (Found{{number(0, 32), false}}));
}

TEST_F(VolumesTest, EveryDeviceOfABtrfsCounts) {
    sys.write("fs/btrfs/one/devices/mw-inner1/dev", "8:1\n");
    sys.write("fs/btrfs/one/devices/mw-stick1/dev", "8:17\n");
    sys.write("fs/btrfs/two/devices/mw-inner2/dev", "8:2\n");
    sys.write("class/block/mw-inner2/dev", "8:2\n");
    EXPECT_EQ(of("36 25 0:31 / /mnt/a rw - btrfs /dev/mw-inner1 rw\n37 25 0:32 / /mnt/b rw - btrfs "
                 "/dev/mw-inner2 rw\n"),
              (Found{{number(0, 31), true}, {number(0, 32), false}}));
}

TEST_F(VolumesTest, AMountBesideAnotherOfTheSameVolumeChangesNothing) {
    EXPECT_EQ(of("36 25 0:31 / /mnt/a rw - btrfs /dev/mw-stick1 rw\n37 25 0:31 /sub /mnt/b rw - btrfs "
                 "/dev/mw-stick1 rw\n"),
              (Found{{number(0, 31), true}}));
}

}  // namespace
}  // namespace modelward::agent
