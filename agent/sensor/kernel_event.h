// SPDX-License-Identifier: Apache-2.0
// What the kernel reports, decoded from bpf/shared.h into values; and the label that the kernel keeps.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/policy.h"

namespace modelward::agent {

struct InodeKey {
    std::uint64_t inode = 0;
    std::uint32_t device = 0;  // the kernel's s_dev, not stat's
    std::uint32_t generation = 0;
    auto operator<=>(const InodeKey&) const = default;
};

enum class LabelOrigin : std::uint8_t { kConfirmed = 1, kDerived = 2 };  // content matched / lineage only

inline constexpr std::size_t kArtifactsPerLabel = 4;

struct Label {
    std::uint32_t classes = 0;  // bit n: class number n of the policy
    std::uint32_t kinds = 0;    // bit n: rules::ArtifactKind n
    LabelOrigin origin = LabelOrigin::kConfirmed;
    std::vector<std::uint32_t> artifacts;  // numbers; at most kArtifactsPerLabel are kept by the kernel
};

enum class KernelEventKind : std::uint8_t {
    kVerdict = 1,       // a rule fired
    kExempt = 3,        // an exempt program was about to be followed or judged, for the first time
    kDerivedLabel = 2,  // a tainted process wrote past min_flow: `file` now carries a derived label
};

enum class KernelOperation : std::uint8_t { kRead = 1, kOpenWrite, kCreate, kWrite, kMap, kConnect, kSend };

// Instead of the number of a rule: the guard refused what was tried against the agent. The operation is one
// of GuardOperation then.
inline constexpr std::uint16_t kGuardRuleIndex = 0xfffe;

enum class GuardOperation : std::uint8_t {
    kKill = 64,
    kPtrace,
    kBpf,
    kWrite,
    kRead,
    kUnlink,
    kRename,
    kCreate,
    kAttributes,
    kLock,
    kMount,
    kUnmount,
    kModule,
    kKexec,
    kLimit
};

struct KernelProcess {
    std::uint32_t pid = 0;            // thread group id in the initial pid namespace
    std::uint64_t start_boot_ns = 0;  // with pid, unique for one boot
    std::uint32_t uid = 0;
    std::uint32_t login_uid = 0;    // 0xFFFFFFFF: not set
    std::string name;               // comm
    std::string executable;         // path; only for the process itself
    std::vector<std::string> args;  // only for the process itself
};

// Which of the kernel's rings an event came through.
enum class KernelRing : std::uint8_t {
    kBlocks = 0,  // what was refused
    kOthers = 1,
};

struct KernelEvent {
    KernelRing ring = KernelRing::kBlocks;
    std::uint64_t sequence = 0;  // per boot and ring, from 1, no gaps except counted losses
    std::uint64_t boot_ns = 0;
    KernelEventKind kind = KernelEventKind::kVerdict;
    KernelOperation operation = KernelOperation::kRead;
    rules::Operation point = rules::Operation::kRead;
    rules::Action action = rules::Action::kAllow;
    std::uint16_t rule_index = 0;  // in the policy of `policy_version`
    std::uint64_t policy_version = 0;
    Label label;  // of the subject that was judged: what it carries
    KernelProcess process;
    std::vector<KernelProcess> ancestors;  // parent first, at most 6
    std::string path;                      // of the file (empty for sockets), from the mount namespace's root
    InodeKey file;
    std::uint32_t sink_device = 0;           // s_dev of a removable sink
    std::array<std::uint8_t, 16> address{};  // IPv6 or v4-mapped
    std::uint16_t port = 0;
    std::string domain;                 // of the destination; empty: not known
    std::uint8_t ip_protocol = 0;       // 6 tcp, 17 udp
    std::uint64_t count = 1;            // equal verdicts that this one stands for
    std::uint64_t bytes_requested = 0;  // of all of them
    std::uint64_t bytes_metered = 0;
};

}  // namespace modelward::agent
