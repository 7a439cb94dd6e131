// SPDX-License-Identifier: Apache-2.0
// Bytes between processes without a file between them.
#include <fcntl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <cstring>
#include <fstream>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using MemoryTest = SensorTest;

const std::string kTarget = std::string(kStick) + "/stolen";

int try_stick() {
    const int result = outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600));
    ::unlink(kTarget.c_str());
    return result;
}

char secret[64] = "weights";

// In a child: another process, which has read the model if `tainted`, waits while `look` is at it.
int look_at_another(const std::string& model, bool tainted, const std::function<int(pid_t)>& look) {
    return in_child([&] {
        int ready[2];
        if (::pipe(ready) != 0) return 210;
        const pid_t other = ::fork();
        if (other == 0) {
            const bool prepared = !tainted || read_model(model);
            if (::write(ready[1], prepared ? "y" : "n", 1) != 1) ::_exit(1);
            for (;;)
                ::pause();
        }
        char byte = 0;
        if (::read(ready[0], &byte, 1) != 1 || byte != 'y') return 211;
        const int failed = look(other);
        const int result = failed ? failed : try_stick();
        ::kill(other, SIGKILL);
        ::waitpid(other, nullptr, 0);
        return result;
    });
}

int read_memory(pid_t other) {
    char buffer[sizeof secret];
    iovec mine{buffer, sizeof buffer}, theirs{secret, sizeof secret};
    return ::process_vm_readv(other, &mine, 1, &theirs, 1, 0) == sizeof buffer ? 0 : 220;
}

int read_memory_file(pid_t other) {
    const int fd = ::open(("/proc/" + std::to_string(other) + "/mem").c_str(), O_RDONLY);
    char buffer[sizeof secret];
    const auto at = static_cast<off_t>(reinterpret_cast<std::uintptr_t>(secret));
    return ::pread(fd, buffer, sizeof buffer, at) == sizeof buffer ? 0 : 221;
}

int attach(pid_t other) {
    return ::ptrace(PTRACE_ATTACH, other, nullptr, nullptr) == 0 ? 0 : 222;
}

int take_descriptor(pid_t other) {
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, other, 0));
    return ::syscall(SYS_pidfd_getfd, pidfd, 0, 0) >= 0 ? 0 : 223;
}

int read_names_and_numbers(pid_t other) {
    for (const char* file : {"maps", "cmdline", "status", "environ", "stat"}) {
        std::ifstream in("/proc/" + std::to_string(other) + "/" + file);
        std::string line;
        while (std::getline(in, line)) {
        }
    }
    return 0;
}

TEST_F(MemoryTest, WhoReadsTheMemoryOfATaintedProcessIsTainted) {
    const std::string model = make_model("model");
    for (const auto& [name, look] : {std::pair{"process_vm_readv", &read_memory},
                                     {"/proc/PID/mem", &read_memory_file},
                                     {"ptrace", &attach},
                                     {"pidfd_getfd", &take_descriptor}}) {
        EXPECT_EQ(look_at_another(model, false, look), 0) << name;
        EXPECT_EQ(look_at_another(model, true, look), EPERM) << name;
    }
    EXPECT_EQ(look_at_another(model, true, read_names_and_numbers), 0);
}

// Attached first, read later: the kernel asks no hook again.
TEST_F(MemoryTest, ADebuggerOfAProcessThatBecomesTaintedIsTainted) {
    const std::string model = make_model("model");
    EXPECT_EQ(in_child([&] {
                  const pid_t other = ::fork();
                  if (other == 0) {
                      if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0 || !read_model(model))
                          ::_exit(1);
                      ::raise(SIGSTOP);
                      ::_exit(0);
                  }
                  int status = 0;
                  ::waitpid(other, &status, 0);
                  if (!WIFSTOPPED(status)) return 230;
                  if (const int early = try_stick()) return 231 + early;
                  errno = 0;
                  ::ptrace(PTRACE_PEEKDATA, other, secret, nullptr);
                  if (errno) return 232;
                  const int result = try_stick();
                  ::kill(other, SIGKILL);
                  return result;
              }),
              EPERM);
}

