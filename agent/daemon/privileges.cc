// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/privileges.h"

#include <sys/capability.h>

#include <memory>

namespace modelward::agent {

Result<void> have_privileges() {
    // It stands for CAP_BPF and CAP_PERFMON too, and fanotify takes nothing less.
    const std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)> mine(::cap_get_proc(), ::cap_free);
    if (!mine) return fail_errno("read the capabilities of this process");
    cap_flag_value_t held = CAP_CLEAR;
    if (::cap_get_flag(mine.get(), CAP_SYS_ADMIN, CAP_EFFECTIVE, &held) != 0)
        return fail_errno("read the capabilities of this process");
    if (held == CAP_SET) return {};
    return fail(ErrorCode::kDenied,
                "privileges are missing (CAP_SYS_ADMIN): run it as root; without them nothing can be said of "
                "this kernel");
}

}  // namespace modelward::agent
