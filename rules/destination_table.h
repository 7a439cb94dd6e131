// SPDX-License-Identifier: Apache-2.0
// All destination conditions of a policy as one table for longest-prefix match.
//
// Each prefix that some rule asks about becomes a row, and ::/0 always is one. A row carries the complete set
// of the rules that its addresses satisfy: whether an address is in a rule's prefix set is the same for all
// addresses of a row that no longer row takes, so the row's own prefix answers for them.
#pragma once

#include <optional>
#include <vector>

#include "rules/box.h"
#include "rules/policy.h"

namespace modelward::rules {

// `boxes[i]` is rule i. Rows are sorted by address, then length. nullopt if there are more than
// kMaxDestinations.
std::optional<std::vector<DestinationRules>> destination_table(const std::vector<Box>& boxes);

}  // namespace modelward::rules
