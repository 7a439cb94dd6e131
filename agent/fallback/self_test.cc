// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/self_test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <thread>

#include "agent/fallback/taint_table.h"
#include "agent/sensor/label_table.h"

namespace modelward::agent {

namespace {

constexpr std::uint16_t kDiscardPort = 9;

enum Says : char { kConnectRefused = 1, kSendRefused = 2, kHeirRefused = 4, kNoLoopback = 8, kOutside = 16 };

struct Step {
    std::uint32_t bit;
    std::string_view what;
};

constexpr Step kSteps[] = {{kernel::kProbeOpen, "the making of a socket (cgroup/sock_create)"},
                           {kernel::kProbeConnect, "connect (cgroup/connect4)"},
                           {kernel::kProbeSend, "an unconnected send (cgroup/sendmsg4)"},
                           {kernel::kProbeWrite, "a connected send (cgroup_skb/egress)"}};

struct Means {
    const char* labelled_path;
    int procs;   // cgroup.procs of the scope
    int report;  // write end: the child is done
};

bool refuses(long result) {
    return result < 0 && errno == EPERM;
}

// Runs in the forked child: system calls only.
[[noreturn]] void run_child(const Means& means) {
    sockaddr_in nobody{};
    nobody.sin_family = AF_INET;
    nobody.sin_port = htons(kDiscardPort);
    nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* address = reinterpret_cast<const sockaddr*>(&nobody);
    int says = 0;
    if (::write(means.procs, "0", 1) != 1) says |= kOutside;
    // Made and connected before there is a taint: user space has to find it.
    const int early = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::connect(early, address, sizeof nobody) != 0) says |= kNoLoopback;
    static_cast<void>(!::open(means.labelled_path, O_RDONLY | O_CLOEXEC));
    const int late = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (refuses(::connect(late, address, sizeof nobody))) says |= kConnectRefused;
    if (refuses(::sendto(late, "x", 1, MSG_NOSIGNAL, address, sizeof nobody)) &&
        (says & kNoLoopback || refuses(::send(early, "x", 1, MSG_NOSIGNAL))))
        says |= kSendRefused;
    const pid_t heir = ::fork();
    if (heir == 0) ::_exit(refuses(::connect(late, address, sizeof nobody)) ? 0 : 1);
    int status = 1;
    ::waitpid(heir, &status, 0);
    if (status == 0) says |= kHeirRefused;
    const char byte = static_cast<char>(says);
    if (::write(means.report, &byte, 1) != 1) ::_exit(1);
    for (;;)
        ::pause();  // its taint is read while it lives
}

struct Observed {
    std::optional<kernel::process_taint> taint;
    int says;
    bool forgotten;  // after its end
};

Result<Observed> observe_child(const FallbackSensor& sensor, int labelled, int procs) {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("self-test: pipe");
    const UniqueFd read(ends[0]);
    UniqueFd write(ends[1]);
    const std::string path = fmt::format("/proc/self/fd/{}", labelled);
    const Means means{path.c_str(), procs, write.get()};
    const pid_t child = ::fork();
    if (child < 0) return fail_errno("self-test: fork");
    if (child == 0) run_child(means);
    write.reset();
    char byte = 0;
    const bool told = ::read(read.get(), &byte, 1) == 1;
    const TaintTable taints(sensor.maps());
    Observed observed{taints.find(child), byte, false};
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    observed.forgotten = !taints.find(child);
    if (!told) return fail(ErrorCode::kInternal, "self-test: the child ended early");
    return observed;
}

Result<void> judge(const Observed& seen) {
    const auto unseen = [](std::string what) {
        return fail(ErrorCode::kUnsupported, "fallback: self-test: " + what);
    };
    if (seen.says & kOutside) return unseen("a process cannot be moved into the cgroup");
    if (!seen.taint) return unseen("an open of a labelled file did not taint (fanotify)");
    std::string silent;
    for (const auto& step : kSteps)
        if (!(seen.taint->probe_seen & step.bit) &&
            !(step.bit == kernel::kProbeWrite && seen.says & kNoLoopback))
            silent += fmt::format("{}{}", silent.empty() ? "" : ", ", step.what);
    if (!silent.empty()) return unseen("not seen: " + silent);
    if (!(seen.says & kConnectRefused) || !(seen.says & kSendRefused))
        return unseen("a connection or a send was seen and not refused");
    if (!(seen.says & kHeirRefused)) return unseen("a fork did not hand on the taint (sched_process_fork)");
    if (!seen.forgotten) return unseen("the end of a process was not seen (sched_process_exit)");
    return {};
}

}  // namespace

Result<void> self_test(FallbackSensor& sensor, const CgroupScope& scope) {
    const UniqueFd procs(::openat(scope.fd.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
    if (!procs) return fail_errno("open cgroup.procs of " + scope.folder.string());
    const UniqueFd labelled(::memfd_create("modelward-self-test", MFD_CLOEXEC));
    if (!labelled) return fail_errno("self-test: memfd_create");
    kernel::label label{};
    label.marks.classes = 1;
    label.origin = kernel::kOriginConfirmed;
    label.flags = kernel::kLabelProbe;
    auto key = sensor.put(labelled.get(), label);
    if (!key) return fail(key.error().with_context("fallback: self-test"));
    auto observed = observe_child(sensor, labelled.get(), procs.get());
    ::bpf_map_delete_elem(sensor.maps().labels.get(), &*key);
    if (!observed) return fail(observed.error());
    return judge(*observed);
}

}  // namespace modelward::agent
