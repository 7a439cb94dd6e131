// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/exemption.h"

#include <fmt/format.h>
#include <sys/syscall.h>

#include "bpf/shared.h"

namespace modelward::agent {

Result<void> exempt_process(const KernelMaps& maps, pid_t pid) {
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) return fail_errno(fmt::format("pidfd_open of process {}", pid));
    kernel::taint taint{};
    taint.flags = kernel::kTaintExempt;
    return map_put(maps.taints, pidfd.get(), taint, fmt::format("exempt process {}", pid));
}

}  // namespace modelward::agent
