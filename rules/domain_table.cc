// SPDX-License-Identifier: Apache-2.0
#include "rules/domain_table.h"

#include <algorithm>
#include <map>

#include "rules/limits.h"

namespace modelward::rules {
namespace {

// For each row, whether the set contains it. Sets are shared between rules: each is asked once.
using Membership = std::map<const DomainSet*, std::vector<bool>>;

Membership sets_of(const std::vector<Box>& boxes) {
    Membership sets;
    for (const Box& box : boxes)
        for (const FieldAnswer& test : box.domains)
            for (const auto& set : test.test->domains)
                sets.try_emplace(set.get());
    return sets;
}

std::vector<std::string> patterns_of(const Membership& sets) {
    std::vector<std::string> patterns;
    for (const auto& [set, unused] : sets)
        patterns.insert(patterns.end(), set->prefixes().begin(), set->prefixes().end());
    std::ranges::sort(patterns);
    const auto repeated = std::ranges::unique(patterns);
    patterns.erase(repeated.begin(), repeated.end());
    return patterns;
}

}  // namespace

std::optional<DomainTable> domain_table(const std::vector<Box>& boxes) {
    Membership sets = sets_of(boxes);
    const std::vector<std::string> patterns = patterns_of(sets);
    if (patterns.size() > kMaxDomains) return std::nullopt;
    for (auto& [set, members] : sets)
        for (const std::string& pattern : patterns)
            members.push_back(set->covers(pattern));
    DomainTable table;
    for (std::size_t rule = 0; rule < boxes.size(); ++rule)
        table.other[rule] = std::ranges::all_of(boxes[rule].domains, &FieldAnswer::negated);
    table.rows.reserve(patterns.size());
    for (std::size_t row = 0; row < patterns.size(); ++row) {
        DomainRules entry{patterns[row], {}};
        for (std::size_t rule = 0; rule < boxes.size(); ++rule) {
            const auto holds = [&](const FieldAnswer& test) {
                const bool inside = std::ranges::any_of(
                    test.test->domains, [&](const auto& set) { return sets.at(set.get())[row]; });
                return inside != test.negated;
            };
            entry.rules[rule] = std::ranges::all_of(boxes[rule].domains, holds);
        }
        table.rows.push_back(std::move(entry));
    }
    return table;
}

}  // namespace modelward::rules
