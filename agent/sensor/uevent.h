// SPDX-License-Identifier: Apache-2.0
// The kernel's announcements of devices (NETLINK_KOBJECT_UEVENT; lib/kobject_uevent.c).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

// "add@/devices/...", then "KEY=VALUE" strings, each ended by a zero byte. The path below /sys of a USB
// device (hubs included, interfaces not) that was added; nothing for any other message.
std::optional<std::string> added_usb_device(std::string_view message);

// Something about a disk, a partition, a loop or a mapped device.
bool is_of_block_device(std::string_view message);

class UeventSocket {
  public:
    static Result<UeventSocket> open();
    int fd() const { return fd_.get(); }

    // Calls `take` for each message that waits. False: the kernel dropped some.
    bool read(const std::function<void(std::string_view)>& take) const;

  private:
    explicit UeventSocket(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

}  // namespace modelward::agent
