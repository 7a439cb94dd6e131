// SPDX-License-Identifier: Apache-2.0
// Property: the compiled bit vectors decide as the rules read. Random packs of random rules, as YAML, so that
// the parser is held too; random facts around the values that the rules name. The seed is fixed: a failure
// repeats.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "rules/evaluate.h"
#include "rules/parse_pack.h"
#include "rules/plain_evaluate.h"
#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

constexpr int kPacks = 800;
constexpr int kFactsPerPack = 50;

const std::vector<std::string> kClassNames{"public", "internal", "confidential", "restricted"};
const std::vector<std::string> kKindNames{"weights", "adapter", "config", "code"};
// They nest and touch, so that longest-prefix match has something to get wrong.
const std::vector<std::string> kPrefixes{"10.0.0.0/8",   "10.1.0.0/16",   "10.1.2.0/24",
                                         "0.0.0.0/0",    "::/0",          "10.1.2.3/32",
                                         "10.128.0.0/9", "2001:db8::/32", "2001:db8::1/128"};
const std::vector<std::string> kAddresses{"10.1.2.3",  "10.1.2.4", "10.1.9.9",    "10.200.0.1",  "192.0.2.1",
                                          "127.0.0.1", "::1",      "2001:db8::1", "2001:db8::2", "fe80::1"};

const std::vector<std::string> kDomains{"example.com", "a.example.com", "example.org", "com"};
const std::vector<std::string> kDomainEnds{".example.com", ".a.example.com", ".com", ".org"};
const std::vector<std::string> kNames{
    "", "example.com", "a.example.com", "b.a.example.com", "bexample.com", "example.org", "com", "other.net"};

const std::vector<std::string> kPrograms{"/usr/bin/rsync", "/usr/bin/python3", "/opt/backup/agent"};

class Generator {
  public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
    }
    bool chance(std::size_t percent) { return below(100) < percent; }
    const std::string& pick(const std::vector<std::string>& from) { return from[below(from.size())]; }

    // A rule without problems: one whose condition can never hold is drawn again.
    testing::RuleText rule(int number) {
        testing::RuleText drawn = any_rule(number);
        while (!testing::problems_of(drawn).empty())
            drawn = any_rule(number);
        return drawn;
    }
    Facts facts();

  private:
    testing::RuleText any_rule(int number);
    std::string values(const std::vector<std::string>& from) {
        std::string text = "['" + pick(from) + "'";
        while (chance(40))
            text += ", '" + pick(from) + "'";
        return text + "]";
    }
    std::string field(bool network);
    std::string condition(const std::vector<std::string>& names, int depth);

    std::mt19937_64 random_;
};

std::string Generator::field(bool network) {
    switch (below(network ? 11 : 4)) {
        case 0:
            return "artifact.class: " + values(kClassNames);
        case 1:
            return "artifact.kind: " + values(kKindNames);
        case 2:
            return "user.id: " + values({"0", "1000", "1001"});
        case 3:
            return "process.executable: " + values(kPrograms);
        case 4:
            return "destination.ip: " + values(kAddresses);
        case 5:
            return "destination.ip|cidr: " + values(kPrefixes);
        case 6:
            return "destination.ip|expand: '%approved%'";
        case 7:
            return "destination.domain: " + values(kDomains);
        case 8:
            return "destination.domain|endswith: " + values(kDomainEnds);
        case 9:
            return "destination.domain|expand: '%known%'";
        default:
            return "destination.port: " + values({"22", "80", "443"});
    }
}

// Names of selections of one field may stand behind "not"; a name ending in "2" is one of two fields.
std::string Generator::condition(const std::vector<std::string>& names, int depth) {
    if (depth == 0 || chance(30)) {
        const std::string& name = pick(names);
        return name.ends_with('2') || chance(60) ? name : "not " + name;
    }
    const std::string word = chance(50) ? " and " : " or ";
    std::string text = "(" + condition(names, depth - 1) + word + condition(names, depth - 1);
    if (chance(30)) text += word + condition(names, depth - 1);
    return text + ")";
}

