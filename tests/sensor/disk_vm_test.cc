// SPDX-License-Identifier: Apache-2.0
// Reading a disk's blocks under the file system that holds a model.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdlib>
#include <fstream>
#include <tuple>

#include "tests/sensor/insider.h"
#include "tests/sensor/loop_device.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

constexpr std::size_t kPart = 1 << 18;
constexpr std::size_t kEdge = 1 << 19;  // does not count, nor does as much at the end
constexpr std::size_t kParts = 4;       // of the limit, 1 MiB

std::string disk_of(const std::string& path) {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0) return "";
    const std::string number =
        std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
    return "/dev/" + std::filesystem::canonical("/sys/dev/block/" + number).filename().string();
}

using Read = std::function<bool(int disk, std::size_t parts)>;

bool pread_parts(int disk, std::size_t parts) {
    void* block = std::aligned_alloc(4096, kPart);
    bool all = block != nullptr;
    for (std::size_t i = 0; all && i < parts; ++i)
        all = ::pread(disk, block, kPart, static_cast<off_t>(kEdge + i * kPart)) == kPart;
    std::free(block);
    return all;
}

bool splice_parts(int disk, std::size_t parts) {
    int ends[2];
    if (::pipe(ends) != 0) return false;
    const UniqueFd null(::open("/dev/null", O_WRONLY));
    loff_t at = kEdge;
    while (at < static_cast<loff_t>(kEdge + parts * kPart))
        if (::splice(disk, &at, ends[1], nullptr, 4096, 0) <= 0 ||
            ::splice(ends[0], nullptr, null.get(), nullptr, 4096, 0) <= 0)
            return false;
    return true;
}

// As blkid does, time and again.
bool probe(int disk, std::size_t times) {
    static char block[kEdge];
    const off_t end = ::lseek(disk, 0, SEEK_END);
    for (std::size_t i = 0; i < times; ++i)
        for (const off_t at : {off_t{0}, end - static_cast<off_t>(kEdge)})
            if (::pread(disk, block, kEdge, at) != static_cast<ssize_t>(kEdge)) return false;
    return true;
}

bool map_part(int disk, std::size_t) {
    return ::mmap(nullptr, kPart, PROT_READ, MAP_PRIVATE, disk, 0) != MAP_FAILED;
}

class DiskTest : public SensorTest {
  protected:
    void SetUp() override {
        SensorTest::SetUp();
        disk_ = disk_of(make_model("model"));
    }
    // What the stick says to somebody who read so much, as a user of their own.
    int read_then_try_stick(const Read& read, std::size_t parts, int flags = 0, int user = 0) {
        if (!user) user = ++last_user_;
        const std::string target = std::string(kStick) + "/blocks";
        const int said = in_child([&] {
            if (user > 0) std::ofstream("/proc/self/loginuid") << user << std::flush;
            const int disk = ::open(disk_.c_str(), O_RDONLY | flags);
            if (disk < 0) return 200;
            if (!read(disk, parts)) return 201;
            return outcome(::open(target.c_str(), O_WRONLY | O_CREAT, 0600));
        });
        ::unlink(target.c_str());
        return said;
    }
    std::string disk_;
    static inline int last_user_ = 310'000;
};

TEST_F(DiskTest, WhoReadsMuchOfItCarriesWhatIsOnIt) {
    EXPECT_EQ(read_then_try_stick(pread_parts, kParts - 1), 0) << "fdisk reads less";
    EXPECT_EQ(read_then_try_stick(pread_parts, kParts), EPERM);
    EXPECT_EQ(read_then_try_stick(pread_parts, kParts, O_DIRECT), EPERM);
    EXPECT_EQ(read_then_try_stick(splice_parts, kParts), EPERM);
    EXPECT_EQ(read_then_try_stick(map_part, 0), EPERM);
}

