// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/name_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <span>

namespace modelward::agent {
namespace {

constexpr std::size_t kMostTitles = 5;

}  // namespace

std::vector<std::string> rules_of_names(const rules::CompiledPolicy& policy) {
    rules::RuleSet decided;
    for (const auto& row : policy.domains)
        decided |= row.rules ^ policy.other_domain_rules;
    std::vector<std::string> titles;
    std::set<std::string> seen;  // one rule may have become several
    for (std::size_t i = 0; i < policy.rules.size(); ++i)
        if (decided[i] && seen.insert(policy.rules[i].rule_id).second)
            titles.push_back(policy.rules[i].title);
    return titles;
}

std::string name_rules_problem(const std::vector<std::string>& titles) {
    const auto said = std::span(titles).first(std::min(titles.size(), kMostTitles));
    return fmt::format(
        "The fallback sensor learns no names of destinations: {} {} judged as if no name were known "
        "(\"{}\"{}).",
        titles.size(), titles.size() == 1 ? "rule that asks for one is" : "rules that ask for one are",
        fmt::join(said, "\", \""), titles.size() > said.size() ? " and others" : "");
}

}  // namespace modelward::agent
