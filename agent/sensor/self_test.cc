// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/self_test.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <array>
#include <cstring>

#include "agent/sensor/kernel_functions.h"
#include "agent/sensor/label_table.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr std::size_t kProbeBytes = 4096;

struct ProbeHook {
    std::uint32_t bit;
    std::string_view name;
};

constexpr ProbeHook kHooks[] = {
    {kernel::kProbeOpen, "file_open"},
    {kernel::kProbeWrite, "file_permission"},
    {kernel::kProbeRefused, "file_permission (refusing)"},
    {kernel::kProbeMap, "mmap_file"},
    {kernel::kProbeConnect, "socket_connect"},
    {kernel::kProbeSend, "socket_sendmsg"},
    {kernel::kProbeInherited, "task_alloc"},
    {kernel::kProbeReceive, "file_receive"},
    {kernel::kProbeCreate, "inode_create"},
    {kernel::kProbeExec, "bprm_check_security"},
    {kernel::kProbePipe, "pipe_read"},
    {kernel::kProbeStream, "unix_stream_recvmsg"},
    {kernel::kProbeDatagram, "unix_dgram_recvmsg"},
};

// What the child could not even try: this host has no such thing.
enum Untried : char { kNoQueues = 4, kNoExecution = 8 };

// A program that this kernel has no function for was not loaded, and is named as a blind spot instead.
bool is_expected(const ProbeHook& hook, const KernelFunctions& functions) {
    if (hook.bit == kernel::kProbePipe)
        return functions.have("pipe_read") || functions.have("anon_pipe_read");
    const OptionalProgram* optional = find_optional_program(hook.name);
    return !optional || functions.have(optional->function);
}

struct Descriptors {
    int labelled;  // opened before the label was set
    int plain;
    int report;  // write end: the child is done
    const char* labelled_path;
    const char* plain_path;
};

// The child receives its own descriptor over a unix stream.
void pass_descriptor(int fd) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
    char byte = 'x';
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
    iovec part{&byte, 1};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (::sendmsg(ends[0], &message, MSG_NOSIGNAL) == 1) ::recvmsg(ends[1], &message, MSG_CMSG_CLOEXEC);
}

// A byte through a pipe, a byte in a datagram.
void pass_bytes() {
    int ends[2];
    char byte = 'x';
    if (::pipe2(ends, O_CLOEXEC) == 0 && ::write(ends[1], &byte, 1) == 1)
        static_cast<void>(!::read(ends[0], &byte, 1));
    if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) == 0 &&
        ::send(ends[0], &byte, 1, MSG_NOSIGNAL) == 1)
        ::recv(ends[1], &byte, 1, 0);
}

// What the programs refuse the child, so that it leaves nothing behind: a name among the message queues, and
// to become a program (an empty one, which no kernel runs).
char try_refusals() {
    char untried = 0;
    constexpr const char* kQueue = "/modelward-self-test";
    mq_attr attributes{};
    attributes.mq_maxmsg = attributes.mq_msgsize = 1;
    const int queue = static_cast<int>(
        ::syscall(SYS_mq_open, kQueue + 1, O_CREAT | O_RDONLY | O_CLOEXEC, 0600, &attributes));
    if (queue >= 0) ::syscall(SYS_mq_unlink, kQueue + 1);
    if (queue < 0 && errno == ENOSYS) untried = static_cast<char>(untried | kNoQueues);
    const int program = static_cast<int>(::syscall(SYS_memfd_create, "modelward-self-test", MFD_CLOEXEC));
    char* const nothing[] = {nullptr};
    if (::syscall(SYS_execveat, program, "", nothing, nothing, AT_EMPTY_PATH) < 0 && errno == EACCES)
        untried = static_cast<char>(untried | kNoExecution);  // vm.memfd_noexec
    return untried;
}

