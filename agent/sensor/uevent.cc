// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/uevent.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace modelward::agent {
namespace {

constexpr std::size_t kMostBytes = 8192;  // the kernel's UEVENT_BUFFER_SIZE is 2048
constexpr unsigned kFromKernel = 1;       // the multicast group

}  // namespace

std::optional<std::string> added_usb_device(std::string_view message) {
    std::string_view path;
    bool added = false, device = false, usb = false;
    while (!message.empty()) {
        const std::string_view word = message.substr(0, message.find('\0'));
        message.remove_prefix(std::min(message.size(), word.size() + 1));
        if (word.starts_with("DEVPATH=")) path = word.substr(8);
        added = added || word == "ACTION=add";
        usb = usb || word == "SUBSYSTEM=usb";
        device = device || word == "DEVTYPE=usb_device";
    }
    if (!added || !usb || !device || !path.starts_with("/devices/") || path.contains(".."))
        return std::nullopt;
    return std::string(path);
}

bool is_of_block_device(std::string_view message) {
    constexpr std::string_view kWord("\0SUBSYSTEM=block\0", 17);
    return message.contains(kWord);
}

Result<UeventSocket> UeventSocket::open() {
    UniqueFd fd(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
    if (!fd) return fail_errno("open a socket for the kernel's device events");
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = kFromKernel;
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail_errno("listen to the kernel's device events");
    return UeventSocket(std::move(fd));
}

bool UeventSocket::read(const std::function<void(std::string_view)>& take) const {
    std::array<char, kMostBytes> buffer;
    for (;;) {
        sockaddr_nl from{};
        socklen_t size = sizeof from;
        const ssize_t got = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_TRUNC,
                                       reinterpret_cast<sockaddr*>(&from), &size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno != ENOBUFS;
        if (static_cast<std::size_t>(got) > buffer.size()) return false;
        if (from.nl_pid == 0)
            take({buffer.data(), static_cast<std::size_t>(got)});  // other programs may write here
    }
}

}  // namespace modelward::agent
