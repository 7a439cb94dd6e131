// SPDX-License-Identifier: Apache-2.0
// A tainted process and a USB stick: every way of bringing bytes or names there is refused; others are not
// disturbed.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/xattr.h>

#include <fstream>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using RemovableTest = SensorTest;

const std::string kTarget = std::string(kStick) + "/stolen";

TEST_F(RemovableTest, UntaintedProcessesWriteAsTheyPlease) {
    const std::string plain = std::string(kStick) + "/holiday";
    EXPECT_EQ(in_child([&] {
                  const int fd = ::open(plain.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
                  return fd < 0 ? errno : outcome(::write(fd, "photo", 5));
              }),
              0);
    EXPECT_EQ(std::filesystem::file_size(plain), 5u);
    std::filesystem::remove(plain);
}

TEST_F(RemovableTest, NamesAreRefusedInEveryForm) {
    const std::string model = make_model("model");
    const std::string plain = make_plain("plain");
    const std::string resident = std::string(kStick) + "/resident";
    std::ofstream(resident) << "was here before";
    const std::function<int()> attempts[] = {
        [&] { return outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600)); },
        [&] { return outcome(::open(resident.c_str(), O_WRONLY)); },
        [&] { return outcome(::open(resident.c_str(), O_RDWR | O_TRUNC)); },
        [&] { return outcome(::mkdir(kTarget.c_str(), 0700)); },
        [&] { return outcome(::mknod(kTarget.c_str(), S_IFREG | 0600, 0)); },
        [&] { return outcome(::symlink("secret", kTarget.c_str())); },
        [&] { return outcome(::link(resident.c_str(), kTarget.c_str())); },
        [&] { return outcome(::rename(resident.c_str(), kTarget.c_str())); },
    };
    for (const auto& attempt : attempts)
        EXPECT_EQ(in_child([&] { return read_model(model) ? attempt() : 200; }), EPERM)
            << &attempt - attempts;
    EXPECT_EQ(names_on_stick(), std::vector<std::string>{"resident"});
    EXPECT_EQ(std::filesystem::file_size(resident), 15u);
    std::filesystem::remove(resident);
}

// The file was opened before the process read the model: each way of writing is refused by itself.
TEST_F(RemovableTest, EveryWayOfWritingIsRefusedOnAnOpenFile) {
    const std::string model = make_model("model");
    // On the stick too: copy_file_range does not cross file systems everywhere.
    const std::string resident = std::string(kStick) + "/resident";
    std::ofstream(resident) << std::string(4096, 'w');
    struct Way {
        const char* name;
        std::function<int(int target, int source)> act;
    };
    alignas(4096) static char block[4096];
    const Way ways[] = {
        {"write", [](int target, int) { return outcome(::write(target, "x", 1)); }},
        {"pwrite", [](int target, int) { return outcome(::pwrite(target, "x", 1, 0)); }},
        {"writev",
         [](int target, int) {
             iovec part{block, 10};
             return outcome(::writev(target, &part, 1));
         }},
        {"O_DIRECT",
         [](int target, int) {
             ::fcntl(target, F_SETFL, O_DIRECT);
             return outcome(::write(target, block, sizeof block));
         }},
        {"sendfile",
         [](int target, int source) { return outcome(::sendfile(target, source, nullptr, 4096)); }},
        {"copy_file_range",
         [](int target, int source) {
             return outcome(::copy_file_range(source, nullptr, target, nullptr, 4096, 0));
         }},
        {"splice",
         [](int target, int) {
             int ends[2];
             if (::pipe(ends) != 0 || ::write(ends[1], "x", 1) != 1) return 201;
             return outcome(::splice(ends[0], nullptr, target, nullptr, 1, 0));
         }},
        {"mmap shared",
         [](int target, int) {
             return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, target, 0) == MAP_FAILED ? errno
                                                                                                       : 0;
         }},
        {"extended attribute",
         [](int target, int) { return outcome(::fsetxattr(target, "user.secret", "x", 1, 0)); }},
        {"fallocate", [](int target, int) { return outcome(::fallocate(target, 0, 0, 4096)); }},
    };
    for (const auto& way : ways) {
        EXPECT_EQ(in_child([&] {
                      const int target = ::open(kTarget.c_str(), O_RDWR | O_CREAT, 0600);
                      const int source = ::open(resident.c_str(), O_RDONLY);
                      if (target < 0 || source < 0 || !read_model(model)) return 200;
                      return way.act(target, source);
                  }),
                  EPERM)
            << way.name;
        EXPECT_EQ(std::filesystem::file_size(kTarget), 0u) << way.name;
    }
    std::filesystem::remove(kTarget);
    std::filesystem::remove(resident);
}

TEST_F(RemovableTest, TheRawDeviceOfTheStickIsRefused) {
    const char* devices = std::getenv("MODELWARD_USB");
    ASSERT_NE(devices, nullptr);
    const std::string device = std::string(devices).substr(0, std::string(devices).find(' '));
    const std::string model = make_model("model");
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  const int fd = ::open(device.c_str(), O_RDWR);
                  return fd < 0 ? errno : outcome(::pwrite(fd, "x", 1, 200 << 20));
              }),
              EPERM);
}

TEST_F(RemovableTest, TheReportNamesAllThatAnAnalystNeeds) {
    const std::string model = make_model("model");
    ASSERT_EQ(in_child([&] {
                  return read_model(model) ? outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600)) : 200;
              }),
              EPERM);
    const auto seen = events();
    ASSERT_EQ(seen.size(), 2u);
    const auto& alert = seen[0];
    EXPECT_EQ(alert.action, rules::Action::kAlert);
    EXPECT_EQ(alert.point, rules::Operation::kRead);
    EXPECT_EQ(alert.path, model);
    EXPECT_EQ(alert.bytes_requested, kModelBytes);
    const auto& block = seen[1];
    EXPECT_EQ(block.kind, agent::KernelEventKind::kVerdict);
    EXPECT_EQ(block.action, rules::Action::kBlock);
    EXPECT_EQ(block.point, rules::Operation::kRemovable);
    EXPECT_EQ(block.operation, agent::KernelOperation::kCreate);
    EXPECT_EQ(block.rule_index, 1);
    EXPECT_EQ(block.policy_version, version);
    EXPECT_EQ(block.path, kTarget);
    struct stat status;
    ASSERT_EQ(::stat(kStick, &status), 0);
    EXPECT_NE(block.sink_device, 0u);
    EXPECT_EQ(block.label.classes, 1u);
    EXPECT_EQ(block.label.artifacts, std::vector<std::uint32_t>{7});
    EXPECT_EQ(block.process.uid, 0u);
    EXPECT_NE(block.process.pid, static_cast<std::uint32_t>(::getpid()));
    EXPECT_TRUE(block.process.executable.ends_with("/sensor_vm_test")) << block.process.executable;
    ASSERT_FALSE(block.process.args.empty());
    ASSERT_FALSE(block.ancestors.empty());
    EXPECT_EQ(block.ancestors[0].pid, static_cast<std::uint32_t>(::getpid()));
    EXPECT_EQ(block.ancestors.back().pid, 1u);
    EXPECT_EQ(alert.ring, agent::KernelRing::kOthers);
    EXPECT_EQ(block.ring, agent::KernelRing::kBlocks);
}

}  // namespace

}  // namespace modelward::testing
