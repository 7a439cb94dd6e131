// SPDX-License-Identifier: Apache-2.0
// Rule documents for tests: a correct rule whose parts a test replaces, so that it shows only what it is
// about.
#pragma once

#include <string>
#include <vector>

#include "rules/rules.h"

namespace modelward::rules::testing {

// Parts are whole lines. The layout is fixed, so that tests can name lines:
//   1 title  2 id  3 level  4 logsource  5 product  6 category  7 modelward  8 action  9 message  ...
//   `extension`, then `detection:` and its lines, then `more`.
struct RuleText {
    std::string title = "A rule";
    std::string id = "00000000-0000-4000-8000-000000000001";
    std::string level = "high";
    std::string category = "egress";
    std::string action = "block";
    std::string extension = "";  // further lines of the modelward block, indented by two
    std::string detection = "  restricted:\n    artifact.class: restricted\n  condition: restricted\n";
    std::string more = "";  // further top-level lines

    std::string text() const;
};

// public, internal, confidential and restricted; the list "approved" (10.0.0.0/8, ::1).
Pack pack_of(const std::vector<RuleText>& rules);
Pack pack_of(const RuleText& rule);

// What load_policy() says, one line a problem: "rule-1.yaml:8:11: reason (fix)".
std::string problems_of(const Pack& pack);
std::string problems_of(const RuleText& rule);

}  // namespace modelward::rules::testing
