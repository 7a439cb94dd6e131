// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/cgroup_scope.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "agent/sensor/mounts.h"

namespace modelward::agent {

Result<CgroupScope> open_cgroup_scope(const std::filesystem::path& folder) {
    std::filesystem::path root;
    for (const auto& mount : read_mounts().value_or(std::vector<Mount>{}))
        if (mount.type == "cgroup2" && root.empty()) root = mount.path;
    if (root.empty())
        return fail(ErrorCode::kUnsupported,
                    "fallback: no cgroup2 hierarchy is mounted (mount -t cgroup2 cgroup2 /sys/fs/cgroup)");
    CgroupScope scope{folder.empty() ? root : folder, {}, "/", 0};
    scope.fd.reset(::open(scope.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!scope.fd)
        return fail(ErrorCode::kNotFound,
                    Error::from_errno("open the cgroup " + scope.folder.string(), errno).message());
    struct statfs kind;
    struct stat status;
    if (::fstatfs(scope.fd.get(), &kind) != 0 || ::fstat(scope.fd.get(), &status) != 0)
        return fail_errno("stat " + scope.folder.string());
    const auto below = scope.folder.lexically_normal().lexically_relative(root.lexically_normal());
    if (kind.f_type != CGROUP2_SUPER_MAGIC || below.empty() || below.native().starts_with(".."))
        return fail(ErrorCode::kNotFound,
                    scope.folder.string() + " is no cgroup of the hierarchy at " + root.string());
    if (below != ".") scope.name = "/" + below.string();
    scope.id = status.st_ino;
    return scope;
}

}  // namespace modelward::agent
