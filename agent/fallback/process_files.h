// SPDX-License-Identifier: Apache-2.0
// What a held process has open already: its taint is put on its sockets, and its ways to removable media are
// found. And breaking off a connection whose bytes were refused.
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
    std::uint32_t device;  // the kernel's number
    std::string path;      // as /proc shows it
};

// Internet sockets of `pid` carry `taint` from now on. Returns the files and block devices among its
// descriptors that it may write to and of which `matter` says so, by device number. kLimit: it took longer
// than `limit`; kIo: the process does not show its descriptors.
Result<std::vector<OpenForWriting>> take_stock(const KernelMaps& maps, pid_t pid,
                                               const kernel::process_taint& taint,
                                               const std::function<bool(std::uint32_t)>& matter,
                                               std::chrono::milliseconds limit);

// Ends the connection with this cookie, if `pid` has it: whoever waits to send fails at once. False: it has
// none.
bool break_off(pid_t pid, std::uint64_t cookie);

}  // namespace modelward::agent