// Runs in the forked child: system calls only.
[[noreturn]] void run_child(const Descriptors& fds) {
    static char bytes[kProbeBytes];
    const int opened = ::open(fds.labelled_path, O_RDONLY | O_CLOEXEC);
    const int output = ::open(fds.plain_path, O_RDWR | O_CLOEXEC);
    char ok = opened >= 0 && ::write(output, bytes, sizeof bytes) == ssize_t{sizeof bytes};
    ok = ok && ::write(fds.labelled, bytes, 1) < 0 && errno == EPERM;
    ok = ok && ::mmap(nullptr, kProbeBytes, PROT_READ | PROT_WRITE, MAP_SHARED, output, 0) != MAP_FAILED;
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un nobody{};
    nobody.sun_family = AF_UNIX;  // an abstract name that nobody listens on
    ::connect(socket, reinterpret_cast<const sockaddr*>(&nobody), sizeof nobody);
    ::send(socket, bytes, 1, MSG_NOSIGNAL);
    pass_descriptor(output);
    pass_bytes();
    ok = static_cast<char>(ok | try_refusals());
    const pid_t heir = ::fork();
    if (heir == 0) ::_exit(::write(fds.labelled, bytes, 1) < 0 && errno == EPERM ? 0 : 1);
    int status = 1;
    ::waitpid(heir, &status, 0);
    ok = static_cast<char>(ok | (status == 0 ? 2 : 0));
    if (::write(fds.report, &ok, 1) != 1) ::_exit(1);
    for (;;)
        ::pause();  // its taint is read while it lives
}

struct Pipe {
    UniqueFd read, write;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("self-test: pipe");
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<kernel::taint> taint_of(const KernelMaps& maps, pid_t pid) {
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) return fail_errno("self-test: pidfd_open");
    const int key = pidfd.get();
    kernel::taint taint{};
    if (::bpf_map_lookup_elem(maps.taints.get(), &key, &taint) != 0 && errno != ENOENT)
        return fail_errno("self-test: read the child's taint");
    return taint;
}

struct Observed {
    kernel::taint taint;
    char child_says;
};

Result<Observed> observe_child(const KernelMaps& maps, int labelled, int plain) {
    auto report = make_pipe();
    if (!report) return fail(report.error());
    const std::string labelled_path = fmt::format("/proc/self/fd/{}", labelled);
    const std::string plain_path = fmt::format("/proc/self/fd/{}", plain);
    const Descriptors fds{labelled, plain, report->write.get(), labelled_path.c_str(), plain_path.c_str()};
    const pid_t child = ::fork();
    if (child < 0) return fail_errno("self-test: fork");
    if (child == 0) run_child(fds);
    report->write.reset();
    Observed observed{};
    const ssize_t got = ::read(report->read.get(), &observed.child_says, 1);
    auto taint = taint_of(maps, child);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    if (!taint) return fail(taint.error());
    if (got != 1) return fail(ErrorCode::kInternal, "self-test: the child ended early");
    observed.taint = *taint;
    if (observed.child_says & 2) observed.taint.probe_seen |= kernel::kProbeInherited;
    if (observed.child_says & kNoQueues) observed.taint.probe_seen |= kernel::kProbeCreate;
    if (observed.child_says & kNoExecution) observed.taint.probe_seen |= kernel::kProbeExec;
    return observed;
}

}  // namespace

Result<void> self_test(const KernelMaps& maps) {
    const UniqueFd labelled(::memfd_create("modelward-self-test", MFD_CLOEXEC));
    const UniqueFd plain(::memfd_create("modelward-self-test", MFD_CLOEXEC));
    if (!labelled || !plain || ::ftruncate(plain.get(), kProbeBytes) != 0)
        return fail_errno("self-test: memfd_create");
    auto keys = kernel_keys(maps, labelled.get());
    if (!keys && keys.error().code() == ErrorCode::kInternal)
        return fail(ErrorCode::kUnsupported, "self-test: the hook file_open does not fire");
    if (!keys) return fail(keys.error());
    kernel::label label{};
    label.marks.classes = 1;
    label.origin = kernel::kOriginConfirmed;
    label.flags = kernel::kLabelProbe;
    if (auto put = put_label(maps, keys->front(), label); !put) return fail(put.error());
    auto observed = observe_child(maps, labelled.get(), plain.get());
    if (auto dropped = drop_label(maps, keys->front()); !dropped) return fail(dropped.error());
    if (!observed) return fail(observed.error());

    auto functions = KernelFunctions::read();
    if (!functions) return fail(functions.error());
    std::string silent;
    for (const auto& hook : kHooks)
        if (is_expected(hook, *functions) && !(observed->taint.probe_seen & hook.bit))
            silent += fmt::format("{}{}", silent.empty() ? "" : ", ", hook.name);
    if (!silent.empty())
        return fail(ErrorCode::kUnsupported, "self-test: these hooks do not fire: " + silent);
    const std::uint64_t counted = observed->taint.probe_write_bytes;
    if (counted < kProbeBytes)
        return fail(ErrorCode::kUnsupported,
                    fmt::format("self-test: a write of {} bytes was counted as {}", kProbeBytes, counted));
    return {};
}

}  // namespace modelward::agent
