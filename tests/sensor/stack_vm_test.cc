// SPDX-License-Identifier: Apache-2.0
// Block devices that lie on other things: what is below them counts.
#include <fcntl.h>
#include <sys/mount.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/sensor/insider.h"
#include "tests/sensor/loop_device.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

constexpr std::size_t kImageBytes = 16 << 20;

class StackTest : public SensorTest {
  protected:
    void SetUp() override {
        SensorTest::SetUp();
        ASSERT_EQ(std::system("modprobe loop && modprobe dm-mod"), 0);
        sensor->tend();  // finds where the module keeps a device's file
        model_ = make_model("model");
    }
    int write_tainted(const std::string& device, std::size_t bytes = 4096) {
        return in_child([&] {
            const int fd = ::open(device.c_str(), O_RDWR);
            const std::string block(bytes, 'w');
            if (fd < 0 || !read_model(model_)) return 200;
            return outcome(::pwrite(fd, block.data(), bytes, 1 << 20));
        });
    }
    std::string model_;
};

void make_image(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ASSERT_EQ(::ftruncate(fd.get(), kImageBytes), 0);
}

TEST_F(StackTest, ALoopDeviceIsWhatItsFileLiesOn) {
    const std::string on_stick = std::string(kStick) + "/image", on_disk = "/mnt/disk/image";
    make_image(on_stick);
    make_image(on_disk);
    {
        const Loop stick(on_stick), disk(on_disk);
        ASSERT_TRUE(stick.is_attached() && disk.is_attached());
        EXPECT_EQ(write_tainted(stick.path()), EPERM);
        EXPECT_EQ(write_tainted(disk.path()), 0);
    }
    std::filesystem::remove(on_stick);
    std::filesystem::remove(on_disk);
}

// The kernel lets go of a loop device's file a moment after the device.
bool unmount_stick() {
    for (int i = 0; i < 600; ++i) {
        if (::umount(kStick) == 0) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
}

TEST_F(StackTest, ADeviceMapperIsWhatItsTableLiesOn) {
    const char* devices = std::getenv("MODELWARD_USB");
    ASSERT_NE(devices, nullptr);
    const std::string stick = std::string(devices).substr(0, std::string(devices).find(' '));
    ASSERT_TRUE(unmount_stick());
    const std::string image = "/mnt/disk/image";
    make_image(image);
    {
        const Loop disk(image);
        ASSERT_TRUE(disk.is_attached());
        const auto create = [](const std::string& name, const std::string& device) {
            return std::system(
                ("DM_DISABLE_UDEV=1 dmsetup create " + name + " --table '0 16384 linear " + device + " 0'")
                    .c_str());
        };
        EXPECT_EQ(create("upper", stick), 0);
        EXPECT_EQ(create("inner", disk.path()), 0);
        EXPECT_EQ(create("outer", "/dev/mapper/upper"), 0);
        EXPECT_EQ(write_tainted("/dev/mapper/upper"), EPERM);
        EXPECT_EQ(write_tainted("/dev/mapper/outer"), EPERM);
        EXPECT_EQ(write_tainted("/dev/mapper/inner"), 0);
        for (const char* name : {"outer", "upper", "inner"})
            EXPECT_EQ(std::system((std::string("DM_DISABLE_UDEV=1 dmsetup remove ") + name).c_str()), 0);
    }
    std::filesystem::remove(image);
    ASSERT_EQ(::mount(stick.c_str(), kStick, "vfat", 0, nullptr), 0);
}

// A kernel thread writes and reads the image.
TEST_F(StackTest, MarksGoThroughALoopDeviceInBothDirections) {
    const std::string image = "/mnt/disk/image", point = "/mnt/disk/point",
                      target = std::string(kStick) + "/x";
    make_image(image);
    ASSERT_EQ(std::system(("mkfs.ext4 -q -F " + image).c_str()), 0);
    std::filesystem::create_directories(point);
    {
        const Loop loop(image);
        ASSERT_TRUE(loop.is_attached());
        ASSERT_EQ(::mount(loop.path().c_str(), point.c_str(), "ext4", 0, nullptr), 0);
        const std::string inner = point + "/inner";
        const auto try_stick = [&] {
            char byte;
            const int fd = ::open(inner.c_str(), O_RDONLY);
            if (fd < 0 || ::read(fd, &byte, 1) < 0) return 201;
            return outcome(::open(target.c_str(), O_WRONLY | O_CREAT, 0600));
        };
        ASSERT_EQ(std::system(("echo x > " + inner).c_str()), 0);
        EXPECT_EQ(in_child(try_stick), 0);
        std::filesystem::remove(target);
        EXPECT_FALSE(label_of(image));
        EXPECT_EQ(in_child([&] {
                      const int fd = ::open((point + "/copy").c_str(), O_WRONLY | O_CREAT, 0600);
                      const std::string block(kMinFlow, 'w');
                      if (!read_model(model_)) return 200;
                      return outcome(::write(fd, block.data(), block.size()));
                  }),
                  0);
        EXPECT_TRUE(label_of(image));
        EXPECT_EQ(in_child(try_stick), EPERM);
        EXPECT_EQ(::umount(point.c_str()), 0);
    }
    std::filesystem::remove(image);
}

}  // namespace

}  // namespace modelward::testing
