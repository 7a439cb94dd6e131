// SPDX-License-Identifier: Apache-2.0
#include "rules/evaluate.h"

namespace modelward::rules {
namespace {

template <std::size_t Size>
RuleSet united(const std::array<RuleSet, Size>& dimension, unsigned mask) {
    RuleSet rules;
    for (std::size_t bit = 0; bit < Size; ++bit) {
        if ((mask >> bit) & 1U) rules |= dimension[bit];
    }
    return rules;
}

template <typename T>
const RuleSet& look_up(const std::map<T, RuleSet>& named, const RuleSet& other, const T& value) {
    const auto found = named.find(value);
    return found == named.end() ? other : found->second;
}

RuleSet destination_rules(const CompiledPolicy& policy, const Address& address) {
    const DestinationRules* longest = nullptr;
    for (const DestinationRules& row : policy.destinations) {
        if (longest != nullptr && row.prefix_length <= longest->prefix_length) continue;
        if (Prefix{row.address, row.prefix_length}.contains(address)) longest = &row;
    }
    return longest == nullptr ? RuleSet{} : longest->rules;
}

const RuleSet& domain_rules(const CompiledPolicy& policy, const Facts& facts) {
    const RuleSet* rules = &policy.other_domain_rules;
    if (facts.domain.empty()) return *rules;
    const std::string name = whole_name(facts.domain);
    std::size_t longest = 0;
    for (const DomainRules& row : policy.domains) {
        if (row.prefix.size() <= longest || !name.starts_with(row.prefix)) continue;
        longest = row.prefix.size();
        rules = facts.domain_by_answer ? &row.answer_rules : &row.rules;
    }
    return *rules;
}

RuleSet program_rules(const CompiledPolicy& policy, const Facts& facts) {
    const RuleSet& program = look_up(policy.program_rules, policy.other_program_rules, facts.program);
    if (facts.script.empty()) return program;
    return both_names(program, look_up(policy.program_rules, policy.other_program_rules, facts.script),
                      policy.other_program_rules);
}

}  // namespace

RuleSet both_names(const RuleSet& a, const RuleSet& b, const RuleSet& unnamed) {
    return ((a | b) & ~unnamed) | (a & b & unnamed);
}

RuleSet matching_rules(const CompiledPolicy& policy, const Facts& facts) {
    RuleSet rules = policy.operation_rules[static_cast<std::size_t>(facts.operation)];
    rules &= united(policy.class_rules, facts.classes);
    rules &= united(policy.kind_rules, facts.kinds);
    rules &= look_up(policy.user_rules, policy.other_user_rules, facts.user_id);
    rules &= program_rules(policy, facts);
    if (has_destination(facts.operation)) {
        rules &= destination_rules(policy, facts.destination);
        rules &= look_up(policy.port_rules, policy.other_port_rules, facts.port);
    }
    if (has_domain(facts.operation)) rules &= domain_rules(policy, facts);
    return rules;
}

Decision decide(const CompiledPolicy& policy, const RuleSet& matching, std::uint64_t metered_bytes) {
    for (std::size_t index = 0; index < policy.rules.size(); ++index) {
        if (!matching[index]) continue;
        const KernelRule& rule = policy.rules[index];
        const bool within_budget = rule.budget_bytes > 0 && metered_bytes <= rule.budget_bytes;
        return {index, within_budget ? Action::kAllow : rule.action, within_budget};
    }
    return {};
}

Decision evaluate(const CompiledPolicy& policy, const Facts& facts, std::uint64_t metered_bytes) {
    return decide(policy, matching_rules(policy, facts), metered_bytes);
}

}  // namespace modelward::rules
