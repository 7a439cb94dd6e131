// SPDX-License-Identifier: Apache-2.0
// Each case forks, enters the real sandbox and tries what a taken-over scanner would try.
#include "agent/scanner/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "base/unique_fd.h"

namespace modelward::agent {
namespace {

constexpr int kSandboxFailed = 99;
constexpr SandboxUser kNobody{65534, 65534};

// The wait status of a process that enters the sandbox and then does `deed`; its exit code is what `deed`
// returns.
int in_sandbox(const std::function<int()>& deed, SandboxLimits limits = {}) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (!enter_sandbox(kNobody, limits)) ::_exit(kSandboxFailed);
        ::_exit(deed());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

testing::AssertionResult killed_for_a_call(int status) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "wait status " << status;
}

testing::AssertionResult exited_with(int status, int code) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == code) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "wait status " << status;
}

TEST(Sandbox, ReadingADescriptorThatWasHandedOverWorks) {
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(exited_with(in_sandbox([&] {
                                char magic[4] = {};
                                return ::pread(file.get(), magic, 4, 0) == 4 && magic[1] == 'E' ? 0 : 1;
                            }),
                            0));
}

TEST(Sandbox, AllocatingWorks) {
    EXPECT_TRUE(exited_with(in_sandbox([] {
                                std::vector<char> bytes(32 << 20, 'x');
                                return bytes.back() == 'x' ? 0 : 1;
                            }),
                            0));
}

TEST(Sandbox, NoFileCanBeOpened) {
    EXPECT_TRUE(killed_for_a_call(in_sandbox([] { return ::open("/etc/passwd", O_RDONLY) >= 0; })));
    EXPECT_TRUE(killed_for_a_call(
        in_sandbox([] { return static_cast<int>(::syscall(SYS_open, "/etc/passwd", 0)); })));
    EXPECT_TRUE(killed_for_a_call(in_sandbox(
        [] { return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0)); })));
}

TEST(Sandbox, NoSocketCanBeCreated) {
    EXPECT_TRUE(killed_for_a_call(in_sandbox([] { return ::socket(AF_INET, SOCK_STREAM, 0); })));
    EXPECT_TRUE(killed_for_a_call(in_sandbox([] {
        int pair[2];
        return ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    })));
}

TEST(Sandbox, NoProcessCanBeStarted) {
    EXPECT_TRUE(killed_for_a_call(in_sandbox([] { return static_cast<int>(::syscall(SYS_fork)); })));
    EXPECT_TRUE(killed_for_a_call(in_sandbox([] { return ::execl("/bin/true", "true", nullptr); })));
}

TEST(Sandbox, NoOtherProcessCanBeReached) {
    EXPECT_TRUE(killed_for_a_call(in_sandbox([] { return ::kill(::getppid(), 0); })));
    EXPECT_TRUE(
        killed_for_a_call(in_sandbox([] { return static_cast<int>(::syscall(SYS_ptrace, 0, 0, 0, 0)); })));
}

TEST(Sandbox, NoMemoryCanBecomeCode) {
    EXPECT_TRUE(killed_for_a_call(in_sandbox([] {
        return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                      0) == MAP_FAILED;
    })));
}

TEST(Sandbox, NothingCanBeWrittenToADescriptorThatWasHandedOver) {
    const UniqueFd file(::memfd_create("target", MFD_CLOEXEC));
    EXPECT_TRUE(killed_for_a_call(in_sandbox([&] { return static_cast<int>(::write(file.get(), "x", 1)); })));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Sandbox, MemoryIsLimited) {
    const auto grab = [] {
        return ::mmap(nullptr, 1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                       MAP_FAILED
                   ? 7
                   : 0;
    };
    EXPECT_TRUE(exited_with(in_sandbox(grab, {.memory_bytes = 512 << 20}), 7));
    EXPECT_TRUE(exited_with(in_sandbox(grab, {.memory_bytes = 8ULL << 30}), 0));
}
#endif

TEST(Sandbox, ProcessorTimeIsLimited) {
    const int status = in_sandbox(
        [] {
            for (volatile bool on = true; on;) {
            }
            return 0;
        },
        {.cpu_seconds = 1});
    EXPECT_TRUE(WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        << status;
}

TEST(Sandbox, RootNeedsAUserToBecome) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(enter_sandbox(std::nullopt, {}) ? 0 : 5);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(exited_with(status, ::geteuid() == 0 ? 5 : 0)) << "anyone else may go on as themselves";
}

}  // namespace
}  // namespace modelward::agent
