// SPDX-License-Identifier: Apache-2.0
// CompiledPolicy to the structures that the kernel programs read. Pure.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/error.h"
#include "bpf/shared.h"
#include "rules/policy.h"

namespace modelward::agent {

// The tables of one policy. `policy.slot` and the clock are not set: the loader knows them. `programs` comes
// from resolve_programs(): only a host knows which inode is found at a path.
struct KernelPolicy {
    kernel::policy policy{};
    std::vector<std::pair<kernel::destination_key, kernel::destination_rules>> destinations;
    std::vector<std::pair<kernel::name_key, kernel::name_rules>> domains;
    std::vector<std::pair<std::uint32_t, kernel::rule_set>> ports;
    std::vector<std::pair<std::uint32_t, kernel::rule_set>> users;
    std::vector<std::pair<kernel::inode_key, kernel::program_rules>> programs;
};

// kLimit: more rules, classes, destinations, names, ports or users than the kernel's tables hold (nothing is
// cut silently).
Result<KernelPolicy> convert_policy(const rules::CompiledPolicy& policy, std::uint64_t version);

kernel::rule_set to_words(const rules::RuleSet& set);

// The name under which a rule's meters live on when the policy around it changes: FNV-1a, 64 bits, of its id.
std::uint64_t rule_identity(std::string_view rule_id);

}  // namespace modelward::agent
