// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/self_test.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <array>

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
};

struct Descriptors {
    int labelled;  // opened before the label was set
    int plain;
    int report;  // write end: the child is done
    const char* labelled_path;
    const char* plain_path;
};

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

    std::string silent;
    for (const auto& hook : kHooks)
        if (!(observed->taint.probe_seen & hook.bit))
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
