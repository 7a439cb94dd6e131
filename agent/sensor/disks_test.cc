// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/disks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "agent/sensor/device_number.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

constexpr std::uint32_t number(std::uint32_t major, std::uint32_t minor) {
    return major << 20 | minor;
}

TEST(DeviceNumberTest, IsReadAndPrintedAsTheKernelDoes) {
    EXPECT_EQ(parse_device("8:1"), number(8, 1));
    EXPECT_EQ(print_device(number(259, 1048575)), "259:1048575");
    EXPECT_EQ(parse_device("4095:1048575"), 0xffffffffU);
    for (const char* bad : {"", "8", ":1", "8:", "8:1 ", "4096:0", "0:1048576", "-1:0", "8:1:2"})
        EXPECT_FALSE(parse_device(bad)) << bad;
}

// A machine with a partitioned disk sda, an md on sdb and sdc1, and a volume on that md.
class DisksTest : public ::testing::Test {
  protected:
    DisksTest() {
        disk("sda", "8:0");
        disk("sda/sda2", "8:2", true);
        disk("sdb", "8:16");
        disk("sdc", "8:32");
        disk("sdc/sdc1", "8:33", true);
        disk("md0", "9:0");
        below("md0", "sdb");
        below("md0", "sdc/sdc1");
        disk("dm-0", "253:0");
        below("dm-0", "md0");
    }

    void disk(const std::string& name, const std::string& number, bool partition = false) {
        const auto folder = sys / "devices" / name;
        std::filesystem::create_directories(folder / "slaves");
        std::ofstream(folder / "dev") << number << '\n';
        if (partition) std::ofstream(folder / "partition") << "1\n";
        std::filesystem::create_directories(sys / "dev/block");
        std::filesystem::create_directory_symlink(folder, sys / "dev/block" / number);
    }
    void below(const std::string& name, const std::string& slave) {
        const auto target = sys / "devices" / slave;
        std::filesystem::create_directory_symlink(target,
                                                  sys / "devices" / name / "slaves" / target.filename());
    }
    std::vector<std::uint32_t> disks(std::uint32_t device) {
        auto all = disks_below(device, sys, place.path() / "mountinfo");
        std::ranges::sort(all);
        return all;
    }

    TemporaryDirectory place;
    std::filesystem::path sys = place.path() / "sys";
};

TEST_F(DisksTest, APartitionIsReadThroughItsDiskToo) {
    EXPECT_EQ(disks(number(8, 2)), (std::vector{number(8, 0), number(8, 2)}));
    EXPECT_EQ(disks(number(8, 0)), (std::vector{number(8, 0)})) << "what lies above is not below";
}

TEST_F(DisksTest, AVolumeIsReadThroughAllThatItLiesOn) {
    EXPECT_EQ(disks(number(253, 0)),
              (std::vector{number(8, 16), number(8, 32), number(8, 33), number(9, 0), number(253, 0)}));
}

TEST_F(DisksTest, AFileSystemWithANumberOfItsOwnLiesOnWhatItIsMountedFrom) {
    std::ofstream(place.path() / "mountinfo") << "36 35 0:31 / /mnt rw shared:1 - btrfs /dev/null rw\n"
                                              << "37 35 0:32 / /tmp rw - tmpfs tmpfs rw\n";
    EXPECT_TRUE(disks(number(0, 31)).empty()) << "/dev/null is no disk";
    EXPECT_TRUE(disks(number(0, 32)).empty());
    EXPECT_TRUE(disks(number(0, 99)).empty()) << "mounted nowhere";
}

TEST_F(DisksTest, TheMediumInADiskHasANumberThatIsItsOwn) {
    EXPECT_EQ(disk_sequence(number(8, 0), sys), std::nullopt);
    std::ofstream(sys / "devices/sda/diskseq") << "4294967297\n";
    EXPECT_EQ(disk_sequence(number(8, 0), sys), 4294967297U);
    EXPECT_EQ(disk_sequence(number(8, 2), sys), 4294967297U) << "a partition's is its disk's";
    EXPECT_EQ(disk_sequence(number(8, 99), sys), std::nullopt);
}

TEST_F(DisksTest, ADiskThatIsGoneIsNotAnError) {
    EXPECT_EQ(disks(number(8, 99)), (std::vector{number(8, 99)}));
}

}  // namespace
}  // namespace modelward::agent
