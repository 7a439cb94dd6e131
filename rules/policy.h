// SPDX-License-Identifier: Apache-2.0
// A compiled policy: what the kernel evaluates, in a form that knows nothing of BPF.
//
// Verdict = bit-vector classification (Lakshman & Stiliadis, SIGCOMM 1998): every dimension of a question
// maps to the set of rules that it satisfies; the sets are intersected; the lowest rule index left is the
// rule. The order of `rules` is therefore the order of precedence (allow, kill, block, throttle, alert;
// within one action by priority). A rule with a budget whose meter is not yet exhausted means "let through
// and count"; no later rule is asked. Plain values, immutable after compile(); safe to share between threads.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/device_pattern.h"

namespace modelward::rules {

inline constexpr std::size_t kMaxRules = 256;   // after expansion of "or" into several kernel rules
inline constexpr std::size_t kMaxClasses = 16;  // class numbers 0..15; the order of classes.yaml

using RuleSet = std::bitset<kMaxRules>;

// kThrottle refuses what goes beyond a byte rate; kKill refuses and ends the process.
enum class Action : std::uint8_t { kAllow = 0, kAlert = 1, kBlock = 2, kThrottle = 3, kKill = 4 };
inline constexpr std::size_t kActions = 5;
enum class Level : std::uint8_t { kInformational, kLow, kMedium, kHigh, kCritical };

// What is asked about. kRead is the access itself (no sink); the others are kinds of sink: removable media;
// an IPv4 or IPv6 destination (raw and packet sockets go to an unknown one, "::"); a mounted network or FUSE
// file system (its server is the destination, "::" where it is not known); Bluetooth; and devices that are
// none of these: serial lines, USB device files (MTP), TUN, optical drives.
enum class Operation : std::uint8_t {
    kRead = 0,
    kRemovable = 1,
    kNetwork = 2,
    kNetworkFilesystem = 3,
    kBluetooth = 4,
    kDevice = 5
};
inline constexpr std::size_t kOperations = 6;

// Sinks that have a destination: its rules are asked for these only.
constexpr bool has_destination(Operation operation) {
    return operation == Operation::kNetwork || operation == Operation::kNetworkFilesystem;
}

// Sinks whose destination may have a name.
constexpr bool has_domain(Operation operation) {
    return operation == Operation::kNetwork;
}

// The kinds of artifact of the design; the number is what the kernel keeps.
enum class ArtifactKind : std::uint8_t {
    kWeights = 0,
    kAdapter,
    kOptimizerState,
    kTokenizer,
    kConfig,
    kTrainingLog,
    kDataset,
    kCode
};
inline constexpr std::size_t kArtifactKinds = 8;

// Whose meter a rule charges: one for each combination of these. Artifact and class are those that the
// process carries; each of several is charged. A destination group is a prefix that the rules name, and all
// the rest.
enum Per : std::uint8_t {
    kPerUser = 1 << 0,
    kPerArtifact = 1 << 1,
    kPerClass = 1 << 2,
    kPerProgram = 1 << 3,
    kPerDestinationGroup = 1 << 4,
};

struct ClassInfo {
    std::string name;              // "restricted"
    std::uint64_t min_flow_bytes;  // a label crosses a flow at this many bytes
};

// One kernel rule. Several share one `rule_id` when a condition was split; they share one meter and budget
// too.
struct KernelRule {
    std::string rule_id;  // the Sigma id (a UUID)
    std::string title;
    Level level;
    Action action;
    std::uint64_t budget_bytes;  // 0: the first byte counts
    std::uint32_t
        window_seconds;   // 0: the budget never refills; otherwise no window of that length holds more
    std::string message;  // for the person who was stopped
    std::uint64_t rate_bytes = 0;  // a second; of kThrottle
    std::uint8_t per = kPerUser;   // Per, of the budget and the rate
};

// An IPv6 prefix; IPv4 is v4-mapped (::ffff:a.b.c.d, length + 96). `rules` is complete for the prefix: it
// already contains what shorter prefixes and rules without a destination condition give. ::/0 is always
// present.
struct DestinationRules {
    std::array<std::uint8_t, 16> address;
    std::uint8_t prefix_length;
    RuleSet rules;
};

// Names that begin so when they are reversed (rules/domain.h): one name, or all names below one. `rules` is
// complete as that of a prefix is, for a name that the connection itself said. Where only a DNS answer gave
// the address that name, `answer_rules` hold: such a name lets nothing through that is refused without it (a
// proxy's own name stands for no name behind it), but may refuse, and alert.
struct DomainRules {
    std::string prefix;
    RuleSet rules;
    RuleSet answer_rules{};
};

struct CompiledPolicy {
    std::vector<ClassInfo> classes;                  // at most kMaxClasses
    std::vector<KernelRule> rules;                   // at most kMaxRules
    std::array<RuleSet, kMaxClasses> class_rules;    // a thing of several classes satisfies the union
    std::array<RuleSet, kArtifactKinds> kind_rules;  // likewise for kinds
    std::array<RuleSet, kOperations> operation_rules;
    std::vector<DestinationRules> destinations;   // longest prefix wins; only asked where has_destination()
    std::map<std::uint16_t, RuleSet> port_rules;  // only asked where has_destination()
    RuleSet other_port_rules;                     // a port that is not in port_rules
    bool asks_for_names = false;                  // a rule does, be it of an empty list
    std::vector<DomainRules> domains;             // longest prefix wins; only asked where has_domain()
    RuleSet other_domain_rules;                   // a name that is not in domains, or is not known
    std::map<std::uint32_t, RuleSet> user_rules;  // by effective uid
    RuleSet other_user_rules;
    std::map<std::string, RuleSet> program_rules;  // by program_name.h; matched by inode
    RuleSet other_program_rules;
    std::vector<std::string> exempt_programs;  // likewise: neither followed nor judged
    // The list approved_storage: USB storage that is on none of these is held. Without the list nothing is.
    std::optional<std::vector<DevicePattern>> approved_storage;

    std::optional<std::uint8_t> class_number(std::string_view name) const;
};

std::string_view to_string(Action action);
std::string_view to_string(Level level);
std::string_view to_string(Operation operation);  // "read", "removable", "network-filesystem", ...
std::string_view to_string(ArtifactKind kind);    // "weights", "optimizer-state", ...
std::optional<ArtifactKind> artifact_kind_from(std::string_view name);

}  // namespace modelward::rules
