// SPDX-License-Identifier: Apache-2.0
// Whether files of a file system lie on this machine, by statfs(2)'s magic numbers (linux/magic.h; those of
// SMB are in fs/smb/client/cifsfs.c). FUSE may be either and counts as remote: reading it may ask a server
// for every byte.
#pragma once

#include <linux/magic.h>
#include <sys/vfs.h>

#include <filesystem>

namespace modelward::agent {

enum class FileSystemKind { kLocal, kRemote, kVirtual, kUnknown };

inline FileSystemKind file_system_kind(const std::filesystem::path& path) {
    constexpr long kCifs = 0xff534d42, kSmb2 = 0xfe534d42, kCeph = 0x00c36400, kFuse = 0x65735546;
    constexpr long kConfig = 0x62656570, kFuseControl = 0x65735543, kMessageQueues = 0x19800202;
    struct statfs status{};
    if (::statfs(path.c_str(), &status) != 0) return FileSystemKind::kUnknown;
    switch (static_cast<long>(status.f_type) & 0xffffffff) {
        case NFS_SUPER_MAGIC:
        case SMB_SUPER_MAGIC:
        case AFS_SUPER_MAGIC:
        case CODA_SUPER_MAGIC:
        case V9FS_MAGIC:
        case kCifs:
        case kSmb2:
        case kCeph:
        case kFuse:
            return FileSystemKind::kRemote;
        case PROC_SUPER_MAGIC:
        case SYSFS_MAGIC:
        case DEVPTS_SUPER_MAGIC:
        case DEBUGFS_MAGIC:
        case TRACEFS_MAGIC:
        case SECURITYFS_MAGIC:
        case SELINUX_MAGIC:
        case CGROUP_SUPER_MAGIC:
        case CGROUP2_SUPER_MAGIC:
        case BPF_FS_MAGIC:
        case PSTOREFS_MAGIC:
        case EFIVARFS_MAGIC:
        case BINFMTFS_MAGIC:
        case NSFS_MAGIC:
        case AUTOFS_SUPER_MAGIC:
        case kConfig:
        case kFuseControl:
        case kMessageQueues:
            return FileSystemKind::kVirtual;
        default:
            return FileSystemKind::kLocal;
    }
}

}  // namespace modelward::agent
