// SPDX-License-Identifier: Apache-2.0
// The guard around the agent's process: who it is, what nobody does to it, and what its own insiders may not
// load.
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "tests/sensor/guard_fixture.h"

namespace modelward::testing {

namespace {

bool sleeps(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("State:")) return line.find('S', 6) != std::string::npos;
    return false;
}

TEST_F(GuardTest, TheAgentIsNotSignalled) {
    const pid_t agent = ::getpid();
    for (const int signal : {SIGKILL, SIGSTOP, SIGTERM, SIGABRT})
        EXPECT_EQ(in_child([&] { return outcome(::kill(agent, signal)); }), EPERM) << signal;
    EXPECT_EQ(in_child([&] { return outcome(::syscall(SYS_tgkill, agent, agent, SIGKILL)); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::kill(agent, 0)); }), 0);
    EXPECT_TRUE(reported(GuardOperation::kKill));
}

// A descriptor may send its owner a signal of anybody's choice, and anybody may be its owner.
volatile sig_atomic_t signals_of_files = 0;

int signal_by_a_pipe(pid_t owner) {
    int ends[2];
    if (::pipe(ends) != 0 || ::fcntl(ends[0], F_SETOWN, owner) != 0 ||
        ::fcntl(ends[0], F_SETSIG, SIGUSR2) != 0 || ::fcntl(ends[0], F_SETFL, O_ASYNC) != 0)
        return errno;
    return outcome(::write(ends[1], "x", 1));
}

TEST_F(GuardTest, NorByADescriptor) {
    ::signal(SIGUSR2, [](int) { signals_of_files = signals_of_files + 1; });
    const pid_t agent = ::getpid();
    EXPECT_EQ(in_child([] { return signal_by_a_pipe(::getpid()) == 0 && signals_of_files == 1 ? 0 : 1; }), 0)
        << "the way works";
    EXPECT_EQ(in_child([&] { return signal_by_a_pipe(agent); }), 0);
    EXPECT_EQ(signals_of_files, 0);
    ::signal(SIGUSR2, SIG_DFL);
}

TEST_F(GuardTest, NorGivenOtherLimits) {
    const pid_t agent = ::getpid();
    rlimit now{};
    ASSERT_EQ(::prlimit(agent, RLIMIT_NOFILE, nullptr, &now), 0);
    const rlimit none{8, 8};
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(agent, RLIMIT_NOFILE, &none, nullptr)); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(agent, RLIMIT_CPU, &none, nullptr)); }), EPERM);
    EXPECT_TRUE(reported(GuardOperation::kLimit));
    rlimit seen{};
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(agent, RLIMIT_NOFILE, nullptr, &seen)); }), 0);
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(::getpid(), RLIMIT_NOFILE, &none, nullptr)); }), 0);
    EXPECT_EQ(::prlimit(agent, RLIMIT_NOFILE, &now, nullptr), 0) << "its own affair";
}

TEST_F(GuardTest, NorTracedNorWritten) {
    const pid_t agent = ::getpid();
    static volatile int secret = 7;
    EXPECT_EQ(in_child([&] { return outcome(::ptrace(PTRACE_ATTACH, agent, nullptr, nullptr)); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::ptrace(PTRACE_SEIZE, agent, nullptr, nullptr)); }), EPERM);
    EXPECT_EQ(in_child([&] {
                  int value = 8;
                  const iovec from{&value, sizeof value};
                  const iovec to{const_cast<int*>(&secret), sizeof secret};
                  return outcome(::process_vm_writev(agent, &from, 1, &to, 1, 0));
              }),
              EPERM);
    EXPECT_EQ(in_child([&] {
                  const std::string path = "/proc/" + std::to_string(agent) + "/mem";
                  return outcome(::open(path.c_str(), O_RDWR | O_CLOEXEC));
              }),
              EACCES);  // what /proc makes of a refusal
    EXPECT_EQ(in_child([&] {
                  const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, agent, 0)));
                  return outcome(::syscall(SYS_pidfd_getfd, pidfd.get(), 3, 0));
              }),
              EPERM);
    EXPECT_EQ(secret, 7);
    EXPECT_TRUE(reported(GuardOperation::kPtrace));
    EXPECT_EQ(in_child([&] {  // ps and top go on
                  return fs::read_symlink("/proc/" + std::to_string(agent) + "/exe").empty() ? 1 : 0;
              }),
              0);
}

