// SPDX-License-Identifier: Apache-2.0
#include "rules/test_facts.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "rules/fields.h"
#include "rules/quantity.h"
#include "rules/suggest.h"

namespace modelward::rules {
namespace {

constexpr std::string_view kFlowBytes = "flow.bytes";
constexpr std::string_view kProcessScript = "process.script";
constexpr std::uint16_t kDefaultPort = 443;
constexpr std::uint32_t kDefaultUser = 1000;

std::uint32_t mask(const std::vector<std::uint32_t>& numbers) {
    std::uint32_t bits = 0;
    for (const std::uint32_t number : numbers)
        bits |= 1U << number;
    return bits;
}

// A fact is a value: of one thing there is one sink, destination, port and user.
bool check_single(Reporter& report, const YamlEntry& entry, const FieldTest& test) {
    const bool several = test.field != Field::kArtifactClass && test.field != Field::kArtifactKind;
    if (!several || !entry.value.is_list() || entry.value.items.size() == 1) return true;
    report.add(entry.value, in_quotes(entry.key.text) + " of a test has one value",
               "write one test for each value");
    return false;
}

void set_fact(Facts& facts, const FieldTest& test) {
    switch (test.field) {
        case Field::kArtifactClass:
            facts.classes = static_cast<std::uint16_t>(mask(test.numbers));
            break;
        case Field::kArtifactKind:
            facts.kinds = static_cast<std::uint8_t>(mask(test.numbers));
            break;
        case Field::kSinkKind:
            facts.operation = static_cast<Operation>(test.numbers.front());
            break;
        case Field::kDestinationIp:
            facts.destination = test.destinations.front()->prefixes().front().address;
            break;
        case Field::kDestinationDomain:
            facts.domain = pattern_text(test.domains.front()->prefixes().front());
            break;
        case Field::kDestinationPort:
            facts.port = static_cast<std::uint16_t>(test.numbers.front());
            break;
        case Field::kUserId:
            facts.user_id = test.numbers.front();
            break;
        case Field::kProcessExecutable:
        case Field::kProcessPackage:
            facts.program = test.paths.front();
            break;
    }
}

bool set_bytes(Reporter& report, const YamlNode& node, TestFacts& result) {
    const std::optional<std::uint64_t> bytes = node.is_scalar() ? parse_bytes(node.text) : std::nullopt;
    if (!bytes) {
        report.add(node, "'flow.bytes' must be a number of bytes, not " + in_quotes(node.text),
                   "write it like 100KiB");
        return false;
    }
    result.bytes = *bytes;
    return true;
}

bool set_script(Reporter& report, const YamlNode& node, Facts& facts) {
    if (!check_program(report, node, true)) return false;
    facts.script = node.text;
    return true;
}

bool parse_fact(Reporter& report, const YamlEntry& entry, Category category, const Vocabulary& vocabulary,
                TestFacts& result) {
    if (entry.key.text == kFlowBytes) return set_bytes(report, entry.value, result);
    if (entry.key.text == kProcessScript) return set_script(report, entry.value, result.facts);
    if (find_field(entry.key.text) == nullptr) {
        std::vector<std::string_view> names(field_names().begin(), field_names().end());
        names.push_back(kFlowBytes);
        names.push_back(kProcessScript);
        report.add(entry.key, "unknown fact " + in_quotes(entry.key.text), suggest(entry.key.text, names));
        return false;
    }
    const std::optional<FieldTest> test = parse_field_test(report, entry, category, vocabulary);
    if (!test || !check_single(report, entry, *test)) return false;
    set_fact(result.facts, *test);
    return true;
}

// Facts that the operation needs, and facts that it does not have.
bool check_complete(Reporter& report, const YamlNode& node, Category category, const Facts& facts) {
    const auto require = [&](std::string_view key) {
        if (node.find(key) != nullptr) return true;
        report.add(node, "the facts have no '" + std::string(key) + "'", "add it");
        return false;
    };
    if (!require("artifact.class")) return false;
    if (category == Category::kAccess) return true;
    if (!require("sink.kind")) return false;
    if (has_destination(facts.operation) && !require("destination.ip")) return false;
    for (const char* key : {"destination.ip", "destination.port", "destination.domain"}) {
        const bool name = std::string_view(key) == "destination.domain";
        if (name ? has_domain(facts.operation) : has_destination(facts.operation)) continue;
        if (const YamlNode* extra = node.find(key)) {
            report.add(
                *extra,
                in_quotes(key) + " means nothing for sink.kind " + std::string(to_string(facts.operation)),
                "remove it");
            return false;
        }
    }
    return true;
}

}  // namespace

std::optional<TestFacts> parse_test_facts(Reporter& report, const YamlNode& node, Category category,
                                          const Vocabulary& vocabulary) {
    if (!node.is_map()) {
        report.add(node, "'facts' must be a map of fields");
        return std::nullopt;
    }
    TestFacts result{{}, std::numeric_limits<std::uint64_t>::max()};
    result.facts.kinds = 1U << static_cast<unsigned>(ArtifactKind::kWeights);
    result.facts.port = kDefaultPort;
    result.facts.user_id = kDefaultUser;
    bool good = true;
    for (const YamlEntry& entry : node.entries) {
        good = parse_fact(report, entry, category, vocabulary, result) && good;
    }
    if (!good || !check_complete(report, node, category, result.facts)) return std::nullopt;
    return result;
}

}  // namespace modelward::rules
