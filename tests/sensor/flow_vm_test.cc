// SPDX-License-Identifier: Apache-2.0
// Labels follow bytes: into files past min_flow, and through pipes and unix sockets to whoever reads them.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <limits>
#include <vector>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using FlowTest = SensorTest;

const std::string kTarget = std::string(kStick) + "/stolen";

int try_stick() {
    return outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600));
}

int write_all(int fd, std::size_t bytes) {
    const std::vector<char> block(4096, 'w');
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t wrote = ::write(fd, block.data(), std::min(block.size(), bytes - done));
        if (wrote < 0) return errno;
        done += static_cast<std::size_t>(wrote);
    }
    return 0;
}

int append(const std::string& path, std::size_t bytes) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND);
    return fd < 0 ? errno : write_all(fd, bytes);
}

TEST_F(FlowTest, AFileIsLabelledWhenMinFlowIsReachedAndNotBefore) {
    const std::string model = make_model("model"), copy = make_plain("copy", 0);
    ASSERT_EQ(in_child([&] { return read_model(model) ? append(copy, kMinFlow - 1) : 200; }), 0);
    EXPECT_FALSE(label_of(copy));
    // Another process adds the last byte: many short ones add up.
    ASSERT_EQ(in_child([&] { return read_model(model) ? append(copy, 1) : 200; }), 0);
    const auto label = label_of(copy);
    ASSERT_TRUE(label);
    EXPECT_EQ(label->origin, agent::LabelOrigin::kDerived);
    EXPECT_EQ(label->classes, 1u);
    EXPECT_EQ(label->artifacts, std::vector<std::uint32_t>{7});

    std::vector<agent::KernelEvent> derived;
    for (const auto& event : events())
        if (event.kind == agent::KernelEventKind::kDerivedLabel) derived.push_back(event);
    ASSERT_EQ(derived.size(), 1u);
    EXPECT_EQ(derived[0].path, copy);
    EXPECT_EQ(derived[0].bytes_metered, kMinFlow);
    EXPECT_EQ(derived[0].label.artifacts, std::vector<std::uint32_t>{7});
    const auto by_key = sensor->label_of(derived[0].file);
    ASSERT_TRUE(by_key && *by_key);

    EXPECT_EQ(in_child([&] { return read_model(copy) ? try_stick() : 200; }), EPERM);
    clear_label(copy);
    EXPECT_FALSE(label_of(copy));
    EXPECT_EQ(in_child([&] { return read_model(copy) ? try_stick() : 200; }), 0);
    std::filesystem::remove(kTarget);
}

// A writer is known to have written to a labelled file before, and is not looked up again.
TEST_F(FlowTest, AClearedLabelComesBackThoughItsWriterGoesOn) {
    const std::string model = make_model("model"), copy = make_plain("copy", 0);
    std::array<int, 2> labelled{}, cleared{};
    ASSERT_EQ(::pipe(labelled.data()), 0);
    ASSERT_EQ(::pipe(cleared.data()), 0);
    const pid_t writer = ::fork();
    if (writer == 0) {
        char byte = 0;
        const int fd = ::open(copy.c_str(), O_WRONLY | O_APPEND);
        bool done = fd >= 0 && read_model(model) && write_all(fd, 2 * kMinFlow) == 0;
        done = done && ::write(labelled[1], &byte, 1) == 1 && ::read(cleared[0], &byte, 1) == 1;
        ::_exit(done && write_all(fd, kMinFlow) == 0 ? 0 : 1);
    }
    char byte = 0;
    ::close(labelled[1]);
    ASSERT_EQ(::read(labelled[0], &byte, 1), 1);
    EXPECT_TRUE(label_of(copy));
    clear_label(copy);
    EXPECT_FALSE(label_of(copy));
    ASSERT_EQ(::write(cleared[1], &byte, 1), 1);
    int status = -1;
    ASSERT_EQ(::waitpid(writer, &status, 0), writer);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(label_of(copy));
    for (const int fd : {labelled[0], cleared[0], cleared[1]})
        ::close(fd);
}

TEST_F(FlowTest, AnUntaintedWriterLabelsNothing) {
    const std::string copy = make_plain("copy", 0);
    ASSERT_EQ(in_child([&] { return append(copy, 4 * kMinFlow); }), 0);
    EXPECT_FALSE(label_of(copy));
}

