// SPDX-License-Identifier: Apache-2.0
// All name conditions of a policy as one table for longest-prefix match, as destination_table.h has it for
// addresses: each pattern that some rule asks about becomes a row, which carries the complete set of the
// rules that its names satisfy. A name without a row, or no name at all, is in no pattern.
#pragma once

#include <optional>
#include <vector>

#include "rules/box.h"
#include "rules/policy.h"

namespace modelward::rules {

struct DomainTable {
    std::vector<DomainRules> rows;  // sorted
    RuleSet other;
};

// `boxes[i]` is rule i. nullopt if there are more rows than kMaxDomains.
std::optional<DomainTable> domain_table(const std::vector<Box>& boxes);

}  // namespace modelward::rules
