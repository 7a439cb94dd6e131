// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/policy_convert.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelward::agent {

namespace {

static_assert(kernel::kRules == rules::kMaxRules);
static_assert(kernel::kPoints == rules::kOperations);
static_assert(kernel::kActionKill == static_cast<int>(rules::Action::kKill));
static_assert(kernel::kActionThrottle == static_cast<int>(rules::Action::kThrottle));
static_assert(int{kernel::kPerDestinationGroup} == int{rules::kPerDestinationGroup});

// A thing without any class (or kind) satisfies the rules that ask for none: those that every class
// satisfies.
template <typename Sets>
rules::RuleSet common(const Sets& sets, std::size_t count) {
    rules::RuleSet all;
    if (count) all.set();
    for (std::size_t i = 0; i < count; ++i)
        all &= sets[i];
    return all;
}

Result<void> check_size(std::string_view what, std::size_t have, std::size_t limit) {
    if (have <= limit) return {};
    return fail(ErrorCode::kLimit,
                fmt::format("policy has {} {}; the kernel's table holds {}", have, what, limit));
}

kernel::policy_rule to_kernel(const rules::KernelRule& rule) {
    kernel::policy_rule out{};
    out.identity = rule_identity(rule.rule_id);
    out.budget = std::min<std::uint64_t>(rule.budget_bytes, MODELWARD_MAX_BUDGET);
    out.window_seconds = rule.window_seconds;
    out.action = static_cast<std::uint32_t>(rule.action);
    out.rate = rule.rate_bytes;
    out.per = rule.per;
    return out;
}

// The same in every policy that names the prefix; 0 is what no rule names.
std::uint64_t group_of(const kernel::destination_key& key) {
    if (key.prefix_length == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(&key), sizeof key);
    return rule_identity(bytes);
}

Result<kernel::name_key> name_key_of(const std::string& prefix) {
    kernel::name_key key{};
    if (prefix.size() > sizeof key.bytes)
        return fail(ErrorCode::kInvalid, fmt::format("a name of {} bytes", prefix.size()));
    key.prefix_length = static_cast<std::uint32_t>(prefix.size() * 8);
    std::ranges::copy(prefix, key.bytes);
    return key;
}

}  // namespace

kernel::rule_set to_words(const rules::RuleSet& set) {
    kernel::rule_set words{};
    for (std::size_t rule = 0; rule < set.size(); ++rule)
        if (set.test(rule)) words.words[rule / 64] |= std::uint64_t{1} << (rule % 64);
    return words;
}

std::uint64_t rule_identity(std::string_view rule_id) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : rule_id)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

Result<KernelPolicy> convert_policy(const rules::CompiledPolicy& policy, std::uint64_t version) {
    const std::pair<std::string_view, std::pair<std::size_t, std::size_t>> sizes[] = {
        {"classes", {policy.classes.size(), kernel::kClasses}},
        {"rules", {policy.rules.size(), kernel::kRules}},
        {"destinations", {policy.destinations.size(), kernel::kMaxDestinations}},
        {"names", {policy.domains.size(), kernel::kMaxDomains}},
        {"ports", {policy.port_rules.size(), kernel::kMaxPorts}},
        {"users", {policy.user_rules.size(), kernel::kMaxUsers}}};
    for (const auto& [what, size] : sizes)
        if (auto ok = check_size(what, size.first, size.second); !ok) return fail(ok.error());

    KernelPolicy out;
    out.policy.version = version;
    out.policy.class_count = static_cast<std::uint32_t>(policy.classes.size());
    for (std::size_t i = 0; i < policy.classes.size(); ++i) {
        out.policy.class_rules[i] = to_words(policy.class_rules[i]);
        out.policy.min_flow[i] =
            std::min<std::uint64_t>(policy.classes[i].min_flow_bytes, MODELWARD_MAX_MIN_FLOW);
    }
    out.policy.no_class_rules = to_words(common(policy.class_rules, policy.classes.size()));
    for (std::size_t i = 0; i < rules::kArtifactKinds; ++i)
        out.policy.kind_rules[i] = to_words(policy.kind_rules[i]);
    out.policy.no_kind_rules = to_words(common(policy.kind_rules, rules::kArtifactKinds));
    for (std::size_t i = 0; i < rules::kOperations; ++i)
        out.policy.point_rules[i] = to_words(policy.operation_rules[i]);
    out.policy.other_port_rules = to_words(policy.other_port_rules);
    out.policy.other_user_rules = to_words(policy.other_user_rules);
    out.policy.other_program_rules = to_words(policy.other_program_rules);
    std::ranges::transform(policy.rules, out.policy.rules, to_kernel);
    for (const auto& destination : policy.destinations) {
        if (destination.prefix_length > 128)
            return fail(ErrorCode::kInvalid,
                        fmt::format("destination prefix of {} bits", destination.prefix_length));
        kernel::destination_key key{};
        key.prefix_length = destination.prefix_length;
        std::ranges::copy(destination.address, key.address);
        out.destinations.emplace_back(key,
                                      kernel::destination_rules{to_words(destination.rules), group_of(key)});
    }
    out.policy.other_domain_rules = to_words(policy.other_domain_rules);
    out.policy.asks_for_names = policy.asks_for_names || !policy.domains.empty();
    for (const auto& [prefix, said, answered] : policy.domains) {
        auto key = name_key_of(prefix);
        if (!key) return fail(key.error());
        out.domains.emplace_back(
            *key, kernel::name_rules{to_words(said), to_words(answered), rule_identity(prefix)});
    }
    for (const auto& [port, set] : policy.port_rules)
        out.ports.emplace_back(port, to_words(set));
    for (const auto& [uid, set] : policy.user_rules)
        out.users.emplace_back(uid, to_words(set));
    return out;
}

}  // namespace modelward::agent