TEST_F(DiskTest, ALoopDeviceOverItIsTheDisk) {
    ASSERT_EQ(std::system("modprobe loop"), 0);
    sensor->tend();  // finds where the module keeps a device's file
    const Loop over(disk_, O_RDONLY), over_that(over.path(), O_RDONLY);
    ASSERT_TRUE(over.is_attached() && over_that.is_attached());
    for (const auto& loop : {over.path(), over_that.path()}) {
        disk_ = loop;
        EXPECT_EQ(read_then_try_stick(pread_parts, kParts - 1), 0);
        EXPECT_EQ(read_then_try_stick(pread_parts, kParts), EPERM);
    }
    const std::string image = "/mnt/disk/image-of-nothing";
    std::ofstream(image) << std::string(8 << 20, 'x');
    {
        const Loop file(image, O_RDONLY);
        disk_ = file.path();
        EXPECT_EQ(read_then_try_stick(pread_parts, kParts), 0) << "a file on it is another thing";
    }
    std::filesystem::remove(image);
}

TEST_F(DiskTest, ItsFileSystemMountedOnceMoreIsTheDisk) {
    ASSERT_EQ(std::system("modprobe loop"), 0);
    sensor->tend();
    const auto model = std::filesystem::path(make_model("model")).filename();
    ::sync();
    const Loop over(disk_, O_RDONLY);
    ASSERT_TRUE(over.is_attached());
    const std::string again = "/mnt/again", target = std::string(kStick) + "/blocks";
    std::filesystem::create_directory(again);
    ASSERT_EQ(::mount(over.path().c_str(), again.c_str(), "ext4", MS_RDONLY, "noload"), 0) << errno;
    EXPECT_EQ(in_child([&] {
                  return read_model(again + "/" + model.string())
                             ? outcome(::open(target.c_str(), O_WRONLY | O_CREAT, 0600))
                             : 200;
              }),
              EPERM);
    ::umount(again.c_str());
}

TEST_F(DiskTest, WhoAsksWhatIsOnItReadsItsEdges) {
    EXPECT_EQ(read_then_try_stick(probe, 20), 0);
}

TEST_F(DiskTest, ManyProcessesOfAUserReadForOne) {
    const int user = ++last_user_;
    for (std::size_t i = 1; i < kParts; ++i)
        EXPECT_EQ(read_then_try_stick(pread_parts, 1, 0, user), 0);
    EXPECT_EQ(read_then_try_stick(pread_parts, 1, 0, user), EPERM);
}

TEST_F(DiskTest, ThoseWhoNeverLoggedInMayReadFourTimesThat) {
    const int nobody = -1;
    EXPECT_EQ(read_then_try_stick(pread_parts, 4 * kParts - 1, 0, nobody), 0);
    EXPECT_EQ(read_then_try_stick(pread_parts, 1, 0, nobody), EPERM);
}

TEST_F(DiskTest, TheReadIsReportedWithTheDisksName) {
    events();
    ASSERT_EQ(read_then_try_stick(pread_parts, kParts), EPERM);
    bool reported = false;
    for (const auto& event : events())
        reported |= event.point == rules::Operation::kRead && event.path.starts_with("/dev/") &&
                    event.label.artifacts == std::vector<std::uint32_t>{7};
    EXPECT_TRUE(reported);
}

TEST_F(DiskTest, ADiskWithoutAModelIsAnyFile) {
    disk_ = disk_of(kStick);
    EXPECT_EQ(read_then_try_stick(pread_parts, kParts), 0);
}

// Numbers of loop devices are used again at once.
TEST_F(DiskTest, AnotherMediumInTheSameDeviceIsNotTheOldOne) {
    ASSERT_EQ(std::system("modprobe loop"), 0);
    sensor->tend();  // finds where the module keeps a device's file
    ASSERT_EQ(std::system("mkdir -p /mnt/disk/inside && cd /mnt/disk &&"
                          " truncate -s 16M old && mkfs.ext4 -q old && truncate -s 16M new &&"
                          " losetup /dev/loop5 old && mount /dev/loop5 inside && echo model > inside/model"),
              0);
    disk_ = "/dev/loop5";
    set_label("/mnt/disk/inside/model");
    EXPECT_EQ(read_then_try_stick(pread_parts, kParts), EPERM);
    ASSERT_EQ(
        std::system("umount /mnt/disk/inside && losetup -d /dev/loop5 && losetup /dev/loop5 /mnt/disk/new"),
        0);
    EXPECT_EQ(read_then_try_stick(pread_parts, kParts), 0);
    std::ignore = std::system("losetup -d /dev/loop5; cd /mnt/disk && rm -r old new inside");
}

}  // namespace

}  // namespace modelward::testing
