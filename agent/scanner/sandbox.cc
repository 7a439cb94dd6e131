// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/sandbox.h"

#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "fingerprint/readers/companions/companions.h"

namespace modelward::agent {
namespace {

// Calls without a condition. newfstatat is glibc's fstat; writev and tgkill are abort() saying why.
constexpr int kAllowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(lseek),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(tgkill),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    SCMP_SYS(sigaltstack),
    SCMP_SYS(prctl),
    SCMP_SYS(readlink),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64),
    SCMP_SYS(sched_getaffinity),
#endif
};

// Conditions on arguments by their position. The macros of seccomp.h for these are C, not C++.
constexpr scmp_arg_cmp kNotExecutable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
constexpr scmp_arg_cmp kToStandardError{0, SCMP_CMP_EQ, STDERR_FILENO, 0};

Result<void> set_limit(__rlimit_resource resource, rlim_t value, const char* name) {
    const rlimit limit{value, value};
    if (::setrlimit(resource, &limit) != 0) return fail_errno(std::string("setrlimit ") + name);
    return {};
}

Result<void> set_limits(const SandboxLimits& limits) {
    // The sanitizers reserve terabytes of addresses.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (auto done = set_limit(RLIMIT_AS, limits.memory_bytes, "AS"); !done) return done;
#endif
    if (auto done = set_limit(RLIMIT_CPU, limits.cpu_seconds, "CPU"); !done) return done;
    // A file, those beside it, and what was open before.
    constexpr rlim_t kFiles = fingerprint::kMostCompanions + 16;
    if (auto done = set_limit(RLIMIT_NOFILE, kFiles, "NOFILE"); !done) return done;
    if (auto done = set_limit(RLIMIT_NPROC, 0, "NPROC"); !done) return done;
    if (auto done = set_limit(RLIMIT_FSIZE, 0, "FSIZE"); !done) return done;
    return set_limit(RLIMIT_CORE, 0, "CORE");
}

Result<void> drop_user(std::optional<SandboxUser> user) {
    if (::geteuid() != 0) return {};
    if (!user || user->uid == 0 || user->gid == 0)
        return fail(ErrorCode::kDenied,
                    "the scanner refuses to read files as root: it needs a user to become");
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL)
            return fail_errno("drop a capability");
    if (::setgroups(0, nullptr) != 0) return fail_errno("setgroups");
    if (::setresgid(user->gid, user->gid, user->gid) != 0) return fail_errno("setresgid");
    if (::setresuid(user->uid, user->uid, user->uid) != 0) return fail_errno("setresuid");
    return {};
}

Result<void> drop_capabilities() {
    const std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)> none(::cap_init(), ::cap_free);
    if (!none || ::cap_set_proc(none.get()) != 0) return fail_errno("drop all capabilities");
    return {};
}

Result<void> filter_calls() {
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(::seccomp_init(SCMP_ACT_KILL_PROCESS),
                                                                  ::seccomp_release);
    const auto refused = [](int error) { return fail(Error::from_errno("seccomp", -error)); };
    if (!filter) return fail(ErrorCode::kIo, "seccomp: no memory for the filter");
    for (const int call : kAllowed)
        if (const int error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0); error != 0)
            return refused(error);
    for (const int call :
         {SCMP_SYS(mmap), SCMP_SYS(mprotect)})  // the third argument of both is the protection
        if (const int error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, kNotExecutable);
            error != 0)
            return refused(error);
    for (const int call : {SCMP_SYS(write), SCMP_SYS(writev)})
        if (const int error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, kToStandardError);
            error != 0)
            return refused(error);
    if (const int error = ::seccomp_load(filter.get()); error != 0) return refused(error);
    return {};
}

}  // namespace

Result<void> enter_sandbox(std::optional<SandboxUser> user, const SandboxLimits& limits) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("no_new_privs");
    if (auto done = drop_user(user); !done) return done;
    if (auto done = drop_capabilities(); !done) return done;
    // After the change of user, which would undo both.
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail_errno("not dumpable");
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return fail_errno("die with the agent");
    if (auto done = set_limits(limits); !done) return done;
    return filter_calls();
}

}  // namespace modelward::agent
