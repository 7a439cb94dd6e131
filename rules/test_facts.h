// SPDX-License-Identifier: Apache-2.0
// The `facts` of a rule test: the fields of detection as values, flow.bytes for the meter, and
// process.script.
#pragma once

#include <cstdint>
#include <optional>

#include "rules/reporter.h"
#include "rules/rule.h"
#include "rules/vocabulary.h"

namespace modelward::rules {

struct TestFacts {
    Facts facts;
    std::uint64_t
        bytes;  // what the rule's meter holds; more than any budget unless flow.bytes says otherwise
};

// Defaults: artifact.kind weights, destination.port 443, user.id 1000. artifact.class is required, sink.kind
// for category egress, destination.ip for the network; without a destination.domain the name is not known.
std::optional<TestFacts> parse_test_facts(Reporter& report, const YamlNode& node, Category category,
                                          const Vocabulary& vocabulary);

}  // namespace modelward::rules
