// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include "rules/compile.h"
#include "rules/evaluate.h"
#include "rules/limits.h"
#include "rules/parse_pack.h"
#include "rules/parse_rule.h"
#include "rules/reporter.h"
#include "rules/rules.h"
#include "rules/vocabulary.h"

namespace modelward::rules {
namespace {

// A rule's tests ask that rule alone: what others of the pack decide is theirs.
void run_tests(const ParsedRule& rule, const CompiledPolicy& policy, const RuleSet& own,
               std::vector<Problem>& problems) {
    Reporter report(rule.document, problems);
    for (const RuleTest& test : rule.tests) {
        const Decision decision = decide(policy, matching_rules(policy, test.facts) & own, test.bytes);
        if (decision.action == test.expected) continue;
        const std::string why = decision.within_budget ? " (within its budget)"
                                : decision.rule        ? ""
                                                       : " (it does not match)";
        report.add(test.line, test.column,
                   "test " + in_quotes(test.name) + " expects " + std::string(to_string(test.expected)) +
                       ", but the rule decides " + std::string(to_string(decision.action)) + why,
                   "correct the condition or the test");
    }
}

}  // namespace

std::string to_string(const Problem& problem) {
    std::string text = problem.document;
    if (problem.line > 0) text += ":" + std::to_string(problem.line);
    if (problem.line > 0 && problem.column > 0) text += ":" + std::to_string(problem.column);
    text += ": " + problem.reason;
    if (!problem.fix.empty()) text += " (" + problem.fix + ")";
    return text;
}

ParsedPack parse_pack(const Pack& pack, std::vector<Problem>& problems) {
    const Vocabulary vocabulary = parse_vocabulary(pack.classes, pack.lists, problems);
    ParsedPack parsed;
    parsed.classes = vocabulary.classes;
    parsed.exempt_programs = vocabulary.exempt_programs;
    if (const auto found = vocabulary.devices.find(kApprovedStorage); found != vocabulary.devices.end())
        parsed.approved_storage = found->second;
    std::map<std::string, std::string> document_of;  // by id
    if (pack.rules.size() > kMaxDocuments) {
        problems.push_back(
            {"rules", 0, 0, "more than " + std::to_string(kMaxDocuments) + " rule documents", "remove some"});
        return parsed;
    }
    for (const Document& document : pack.rules) {
        std::optional<ParsedRule> rule = parse_rule(document, vocabulary, problems);
        if (!rule) continue;
        const auto [first, fresh] = document_of.emplace(rule->id, document.name);
        if (!fresh) {
            problems.push_back({document.name, 0, 0,
                                "the id " + rule->id + " is that of " + first->second + " too",
                                "make a new one with uuidgen"});
        }
        parsed.rules.push_back(std::move(*rule));
    }
    return parsed;
}

CheckedPolicy load_policy(const Pack& pack) {
    CheckedPolicy checked;
    const ParsedPack parsed = parse_pack(pack, checked.problems);
    Compiled compiled = compile(parsed.classes, parsed.rules, checked.problems, parsed.exempt_programs);
    for (std::size_t index = 0; index < parsed.rules.size(); ++index) {
        const RuleSet& own = compiled.rules_of[index];
        if (own.any()) run_tests(parsed.rules[index], compiled.policy, own, checked.problems);
    }
    checked.policy = std::move(compiled.policy);
    checked.policy.approved_storage = parsed.approved_storage;
    return checked;
}

}  // namespace modelward::rules
