// SPDX-License-Identifier: Apache-2.0
// A box: one set of values for each dimension, all of which must hold. One box is one kernel rule.
//
// A condition becomes several boxes (its disjunctive normal form); boxes that differ in one dimension are
// joined again. A box refers to tests of the rule that it came from, which outlives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/reporter.h"
#include "rules/rule.h"
#include "rules/value_set.h"

namespace modelward::rules {

// The destination is, or is not, in one of a test's sets.
struct FieldAnswer {
    const FieldTest* test;
    bool negated;
    bool operator==(const FieldAnswer&) const = default;
};

struct Box {
    // Class numbers without a class belong to a rule that does not ask for classes, so all bits are set at
    // first.
    std::uint16_t classes = 0xffff;
    std::uint8_t kinds = 0xff;
    std::uint8_t operations = (1U << kOperations) - 1;  // 1 << Operation
    ValueSet<std::uint16_t> ports;
    ValueSet<std::uint32_t> users;
    ValueSet<std::string> programs;
    std::vector<FieldAnswer> destinations;     // addresses; all hold
    std::vector<FieldAnswer> domains;          // names; all hold
    const FieldTest* network_field = nullptr;  // one that asks for a destination, if any does

    bool empty() const {
        return classes == 0 || kinds == 0 || operations == 0 || ports.empty() || users.empty() ||
               programs.empty();
    }
    friend bool operator==(const Box& a, const Box& b);
    friend Box operator&(const Box& a, const Box& b);
};

// The boxes of a rule's condition: at least one, none empty. Reports and returns nullopt if the condition
// cannot be enforced as written: it negates a selection of several fields, asks a destination of a sink that
// may have none, opens any address to whoever invents a name, can never hold, or becomes more than kMaxRules
// boxes.
std::optional<std::vector<Box>> expand(Reporter& report, const ParsedRule& rule);

}  // namespace modelward::rules
