// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/mount_changes.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

// In a mount namespace of its own; 77: this host gives none.
int mount_and_unmount(const char* folder) {
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 77;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
    MountChanges changes;
    if (!changes.happened()) return 1;
    if (changes.happened()) return 2;
    if (::mount("none", folder, "tmpfs", 0, nullptr) != 0) return 77;
    if (!changes.happened()) return 3;
    if (changes.happened()) return 4;
    if (::umount(folder) != 0 || !changes.happened()) return 5;
    return changes.happened() ? 6 : 0;
}

TEST(MountChanges, EachMountAndUnmountIsToldOnce) {
    const TemporaryDirectory directory;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(mount_and_unmount(directory.path().c_str()));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this host gives no mount namespace";
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace modelward::agent
