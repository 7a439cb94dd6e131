// SPDX-License-Identifier: Apache-2.0
// The reference evaluator: what the kernel decides, step by step the same, in user space.
//
// Tests hold three things together: this, the kernel programs, and the plain reading of the rules
// (plain_evaluate.h).
#pragma once

#include <cstdint>
#include <optional>

#include "rules/policy.h"
#include "rules/rule.h"

namespace modelward::rules {

struct Decision {
    std::optional<std::size_t> rule;  // index into CompiledPolicy::rules; nullopt: no rule, let through
    Action action = Action::kAllow;   // kAllow while the rule's budget lasts
    bool within_budget = false;       // let through and counted
    bool operator==(const Decision&) const = default;
};

// The rules that the facts satisfy.
RuleSet matching_rules(const CompiledPolicy& policy, const Facts& facts);

// The first of `matching` decides. `metered_bytes` is what its meter holds with this operation included; the
// rule lets through while that is at most its budget. Without a budget it acts at once, on an operation of no
// bytes too.
Decision decide(const CompiledPolicy& policy, const RuleSet& matching, std::uint64_t metered_bytes);

Decision evaluate(const CompiledPolicy& policy, const Facts& facts, std::uint64_t metered_bytes);

// What has two names (a script beside its interpreter, a file that several paths lead to) satisfies a rule
// that asks for one of them, and none that excludes one of them. `unnamed`: of a program that no rule names.
RuleSet both_names(const RuleSet& a, const RuleSet& b, const RuleSet& unnamed);

}  // namespace modelward::rules
