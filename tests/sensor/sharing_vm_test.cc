// SPDX-License-Identifier: Apache-2.0
// Memory that processes have in common: what one of them reads, every other may let out.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <csignal>
#include <fstream>
#include <vector>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

constexpr std::size_t kMuch = 2 * kNetworkBudget;

int write_much(int fd) {
    const std::vector<char> block(kMinFlow, 'w');
    for (std::size_t done = 0; done < kMuch; done += block.size())
        if (::write(fd, block.data(), block.size()) < 0) return errno;
    return 0;
}

bool share_memory() {
    return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

int open_stick() {
    return outcome(::open((std::string(kStick) + "/shared").c_str(), O_WRONLY | O_CREAT, 0600));
}

int send_out() {
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    ::inet_pton(AF_INET, kUnapproved, &to.sin_addr);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return errno;
    const std::vector<char> block(1024, 'w');
    for (std::size_t done = 0; done < kMuch; done += block.size())
        if (::send(socket, block.data(), block.size(), 0) < 0 && errno == EPERM) return errno;
    return 0;
}

class SharingTest : public SensorTest {
  protected:
    void SetUp() override {
        SensorTest::SetUp();
        fresh_network_budget();
        model_ = make_model("model");
    }
    void TearDown() override { ::unlink((std::string(kStick) + "/shared").c_str()); }

    // What comes of `act` in a process whose child, with whom it shares memory, has read the model.
    int after_a_childs_read(const std::function<int()>& act, bool shares = true) {
        return in_child([&] {
            if (shares && !share_memory()) return 200;
            if (in_child([&] { return read_model(model_) ? 0 : 1; }) != 0) return 201;
            return act();
        });
    }
    std::string model_;
};

TEST_F(SharingTest, EveryWayOutHearsWhatAnotherHasRead) {
    const std::string copy = make_plain("copy", 0);
    const auto append = [&] { return write_much(::open(copy.c_str(), O_WRONLY | O_APPEND)); };
    EXPECT_EQ(after_a_childs_read(open_stick), EPERM);
    EXPECT_EQ(after_a_childs_read(send_out), EPERM);
    EXPECT_EQ(after_a_childs_read(append), 0);
    EXPECT_TRUE(label_of(copy));
}

TEST_F(SharingTest, WhoSharesNothingDoesNotCarryWhatAChildHasRead) {
    const std::string copy = make_plain("copy", 0);
    const auto append = [&] { return write_much(::open(copy.c_str(), O_WRONLY | O_APPEND)); };
    EXPECT_EQ(after_a_childs_read(open_stick, false), 0);
    EXPECT_EQ(after_a_childs_read(send_out, false), 0);
    EXPECT_EQ(after_a_childs_read(append, false), 0);
    EXPECT_FALSE(label_of(copy));
}

TEST_F(SharingTest, ABrotherIsToldAsAParentIs) {
    EXPECT_EQ(in_child([&] {
                  if (!share_memory()) return 200;
                  int go[2];
                  char byte = 0;
                  if (::pipe(go) != 0) return 202;
                  const pid_t brother = ::fork();
                  if (brother == 0) ::_exit(::read(go[0], &byte, 1) == 1 ? open_stick() : 203);
                  if (in_child([&] { return read_model(model_) ? 0 : 1; }) != 0) return 201;
                  if (::write(go[1], &byte, 1) != 1) return 204;
                  int status = 0;
                  ::waitpid(brother, &status, 0);
                  return WEXITSTATUS(status);
              }),
              EPERM);
}

// clone(CLONE_VM) without CLONE_VFORK: two processes, one memory.
TEST_F(SharingTest, OneMemoryOfTwoProcessesIsShared) {
    static const char* model;
    model = model_.c_str();
    EXPECT_EQ(in_child([] {
                  static char stack[1 << 16];
                  const auto child = [](void*) { return read_model(model) ? 0 : 1; };
                  const pid_t pid = ::clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, nullptr);
                  int status = 0;
                  if (pid < 0 || ::waitpid(pid, &status, 0) != pid || status != 0) return 201;
                  return open_stick();
              }),
              EPERM);
}

// What posix_spawn and Python's subprocess do: the child lives in its parent's memory until it starts a
// program, and what that program reads is its own.
TEST_F(SharingTest, AProgramStartedFromSharedMemoryIsOnItsOwn) {
    EXPECT_EQ(in_child([&] {
                  const pid_t pid = ::vfork();
                  if (pid == 0) {
                      ::execl("/bin/cp", "cp", model_.c_str(), "/dev/null", nullptr);
                      ::_exit(127);
                  }
                  int status = 0;
                  ::waitpid(pid, &status, 0);
                  return open_stick();
              }),
              0);
}

}  // namespace

}  // namespace modelward::testing
