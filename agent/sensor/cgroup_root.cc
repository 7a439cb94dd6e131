// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/cgroup_root.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

namespace modelward::agent {

UniqueFd open_cgroup_root() {
    for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        UniqueFd root(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        struct statfs kind{};
        if (root && ::fstatfs(root.get(), &kind) == 0 && kind.f_type == CGROUP2_SUPER_MAGIC) return root;
    }
    return UniqueFd();
}

}  // namespace modelward::agent
