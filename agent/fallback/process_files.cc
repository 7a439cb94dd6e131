// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/process_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <linux/sockios.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "agent/fallback/file_key.h"
#include "agent/fallback/process_view.h"
#include "agent/fallback/taint_table.h"
#include "agent/sensor/device_number.h"
#include "bpf/device_numbers.h"

namespace modelward::agent {

namespace {

using Clock = std::chrono::steady_clock;

// Calls `visit` with each descriptor's number until it returns false. False: it cannot be listed.
bool each_descriptor(pid_t pid, const std::function<bool(int)>& visit) {
    std::error_code error;
    std::filesystem::directory_iterator entries(fmt::format("/proc/{}/fd", pid), error), end;
    if (error) return false;
    for (; entries != end; entries.increment(error)) {
        const std::string name = entries->path().filename().string();
        int number = -1;
        std::from_chars(name.data(), name.data() + name.size(), number);
        if (!visit(number)) return true;
        if (error) return false;
    }
    return !error;
}

// A thread can have a table of its own (unshare(2)), and the first thread none any more when it has ended.
bool have_one_table(pid_t pid) {
    std::error_code error;
    std::filesystem::directory_iterator threads(fmt::format("/proc/{}/task", pid), error), end;
    for (; !error && threads != end; threads.increment(error)) {
        const std::string name = threads->path().filename().string();
        pid_t thread = 0;
        std::from_chars(name.data(), name.data() + name.size(), thread);
        if (thread != pid && ::syscall(SYS_kcmp, pid, thread, KCMP_FILES, 0, 0) != 0) return false;
    }
    return !error;
}

std::string target_of(pid_t pid, int number) {
    std::array<char, PATH_MAX> buffer;
    const std::string link = fmt::format("/proc/{}/fd/{}", pid, number);
    const ssize_t length = ::readlink(link.c_str(), buffer.data(), buffer.size());
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string();
}

UniqueFd duplicate(int pidfd, int number) {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd, number, 0)));
}

int option_of(int socket, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_internet(int socket) {
    const int domain = option_of(socket, SO_DOMAIN);
    return domain == AF_INET || domain == AF_INET6;
}

bool tag(const KernelMaps& maps, int socket, pid_t pid, const kernel::process_taint& taint) {
    kernel::tagged_socket value{}, before{};
    value.owner = taint;
    value.pid = static_cast<std::uint32_t>(pid);
    if (::bpf_map_lookup_elem(maps.sockets.get(), &socket, &before) == 0)
        marks_add(value.owner.marks, before.owner.marks);  // of another process that shares it
    return ::bpf_map_update_elem(maps.sockets.get(), &socket, &value, BPF_ANY) == 0;
}

// Bits of the flags that it was opened with, from the octal number that /proc/PID/fdinfo shows.
bool may_write(pid_t pid, int number) {
    const std::string info = read_small(fmt::format("/proc/{}/fdinfo/{}", pid, number));
    const auto at = info.find("flags:");
    const auto digits = at == std::string::npos ? at : info.find_first_of("01234567", at);
    if (digits == std::string::npos) return true;
    unsigned flags = O_RDWR;
    std::from_chars(info.data() + digits, info.data() + info.size(), flags, 8);
    return (flags & O_ACCMODE) != O_RDONLY;
}

// Asks no server of a network file system.
std::optional<OpenForWriting> sink_of(pid_t pid, int number,
                                      const std::function<bool(std::uint32_t)>& is_removable) {
    struct statx status;
    const std::string link = fmt::format("/proc/{}/fd/{}", pid, number);
    if (::statx(AT_FDCWD, link.c_str(), AT_STATX_DONT_SYNC, STATX_TYPE, &status) != 0) return std::nullopt;
    const auto itself = device_number(makedev(status.stx_rdev_major, status.stx_rdev_minor));
    if (S_ISCHR(status.stx_mode)) {
        if (!kernel::is_sink_character(itself)) return std::nullopt;
        return OpenForWriting{OpenForWriting::Kind::kDevice, itself, ""};
    }
    if (!S_ISBLK(status.stx_mode) && !S_ISREG(status.stx_mode)) return std::nullopt;
    const auto medium = S_ISBLK(status.stx_mode)
                            ? itself
                            : device_number(makedev(status.stx_dev_major, status.stx_dev_minor));
    if (S_ISBLK(status.stx_mode) && status.stx_rdev_major == kernel::kOpticalMajor)
        return OpenForWriting{OpenForWriting::Kind::kDevice, itself, ""};
    if (!is_removable(medium)) return std::nullopt;
    return OpenForWriting{OpenForWriting::Kind::kRemovable, medium, ""};
}

}  // namespace

Result<std::vector<OpenForWriting>> take_stock(const KernelMaps& maps, pid_t pid,
                                               const kernel::process_taint& taint,
                                               const std::function<bool(std::uint32_t)>& is_removable,
                                               std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) return fail_errno(fmt::format("pidfd_open of process {}", pid));
    if (!have_one_table(pid))
        return fail(ErrorCode::kIo, fmt::format("threads of process {} have open what others have not", pid));
    std::vector<OpenForWriting> found;
    std::string problem;
    bool in_time = true;
    const bool listed = each_descriptor(pid, [&](int number) {
        in_time = Clock::now() < deadline;
        if (!in_time) return false;
        const std::string target = target_of(pid, number);
        if (target.starts_with("socket:")) {
            const UniqueFd socket = duplicate(pidfd.get(), number);
            if (socket && is_internet(socket.get()) && !tag(maps, socket.get(), pid, taint))
                problem = fmt::format("put the taint on a socket of process {}", pid);
            return true;
        }
        if (!target.starts_with('/')) return true;
        auto sink = sink_of(pid, number, is_removable);
        if (!sink || !may_write(pid, number)) return true;
        sink->path = target;
        found.push_back(std::move(*sink));
        return true;
    });
    if (!in_time) return fail(ErrorCode::kLimit, fmt::format("process {} has too much open", pid));
    if (!listed) return fail(ErrorCode::kIo, fmt::format("process {} does not show its descriptors", pid));
    if (!problem.empty()) return fail(ErrorCode::kIo, problem);
    return found;
}

bool break_off(pid_t pid, std::uint64_t cookie) {
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) return false;
    bool done = false;
    each_descriptor(pid, [&](int number) {
        if (!target_of(pid, number).starts_with("socket:")) return true;
        const UniqueFd socket = duplicate(pidfd.get(), number);
        std::uint64_t seen = 0;
        socklen_t size = sizeof seen;
        if (!socket || ::getsockopt(socket.get(), SOL_SOCKET, SO_COOKIE, &seen, &size) != 0 || seen != cookie)
            return true;
        const sockaddr nowhere{.sa_family = AF_UNSPEC, .sa_data = {}};
        // Kernels for a while refused the first while a thread waits to send; the second lets it fail too.
        done = ::connect(socket.get(), &nowhere, sizeof nowhere) == 0 ||
               ::shutdown(socket.get(), SHUT_RDWR) == 0;
        return false;
    });
    return done;
}

}  // namespace modelward::agent