TEST_F(GuardTest, TheAgentIsWhateverIsStartedFromItsProgram) {
    const std::string program = at("agent"), key = at("state/key");
    EXPECT_EQ(run({"/bin/cat", key.c_str()}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}), 0);
    EXPECT_EQ(run({"/bin/cp", program.c_str(), at("outside/agent").c_str()}), 0);
    EXPECT_EQ(run({at("outside/agent").c_str(), key.c_str()}), 1);
}

TEST_F(GuardTest, ButNotWithSomebodyElsesCodeInIt) {
    const std::string program = at("agent"), key = at("state/key");
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"HOME=/", "LD_PRELOAD=/mnt/disk/none.so"}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"LD_LIBRARY_PATH=/mnt/disk"}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"OPENSSL_CONF=/mnt/disk/x"}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {std::string("A=" + std::string(5000, 'x')).c_str()}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"HOME=/", "WORLD_X=LD_PRELOAD"}), 0);
    EXPECT_EQ(in_child([&] {  // traced from its first instruction
                  const pid_t child = ::fork();
                  if (child == 0) {
                      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
                      ::execl(program.c_str(), "agent", key.c_str(), nullptr);
                      ::_exit(127);
                  }
                  int status = 0;
                  for (;;) {
                      ::waitpid(child, &status, 0);
                      if (!WIFSTOPPED(status)) return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
                      ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
                  }
              }),
              1);
}

TEST_F(GuardTest, TheScannerIsProtectedAndTrustedWithNothing) {
    const pid_t scanner = ::fork();
    if (scanner == 0) {
        ::execl(at("scanner").c_str(), "scanner", "60", nullptr);
        ::_exit(127);
    }
    // Not only exec's new image but the end of exec: the kernel names the program in /proc before
    // the hook that marks the task runs, so wait until the program sleeps by itself.
    while (fs::read_symlink("/proc/" + std::to_string(scanner) + "/exe") != at("scanner") || !sleeps(scanner))
        ::usleep(1000);
    EXPECT_EQ(in_child([&] { return outcome(::kill(scanner, SIGKILL)); }), EPERM);
    EXPECT_EQ(::kill(scanner, SIGKILL), 0);  // by the agent
    int status = 0;
    ::waitpid(scanner, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(GuardTest, WhoCarriesClassifiedBytesLoadsNoKernelCode) {
    const std::string model = make_model("model");
    const auto load_module = [] {
        static const char garbage[128] = "";
        return outcome(::syscall(SYS_init_module, garbage, sizeof garbage, ""));
    };
    const auto load_file = [] {
        const UniqueFd fd(::open(at("outside/own").c_str(), O_RDONLY | O_CLOEXEC));
        return outcome(::syscall(SYS_finit_module, fd.get(), "", 0));
    };
    EXPECT_EQ(in_child(load_module), ENOEXEC);
    EXPECT_EQ(in_child(load_file), ENOEXEC);
    EXPECT_EQ(in_child([&] { return read_model(model) ? load_module() : 201; }), EPERM);
    EXPECT_EQ(in_child([&] { return read_model(model) ? load_file() : 201; }), EPERM);
    EXPECT_TRUE(reported(GuardOperation::kModule));
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 201;
                  return outcome(::syscall(SYS_kexec_load, 0ul, 0ul, nullptr, 0ul));
              }),
              EPERM);
    EXPECT_TRUE(reported(GuardOperation::kKexec));
}

}  // namespace

}  // namespace modelward::testing
