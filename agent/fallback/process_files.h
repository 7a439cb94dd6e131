// SPDX-License-Identifier: Apache-2.0
// What a held process has open already: its taint is put on its sockets, and its ways to removable media and
// to other devices that carry bytes off the host are found. And breaking off a connection whose bytes were
// refused.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "agent/sensor/kernel_maps.h"
#include "bpf/fallback/shared.h"

namespace modelward::agent {

struct OpenForWriting {
    enum class Kind {
        kRemovable,
        kDevice
    };  // a medium or a file on it; a serial line, raw SCSI and the like

    Kind kind;
    std::uint32_t device;  // the kernel's number
    std::string path;      // as /proc shows it
};

// Internet sockets of `pid` carry `taint` from now on. Returns the sinks among its descriptors that it may
// write to; which block devices are removable says `is_removable`. kLimit: it took longer than `limit`; kIo:
// the process does not show its descriptors, or a thread has others than the rest.
Result<std::vector<OpenForWriting>> take_stock(const KernelMaps& maps, pid_t pid,
                                               const kernel::process_taint& taint,
                                               const std::function<bool(std::uint32_t)>& is_removable,
                                               std::chrono::milliseconds limit);

// Ends the connection with this cookie, if `pid` has it: whoever waits to send fails at once. False: it has
// none.
bool break_off(pid_t pid, std::uint64_t cookie);

}  // namespace modelward::agent
