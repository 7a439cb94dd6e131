// SPDX-License-Identifier: Apache-2.0
// Fewer boxes for the same condition: kernel rules are few, and a budget needs a rule that is one box.
#pragma once

#include <vector>

#include "rules/box.h"

namespace modelward::rules {

// Joins boxes that are equal but for one dimension (or altogether), until none are. Keeps the meaning.
void join_boxes(std::vector<Box>& boxes);

}  // namespace modelward::rules