TEST_F(MemoryTest, WhoIsWrittenIntoByATaintedProcessIsTainted) {
    const std::string model = make_model("model");
    EXPECT_EQ(in_child([&] {
                  int done[2];
                  if (::pipe(done) != 0) return 240;
                  const pid_t writer = ::fork();
                  if (writer == 0) {
                      iovec mine{secret, sizeof secret}, theirs{secret, sizeof secret};
                      const bool wrote =
                          read_model(model) && ::process_vm_writev(::getppid(), &mine, 1, &theirs, 1, 0) > 0;
                      ::_exit(wrote ? 0 : 1);
                  }
                  int status = 0;
                  ::waitpid(writer, &status, 0);
                  return status == 0 ? try_stick() : 241;
              }),
              EPERM);
}

// A tainted child puts the bytes somewhere; its untainted parent takes them out.
int hand_over(const std::string& model, const std::function<int()>& put, const std::function<int()>& take) {
    const int failed = in_child([&] { return read_model(model) ? put() : 200; });
    if (failed) return failed;
    const int not_taken = take();
    return not_taken ? not_taken : try_stick();
}

TEST_F(MemoryTest, SharedSegmentsCarryMarks) {
    const std::string model = make_model("model");
    EXPECT_EQ(in_child([&] {
                  const int segment = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
                  const auto attach_it = [&] {
                      return ::shmat(segment, nullptr, 0) == reinterpret_cast<void*>(-1) ? 250 : 0;
                  };
                  const int result = hand_over(model, attach_it, attach_it);
                  ::shmctl(segment, IPC_RMID, nullptr);
                  return result;
              }),
              EPERM);
    EXPECT_EQ(in_child([&] {
                  const int memory = ::memfd_create("shared", 0);
                  if (::ftruncate(memory, 4096) != 0) return 251;
                  const auto map = [&](int protection) {
                      return ::mmap(nullptr, 4096, protection, MAP_SHARED, memory, 0) == MAP_FAILED ? 252 : 0;
                  };
                  return hand_over(model, [&] { return map(PROT_WRITE); }, [&] { return map(PROT_READ); });
              }),
              EPERM);
}

struct Message {
    long type = 1;
    char bytes[4096] = {};
};

int through_queue(const std::string& model, std::size_t bytes) {
    const int queue = ::msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    Message message;
    const pid_t writer = ::fork();
    if (writer == 0) {
        if (!read_model(model)) ::_exit(200);
        for (std::size_t left = bytes; left > 0;) {
            const std::size_t part = std::min(left, sizeof message.bytes);
            if (::msgsnd(queue, &message, part, 0) != 0) ::_exit(201);
            left -= part;
        }
        ::_exit(0);
    }
    for (std::size_t got = 0; got < bytes;) {
        const ssize_t part = ::msgrcv(queue, &message, sizeof message.bytes, 0, 0);
        if (part <= 0) return 202;
        got += static_cast<std::size_t>(part);
    }
    int status = 0;
    ::waitpid(writer, &status, 0);
    ::msgctl(queue, IPC_RMID, nullptr);
    return status == 0 ? try_stick() : 203;
}

TEST_F(MemoryTest, AReaderOfASystemVQueueIsTaintedPastMinFlow) {
    const std::string model = make_model("model");
    EXPECT_EQ(in_child([&] { return through_queue(model, kMinFlow - 1); }), 0);
    EXPECT_EQ(in_child([&] { return through_queue(model, kMinFlow); }), EPERM);
}

// Its messages pass no hook: the open is judged.
TEST_F(MemoryTest, APosixQueueThatATaintedProcessOpenedForWritingCarriesMarks) {
    const std::string model = make_model("model");
    constexpr const char* kQueue = "/modelward-memory-test";
    const auto open_queue = [&](int mode) {
        return ::mq_open(kQueue, mode | O_CREAT, 0600, nullptr) < 0 ? errno : 0;
    };
    EXPECT_EQ(in_child([&] {
                  if (const int failed = open_queue(O_RDONLY)) return failed;
                  return hand_over(
                      model, [&] { return open_queue(O_WRONLY); }, [&] { return open_queue(O_RDONLY); });
              }),
              EPERM);
    ::mq_unlink(kQueue);
}

}  // namespace

}  // namespace modelward::testing