testing::RuleText Generator::any_rule(int number) {
    const bool access = chance(20);
    const bool network = !access && chance(60);
    testing::RuleText rule;
    rule.title = pick({"A", "B", "C"});
    rule.id = "00000000-0000-4000-8000-00000000000" + std::to_string(number);
    rule.category = access ? "access" : "egress";
    rule.action = pick({"allow", "alert", "block", "kill", "throttle"});
    if (rule.action == "throttle" && !network) rule.action = "block";
    if (rule.action == "throttle")
        rule.extension = "  throttle: {rate: 1MiB/s}\n";
    else if (!access && rule.action != "allow" && chance(50))
        rule.extension = "  budget: {bytes: 1000, per: [user, program]}\n";
    if (chance(30)) rule.extension += "  priority: " + std::to_string(below(3)) + "\n";
    std::vector<std::string> names;
    rule.detection = network ? "  base: {sink.kind: network}\n" : "";
    for (std::size_t i = 0, count = 1 + below(4); i < count; ++i) {
        const bool several = chance(30);
        names.push_back("s" + std::to_string(i) + (several ? "_2" : "_1"));
        rule.detection +=
            "  " + names.back() + ":\n    - {" + field(network) + (several ? ", user.id: 0" : "") + "}\n";
        if (chance(30)) rule.detection += "    - {" + field(network) + "}\n";
    }
    std::string text = condition(names, 3);
    for (const std::string& name : names) {
        text.insert(0, "(");
        text.append(chance(50) ? ") or " : ") and ").append(name);
    }
    rule.detection += "  condition: " + (network ? "base and (" + text + ")" : text) + "\n";
    return rule;
}

Facts Generator::facts() {
    return {.operation = static_cast<Operation>(below(kOperations)),
            .classes = static_cast<std::uint16_t>(1 + below(15)),
            .kinds = static_cast<std::uint8_t>(1 + below(255)),
            .destination = *parse_address(pick(kAddresses)),
            .port = static_cast<std::uint16_t>(std::array{22, 80, 443, 9}[below(4)]),
            .user_id = static_cast<std::uint32_t>(std::array{0, 1000, 1001, 7}[below(4)]),
            .program = chance(20) ? "/usr/bin/other" : pick(kPrograms),
            .script = chance(70)   ? ""
                      : chance(20) ? "/usr/bin/other"
                                   : pick(kPrograms),
            .domain = pick(kNames),
            .domain_by_answer = chance(50)};
}

// A decision in words that both evaluators have: the rule's id and what is done.
std::string words(const std::string& id, Action action) {
    return id + " " + std::string(to_string(action));
}

std::string compiled_words(const CompiledPolicy& policy, const Facts& facts, std::uint64_t bytes) {
    const Decision decision = evaluate(policy, facts, bytes);
    return words(decision.rule ? policy.rules[*decision.rule].rule_id : "none", decision.action);
}

std::string plain_words(const std::vector<ParsedRule>& rules, const Facts& facts, std::uint64_t bytes) {
    const PlainDecision decision = plain_evaluate(rules, facts, bytes);
    return words(decision.rule != nullptr ? decision.rule->id : "none", decision.action);
}

std::string text_of(const Pack& pack) {
    std::string text;
    for (const Document& rule : pack.rules)
        text += rule.text + "---\n";
    return text;
}

TEST(Property, TheBitVectorsDecideAsTheRulesRead) {
    Generator generator(20261123);
    int checked = 0;
    int decided = 0;
    for (int i = 0; i < kPacks; ++i) {
        std::vector<testing::RuleText> texts;
        texts.reserve(4);
        for (int number = 0; number < 4; ++number)
            texts.push_back(generator.rule(number));
        const Pack pack = testing::pack_of(texts);
        const CheckedPolicy policy = load_policy(pack);
        ASSERT_TRUE(policy.ok()) << testing::problems_of(pack);
        std::vector<Problem> problems;
        const ParsedPack parsed = parse_pack(pack, problems);
        for (int j = 0; j < kFactsPerPack; ++j) {
            const Facts facts = generator.facts();
            const std::uint64_t bytes = 990 + generator.below(20);
            const std::string expected = plain_words(parsed.rules, facts, bytes);
            ASSERT_EQ(compiled_words(policy.policy, facts, bytes), expected)
                << "facts " << j << " of pack " << i << ":\n"
                << text_of(pack);
            ++checked;
            decided += expected.starts_with("none") ? 0 : 1;
        }
    }
    EXPECT_GT(decided, checked / 10) << "too few rules match";
    EXPECT_LT(decided, checked * 9 / 10) << "too few rules do not match";
}

}  // namespace
}  // namespace modelward::rules