TEST_F(FlowTest, AWritableSharedMappingIsLabelledAtOnce) {
    const std::string model = make_model("model"), copy = make_plain("copy", 4096);
    ASSERT_EQ(in_child([&] {
                  const int fd = ::open(copy.c_str(), O_RDWR);
                  if (fd < 0 || !read_model(model)) return 200;
                  return ::mmap(nullptr, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? errno : 0;
              }),
              0);
    EXPECT_TRUE(label_of(copy));
}

TEST_F(FlowTest, CopiesMadeInsideTheKernelCountTheirBytesOnce) {
    const std::string model = make_model("model");
    const std::pair<const char*, std::function<ssize_t(int from, int to, std::size_t bytes)>> ways[] = {
        {"sendfile",
         [](int from, int to, std::size_t bytes) { return ::sendfile(to, from, nullptr, bytes); }},
        {"copy_file_range",
         [](int from, int to, std::size_t bytes) {
             return ::copy_file_range(from, nullptr, to, nullptr, bytes, 0);
         }},
        {"splice",
         [](int from, int to, std::size_t bytes) {
             int ends[2];
             if (::pipe(ends) != 0) return ssize_t{-1};
             if (::splice(from, nullptr, ends[1], nullptr, bytes, 0) < 0) return ssize_t{-1};
             return ::splice(ends[0], nullptr, to, nullptr, bytes, 0);
         }},
    };
    for (const auto& [name, copy] : ways) {
        const std::string target = make_plain(name, 0);
        const auto copy_in_child = [&](std::size_t bytes) {
            return in_child([&] {
                const int from = ::open(model.c_str(), O_RDONLY);
                const int to = ::open(target.c_str(), O_WRONLY);
                return outcome(copy(from, to, bytes));
            });
        };
        ASSERT_EQ(copy_in_child(kMinFlow - 4096), 0) << name;
        EXPECT_FALSE(label_of(target)) << name;
        ASSERT_EQ(copy_in_child(4096), 0) << name;
        EXPECT_TRUE(label_of(target)) << name;
    }
}

// An overlay asks the hooks for a clone before it finds that the file system below knows none.
class Overlay {
  public:
    Overlay() {
        for (const char* part : {"lower", "upper", "work", "merged"})
            std::filesystem::create_directories(root_ / part);
        const std::string options = "lowerdir=" + (root_ / "lower").string() +
                                    ",upperdir=" + upper().string() + ",workdir=" + (root_ / "work").string();
        mounted_ = ::mount("overlay", merged().c_str(), "overlay", 0, options.c_str()) == 0;
    }
    ~Overlay() {
        ::umount(merged().c_str());
        std::filesystem::remove_all(root_);
    }
    Overlay(const Overlay&) = delete;
    Overlay& operator=(const Overlay&) = delete;

    bool is_mounted() const { return mounted_; }
    std::filesystem::path merged() const { return root_ / "merged"; }
    std::filesystem::path upper() const { return root_ / "upper"; }

  private:
    std::filesystem::path root_ = "/mnt/disk/overlay";
    bool mounted_ = false;
};

TEST_F(FlowTest, AClonePassesAnyMinFlowWhateverWasTriedBefore) {
    const Overlay overlay;
    ASSERT_TRUE(overlay.is_mounted());
    const std::string model = make_model("model"), source = overlay.merged() / "source";
    std::ofstream(source) << "w";
    auto policy = test_policy();
    policy.classes[0].min_flow_bytes = 16 << 20;
    ASSERT_TRUE(sensor->apply(policy, ++version));
    const std::pair<const char*, std::function<void(int)>> before[] = {
        {"nothing", [](int) {}},
        {"a write beyond the end of all files",
         [](int fd) { (void)!::pwrite(fd, "x", 1, std::numeric_limits<off_t>::max()); }},
        {"a write of a negative count", [](int fd) { ::syscall(SYS_write, fd, "x", -4096L); }},
        {"fallocate", [](int fd) { ::fallocate(fd, 0, 0, 4096); }},
        {"a refused fallocate", [](int fd) { ::fallocate(fd, 0, -1, 4096); }},
        {"a write", [](int fd) { (void)!::write(fd, "x", 1); }},
    };
    for (const auto& [name, act] : before) {
        const std::string target = overlay.merged() / "target";
        std::ofstream(target) << "";
        EXPECT_EQ(in_child([&] {
                      const int from = ::open(source.c_str(), O_RDONLY);
                      const int to = ::open(target.c_str(), O_WRONLY);
                      if (from < 0 || to < 0 || !read_model(model)) return 200;
                      act(to);
                      return outcome(::ioctl(to, FICLONE, from));
                  }),
                  EOPNOTSUPP)
            << name;
        EXPECT_TRUE(label_of(target)) << name;
        std::filesystem::remove(target);
    }
}

TEST_F(FlowTest, ClearingOnAnOverlayLeavesNoHalfOfALabel) {
    const Overlay overlay;
    ASSERT_TRUE(overlay.is_mounted());
    const std::string model = make_model("model"), copy = overlay.merged() / "copy",
                      below = overlay.upper() / "copy";
    std::ofstream(copy) << "";
    ASSERT_EQ(in_child([&] { return read_model(model) ? append(copy, kMinFlow) : 200; }), 0);
    ASSERT_TRUE(label_of(copy));
    ASSERT_TRUE(label_of(below));
    clear_label(copy);
    EXPECT_FALSE(label_of(copy));
    EXPECT_FALSE(label_of(below));
    EXPECT_EQ(in_child([&] { return read_model(copy) ? try_stick() : 200; }), 0);
    std::filesystem::remove(kTarget);
}

TEST_F(FlowTest, RoomWithoutContentIsNoFlow) {
    const std::string model = make_model("model"), copy = make_plain("copy", 0);
    EXPECT_EQ(in_child([&] {
                  const int fd = ::open(copy.c_str(), O_WRONLY);
                  return read_model(model) ? outcome(::fallocate(fd, 0, 0, 4 * kMinFlow)) : 200;
              }),
              0);
    EXPECT_FALSE(label_of(copy));
}

// The reader never opens the model: it is tainted by what it reads from the writer.
int relay(const std::string& model, int read_end, int write_end, std::size_t bytes) {
    const pid_t writer = ::fork();
    if (writer == 0) {
        ::close(read_end);
        ::_exit(read_model(model) ? write_all(write_end, bytes) : 200);
    }
    ::close(write_end);
    std::vector<char> buffer(1 << 16);
    ssize_t got;
    while ((got = ::read(read_end, buffer.data(), buffer.size())) > 0) {
    }
    int status = 0;
    ::waitpid(writer, &status, 0);
    return status != 0 ? 201 : try_stick();
}

TEST_F(FlowTest, AReaderOfAPipeIsTaintedPastMinFlow) {
    const std::string model = make_model("model");
    const auto through_pipe = [&](std::size_t bytes) {
        return in_child([&] {
            int ends[2];
            return ::pipe(ends) != 0 ? 202 : relay(model, ends[0], ends[1], bytes);
        });
    };
    EXPECT_EQ(through_pipe(kMinFlow - 1), 0);
    std::filesystem::remove(kTarget);
    EXPECT_EQ(through_pipe(kMinFlow), EPERM);
}

TEST_F(FlowTest, AReaderOfAUnixSocketIsTaintedPastMinFlow) {
    const std::string model = make_model("model");
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET}) {
        const auto through_socket = [&](std::size_t bytes) {
            return in_child([&] {
                int ends[2];
                return ::socketpair(AF_UNIX, type, 0, ends) != 0 ? 202
                                                                 : relay(model, ends[0], ends[1], bytes);
            });
        };
        EXPECT_EQ(through_socket(kMinFlow - 1), 0) << type;
        std::filesystem::remove(kTarget);
        EXPECT_EQ(through_socket(kMinFlow), EPERM) << type;
    }
}

TEST_F(FlowTest, ASocketAtTheAddressOfAMarkedOneStartsClean) {
    const std::string model = make_model("model");
    for (int round = 0; round < 20; ++round) {
        ASSERT_EQ(in_child([&] {
                      int ends[2];
                      return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0
                                 ? 202
                                 : relay(model, ends[0], ends[1], kMinFlow);
                  }),
                  EPERM);
        ASSERT_EQ(in_child([&] {
                      int ends[2];
                      char byte;
                      if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 202;
                      if (::write(ends[0], "x", 1) != 1 || ::read(ends[1], &byte, 1) != 1) return 203;
                      return try_stick();
                  }),
                  0);
        std::filesystem::remove(kTarget);
    }
}

}  // namespace

}  // namespace modelward::testing
