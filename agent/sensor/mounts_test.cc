// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/mounts.h"

#include <gtest/gtest.h>

namespace modelward::agent {
namespace {

constexpr std::uint32_t number(unsigned major, unsigned minor) {
    return major << 20 | minor;
}

TEST(Mounts, AreReadFromMountinfo) {
    const auto mounts = parse_mounts(
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        "99 22 8:17 / /media/my\\040stick rw,nosuid - vfat /dev/sdb1 rw\n"
        "23 22 0:21 / /proc rw - proc proc rw\n"
        "24 22 nonsense / /m rw - ext4 /dev/vdb rw\n"
        "25 22 0:33 / /short rw - tmpfs\n"
        "a broken line\n45 25\n- \n");
    ASSERT_EQ(mounts.size(), 4u);
    EXPECT_EQ(mounts[1].path, "/media/my stick");
    EXPECT_EQ(mounts[1].device, number(8, 17));
    EXPECT_EQ(mounts[1].type, "vfat");
    EXPECT_EQ(mounts[1].source, "/dev/sdb1");
    EXPECT_EQ(mounts[1].options, "rw");
}

TEST(Mounts, AreLocalWhereFilesAreKeptHere) {
    EXPECT_TRUE(is_local({number(8, 1), "ext4", "/"}));
    EXPECT_TRUE(is_local({number(0, 40), "tmpfs", "/dev/shm"}));
    EXPECT_TRUE(is_local({number(0, 41), "btrfs", "/home"}));
    EXPECT_FALSE(is_local({number(0, 42), "nfs4", "/mnt"}));
    EXPECT_FALSE(is_local({number(0, 43), "fuse.sshfs", "/mnt"}));
    EXPECT_FALSE(is_local({number(0, 21), "proc", "/proc"}));
}

TEST(Mounts, OfAFileThatIsNotThereAreNone) {
    EXPECT_FALSE(read_mounts("/nowhere/mountinfo"));
    EXPECT_FALSE(read_mounts()->empty());
}

}  // namespace
}  // namespace modelward::agent
