// SPDX-License-Identifier: Apache-2.0
#include "rules/compile.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "rules/box.h"
#include "rules/destination_table.h"
#include "rules/domain_table.h"
#include "rules/limits.h"
#include "rules/reporter.h"

namespace modelward::rules {
namespace {

KernelRule kernel_rule(const ParsedRule& rule) {
    return {rule.id,      rule.title,      rule.level, rule.action, rule.budget_bytes, rule.window_seconds,
            rule.message, rule.rate_bytes, rule.per};
}

template <std::size_t Size>
void set_mask(std::array<RuleSet, Size>& dimension, unsigned mask, std::size_t rule) {
    for (std::size_t bit = 0; bit < Size; ++bit) {
        if ((mask >> bit) & 1U) dimension[bit].set(rule);
    }
}

// Every value that some rule names gets its own set; all others share one.
template <typename T>
void set_values(const std::vector<Box>& boxes, ValueSet<T> Box::* member, std::map<T, RuleSet>& named,
                RuleSet& other) {
    for (const Box& box : boxes) {
        for (const T& value : (box.*member).values())
            named.try_emplace(value);
    }
    for (std::size_t rule = 0; rule < boxes.size(); ++rule) {
        const ValueSet<T>& set = boxes[rule].*member;
        for (auto& [value, rules] : named)
            rules[rule] = set.contains(value);
        other[rule] = set.complement();
    }
}

std::vector<std::size_t> by_precedence(const std::vector<ParsedRule>& rules) {
    std::vector<std::size_t> order(rules.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return goes_before(rules[a], rules[b]); });
    return order;
}

Problem too_many(std::string_view what, std::size_t limit) {
    return {"rules", 0, 0,
            "the rules name more than " + std::to_string(limit) + " different " + std::string(what),
            "name fewer"};
}

// policy.h says what a name is worth that only a DNS answer gave.
void add_answer_rules(CompiledPolicy& policy) {
    RuleSet alerts, allows;
    for (std::size_t rule = 0; rule < policy.rules.size(); ++rule) {
        alerts[rule] = policy.rules[rule].action == Action::kAlert;
        allows[rule] = policy.rules[rule].action == Action::kAllow;
    }
    for (DomainRules& row : policy.domains)
        row.answer_rules = (row.rules & ~allows) | (policy.other_domain_rules & ~alerts);
}

void check_tables(const CompiledPolicy& policy, std::vector<Problem>& problems) {
    if (policy.port_rules.size() > kMaxPorts) problems.push_back(too_many("ports", kMaxPorts));
    if (policy.user_rules.size() > kMaxUsers) problems.push_back(too_many("users", kMaxUsers));
    if (policy.program_rules.size() + policy.exempt_programs.size() > kMaxPrograms)
        problems.push_back(too_many("programs", kMaxPrograms));
}

}  // namespace

Compiled compile(const std::vector<ClassInfo>& classes, const std::vector<ParsedRule>& rules,
                 std::vector<Problem>& problems, std::vector<std::string> exempt_programs) {
    Compiled result;
    result.policy.classes = classes;
    result.policy.exempt_programs = std::move(exempt_programs);
    result.rules_of.resize(rules.size());
    std::vector<Box> boxes;
    for (const std::size_t index : by_precedence(rules)) {
        const ParsedRule& rule = rules[index];
        Reporter report(rule.document, problems);
        const std::optional<std::vector<Box>> expanded = expand(report, rule);
        if (!expanded) continue;
        if (boxes.size() + expanded->size() > kMaxRules) {
            report.add(rule.line, rule.column,
                       "the pack becomes more than " + std::to_string(kMaxRules) + " kernel rules",
                       "use fewer rules or fewer alternatives");
            break;
        }
        for (const Box& box : *expanded) {
            result.rules_of[index].set(boxes.size());
            result.policy.rules.push_back(kernel_rule(rule));
            boxes.push_back(box);
        }
    }
    for (std::size_t rule = 0; rule < boxes.size(); ++rule) {
        set_mask(result.policy.class_rules, boxes[rule].classes, rule);
        set_mask(result.policy.kind_rules, boxes[rule].kinds, rule);
        set_mask(result.policy.operation_rules, boxes[rule].operations, rule);
    }
    set_values(boxes, &Box::ports, result.policy.port_rules, result.policy.other_port_rules);
    set_values(boxes, &Box::users, result.policy.user_rules, result.policy.other_user_rules);
    set_values(boxes, &Box::programs, result.policy.program_rules, result.policy.other_program_rules);
    check_tables(result.policy, problems);
    if (auto table = destination_table(boxes)) {
        result.policy.destinations = std::move(*table);
    } else {
        problems.push_back(too_many("destination prefixes", kMaxDestinations));
    }
    if (auto table = domain_table(boxes)) {
        result.policy.domains = std::move(table->rows);
        result.policy.other_domain_rules = table->other;
        add_answer_rules(result.policy);
        result.policy.asks_for_names =
            !std::ranges::all_of(boxes, [](const Box& box) { return box.domains.empty(); });
    } else {
        problems.push_back(too_many("host names", kMaxDomains));
    }
    return result;
}

}  // namespace modelward::rules
