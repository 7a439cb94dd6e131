// SPDX-License-Identifier: Apache-2.0
// Any bytes as each document of a pack: a rule, the classes, a list. Nothing may crash, every problem must
// have a reason, and a rule that is accepted must decide as it reads.
#include <cstdlib>
#include <string>

#include "rules/evaluate.h"
#include "rules/parse_pack.h"
#include "rules/plain_evaluate.h"
#include "rules/rules.h"

namespace {

using namespace modelward::rules;

Pack small_pack() {
    Pack pack;
    pack.classes = {"classes.yaml",
                    "[{name: internal, min_flow: 1MiB}, {name: restricted, min_flow: 64KiB}]"};
    pack.lists.push_back(
        {"lists/a.yaml", "{name: approved, kind: destinations, values: [10.0.0.0/8, '::1']}"});
    pack.lists.push_back(
        {"lists/b.yaml", "{name: known, kind: domains, values: [example.org, .example.com]}"});
    return pack;
}

CheckedPolicy check(const Pack& pack) {
    CheckedPolicy checked = load_policy(pack);
    for (const Problem& problem : checked.problems) {
        if (problem.reason.empty() || to_string(problem).empty()) std::abort();
    }
    return checked;
}

void compare(const CompiledPolicy& policy, const Pack& pack) {
    std::vector<Problem> problems;
    const ParsedPack parsed = parse_pack(pack, problems);
    for (unsigned i = 0; i < 64; ++i) {
        const Facts facts{static_cast<Operation>(i % kOperations),
                          static_cast<std::uint16_t>(1 + i % 3),
                          static_cast<std::uint8_t>(1 + i),
                          *parse_address(i % 2 != 0 ? "10.0.0.1" : "192.0.2.1"),
                          static_cast<std::uint16_t>(i % 4 != 0 ? 443 : 22),
                          i % 5 != 0 ? 1000U : 0U,
                          {},
                          {},
                          i % 3 != 0 ? "a.example.com" : ""};
        const PlainDecision plain = plain_evaluate(parsed.rules, facts, i);
        const Decision compiled = evaluate(policy, facts, i);
        if (plain.action != compiled.action || (plain.rule != nullptr) != compiled.rule.has_value())
            std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    Pack as_rule = small_pack();
    as_rule.rules.push_back({"rule.yaml", text});
    if (const CheckedPolicy checked = check(as_rule); checked.ok()) compare(checked.policy, as_rule);
    Pack as_classes = small_pack();
    as_classes.classes.text = text;
    check(as_classes);
    Pack as_list = small_pack();
    as_list.lists[0].text = text;
    check(as_list);
    return 0;
}
