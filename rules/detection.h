// SPDX-License-Identifier: Apache-2.0
// The `detection` block: named selections and the condition over them.
#pragma once

#include "rules/reporter.h"
#include "rules/rule.h"
#include "rules/vocabulary.h"

namespace modelward::rules {

// Fills `rule`'s selections and condition. `text` is the document, to place problems inside the condition.
// Reports and returns false if anything in the block is wrong.
bool parse_detection(Reporter& report, const YamlNode& node, std::string_view text,
                     const Vocabulary& vocabulary, ParsedRule& rule);

}  // namespace modelward::rules
