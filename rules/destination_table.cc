// SPDX-License-Identifier: Apache-2.0
#include "rules/destination_table.h"

#include <algorithm>
#include <map>

#include "rules/limits.h"
#include "rules/prefix.h"

namespace modelward::rules {
namespace {

// For each row, whether the set contains it. Sets are shared between rules: each is asked once.
using Membership = std::map<const PrefixSet*, std::vector<bool>>;

std::vector<Prefix> rows_of(const Membership& sets) {
    std::vector<Prefix> rows{Prefix{}};  // ::/0
    for (const auto& [set, unused] : sets)
        rows.insert(rows.end(), set->prefixes().begin(), set->prefixes().end());
    std::ranges::sort(rows);
    const auto repeated = std::ranges::unique(rows);
    rows.erase(repeated.begin(), repeated.end());
    return rows;
}

bool holds(const FieldAnswer& test, const Membership& sets, std::size_t row) {
    const bool inside = std::ranges::any_of(test.test->destinations,
                                            [&](const auto& set) { return sets.at(set.get())[row]; });
    return inside != test.negated;
}

}  // namespace

std::optional<std::vector<DestinationRules>> destination_table(const std::vector<Box>& boxes) {
    Membership sets;
    for (const Box& box : boxes) {
        for (const FieldAnswer& test : box.destinations) {
            for (const auto& set : test.test->destinations)
                sets.try_emplace(set.get());
        }
    }
    const std::vector<Prefix> rows = rows_of(sets);
    if (rows.size() > kMaxDestinations) return std::nullopt;
    for (auto& [set, members] : sets) {
        members.resize(rows.size());
        for (std::size_t row = 0; row < rows.size(); ++row)
            members[row] = set->covers(rows[row]);
    }
    std::vector<DestinationRules> table;
    table.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        DestinationRules entry{rows[row].address, rows[row].length, {}};
        for (std::size_t rule = 0; rule < boxes.size(); ++rule) {
            const auto test_holds = [&](const FieldAnswer& test) { return holds(test, sets, row); };
            entry.rules[rule] = std::ranges::all_of(boxes[rule].destinations, test_holds);
        }
        table.push_back(entry);
    }
    return table;
}

}  // namespace modelward::rules
