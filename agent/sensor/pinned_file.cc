// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/pinned_file.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>

#include "base/no_writer.h"

namespace modelward::agent {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kTicks = 20'000'000;  // the longest tick is 10 ms

constexpr long kErofs = 0xE0F5E1E2;  // not in every linux/magic.h
constexpr long kTelling[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
                             F2FS_SUPER_MAGIC, SQUASHFS_MAGIC,  kErofs};

}  // namespace

Result<void> tells_of_changes(int fd) {
    struct statfs system{};
    if (::fstatfs(fd, &system) != 0) return fail_errno("look at its file system");
    if (std::ranges::find(kTelling, static_cast<long>(system.f_type) & 0xffffffff) == std::end(kTelling))
        return fail(ErrorCode::kUnsupported,
                    "it is pinned to a content, and its file system does not tell of every change "
                    "(ext4, XFS, btrfs, F2FS, squashfs and EROFS do)");
    if (!has_no_writer(fd))
        return fail(ErrorCode::kUnavailable,
                    "it is pinned to a content, and somebody has it open for writing");
    return {};
}

bool is_settled(std::int64_t changed_ns, std::int64_t now_ns) {
    const std::int64_t coarse = changed_ns % kSecond == 0 ? 2 * kSecond : kTicks;
    return now_ns - changed_ns > coarse;
}

}  // namespace modelward::agent
