// SPDX-License-Identifier: Apache-2.0
// Rules that ask for the destination's name, from their text to a decision.
#include <gtest/gtest.h>

#include "rules/evaluate.h"
#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using testing::pack_of;
using testing::problems_of;
using testing::RuleText;

RuleText rule_of(const std::string& names, const std::string& condition = "s and n",
                 const std::string& action = "block") {
    return {.action = action,
            .detection = "  s: {artifact.class: restricted, sink.kind: network}\n  n: {" + names +
                         "}\n  p: {destination.ip: 192.0.2.8}\n  q: {destination.ip: 192.0.2.9}\n"
                         "  condition: (" +
                         condition + ") or (s and p and q)\n"};
}

Action decided(const RuleText& rule, const std::string& name, const std::string& address = "198.51.100.1",
               Operation sink = Operation::kNetwork) {
    const CheckedPolicy policy = load_policy(pack_of(rule));
    EXPECT_TRUE(policy.ok()) << problems_of(rule);
    const Facts facts{.operation = sink,
                      .classes = 1U << 3,
                      .kinds = 1,
                      .destination = *parse_address(address),
                      .port = 443,
                      .domain = name};
    return evaluate(policy.policy, facts, 1).action;
}

TEST(DomainRules, AnExactNameIsThatNameAlone) {
    const RuleText rule = rule_of("destination.domain: Files.Example.COM.");
    EXPECT_EQ(decided(rule, "files.example.com"), Action::kBlock);
    EXPECT_EQ(decided(rule, "a.files.example.com"), Action::kAllow);
    EXPECT_EQ(decided(rule, "example.com"), Action::kAllow);
    EXPECT_EQ(decided(rule, ""), Action::kAllow);
}

TEST(DomainRules, EndswithIsEveryNameBelow) {
    const RuleText rule = rule_of("destination.domain|endswith: .example.com");
    EXPECT_EQ(decided(rule, "files.example.com"), Action::kBlock);
    EXPECT_EQ(decided(rule, "a.b.example.com"), Action::kBlock);
    EXPECT_EQ(decided(rule, "example.com"), Action::kAllow);
    EXPECT_EQ(decided(rule, "badexample.com"), Action::kAllow);
}

TEST(DomainRules, AListHoldsBothForms) {
    const RuleText rule = rule_of("destination.domain|expand: '%known%'");
    EXPECT_EQ(decided(rule, "example.org"), Action::kBlock);
    EXPECT_EQ(decided(rule, "www.example.org"), Action::kAllow);
    EXPECT_EQ(decided(rule, "b.a.example.com"), Action::kBlock);
    EXPECT_EQ(decided(rule, "a.example.com"), Action::kAllow);
}

// The kernel skips names where no rule asks for one.
TEST(DomainRules, AnEmptyListIsAskedForTooAndHoldsForNobody) {
    auto pack = pack_of(rule_of("destination.domain|expand: '%known%'"));
    EXPECT_TRUE(load_policy(pack).policy.asks_for_names);
    for (auto& file : pack.lists)
        if (file.name == "lists/known.yaml") file.text = "name: known\nkind: domains\nvalues: []\n";
    const CheckedPolicy policy = load_policy(pack);
    ASSERT_TRUE(policy.ok());
    EXPECT_TRUE(policy.policy.domains.empty());
    EXPECT_TRUE(policy.policy.asks_for_names);
    EXPECT_FALSE(policy.policy.other_domain_rules[0]);
    EXPECT_FALSE(load_policy(pack_of(std::vector<RuleText>{})).policy.asks_for_names);
}

TEST(DomainRules, ALongerNameKeepsWhatAShorterOneGives) {
    const RuleText wide = rule_of("destination.domain|endswith: .com", "s and n", "alert");
    RuleText narrow = rule_of("destination.domain: a.example.com", "s and n", "alert");
    narrow.id = "00000000-0000-4000-8000-000000000002";
    const CheckedPolicy policy = load_policy(pack_of({wide, narrow}));
    ASSERT_TRUE(policy.ok());
    const Facts facts{.operation = Operation::kNetwork, .classes = 8, .kinds = 1, .domain = "a.example.com"};
    EXPECT_EQ(matching_rules(policy.policy, facts).count(), 2U);
}

TEST(DomainRules, AnUnknownNameIsInNoPattern) {
    const std::string both = "s and (not p or (p and not n))";
    const RuleText rule = rule_of("destination.domain: example.com", both);
    EXPECT_EQ(decided(rule, "example.com", "192.0.2.8"), Action::kAllow);
    EXPECT_EQ(decided(rule, "", "192.0.2.8"), Action::kBlock);
    EXPECT_EQ(decided(rule, "example.com"), Action::kBlock);
}

// A proxy's own name is no name behind it, and who owns a zone answers with any address.
TEST(DomainRules, ANameThatOnlyAnAnswerGaveOpensNothing) {
    const std::string name = "destination.domain: example.com";
    const auto by_answer = [&](const RuleText& rule, const std::string& domain) {
        const CheckedPolicy policy = load_policy(pack_of(rule));
        EXPECT_TRUE(policy.ok()) << problems_of(rule);
        return evaluate(policy.policy,
                        {.operation = Operation::kNetwork,
                         .classes = 1U << 3,
                         .kinds = 1,
                         .destination = *parse_address("192.0.2.8"),
                         .port = 443,
                         .domain = domain,
                         .domain_by_answer = true},
                        1);
    };
    const RuleText proxy = rule_of(name, "s and (not p or not n)");
    EXPECT_EQ(decided(proxy, "example.com", "192.0.2.8"), Action::kAllow);
    EXPECT_EQ(by_answer(proxy, "example.com").action, Action::kBlock);
    EXPECT_FALSE(by_answer(rule_of(name, "s and p and n", "allow"), "example.com").rule);
    EXPECT_EQ(by_answer(rule_of(name, "s and n"), "example.com").action, Action::kBlock);
    EXPECT_EQ(by_answer(rule_of(name, "s and n"), "example.org").action, Action::kAllow);
    EXPECT_EQ(by_answer(rule_of(name, "s and not n", "alert"), "example.com").action, Action::kAllow);
    EXPECT_EQ(by_answer(rule_of(name, "s and not n", "alert"), "example.org").action, Action::kAlert);
}

TEST(DomainRules, ANameThatTheSenderInventsMustNotOpenEveryAddress) {
    const std::string name = "destination.domain: example.com";
    const std::string refused = "'destination.domain' would open every address";
    EXPECT_NE(problems_of(rule_of(name, "s and not n")).find(refused), std::string::npos);
    EXPECT_NE(problems_of(rule_of(name, "s and not n and not p")).find(refused), std::string::npos);
    EXPECT_NE(problems_of(rule_of(name, "s and n", "allow")).find(refused), std::string::npos);
    EXPECT_NE(problems_of(rule_of(name, "s and not n", "allow")).find(refused), std::string::npos);
    EXPECT_EQ(problems_of(rule_of(name, "s and p and n", "allow")), "");
    EXPECT_EQ(problems_of(rule_of(name, "s and p and not n")), "");
    EXPECT_EQ(problems_of(rule_of(name, "s and (not p or not n)")), "") << "all but the proxy is blocked";
    EXPECT_EQ(problems_of(rule_of(name, "s and not n", "alert")), "") << "an alert opens nothing";
}

TEST(DomainRules, WrongNamesAreExplained) {
    const auto reason = [](const std::string& names) { return problems_of(rule_of(names)); };
    EXPECT_EQ(reason("destination.domain: 'a_b.example'"),
              "rule-1.yaml:12:27: 'a_b.example' is no host name (write it like example.com, names of other "
              "letters as xn--...)");
    EXPECT_EQ(reason("destination.domain: '*.example.com'"),
              "rule-1.yaml:12:27: '*.example.com' is no host name (write 'destination.domain|endswith: "
              ".example.com')");
    EXPECT_EQ(
        reason("destination.domain: .example.com"),
        "rule-1.yaml:12:27: '.example.com' begins with a dot; 'destination.domain' compares whole names "
        "(write 'destination.domain|endswith')");
    EXPECT_EQ(reason("destination.domain|endswith: example.com"),
              "rule-1.yaml:12:36: 'example.com' does not begin with a dot: other names end in it too (write "
              "'.example.com' for the names below it)");
    EXPECT_EQ(reason("destination.domain: 192.0.2.1"),
              "rule-1.yaml:12:27: '192.0.2.1' is no host name (addresses belong to 'destination.ip')");
    EXPECT_EQ(reason("destination.domain|expand: '%approved%'"),
              "rule-1.yaml:12:34: unknown list 'approved' (use one of: known)");
    EXPECT_NE(reason("destination.domain|startswith: a").find("unknown modifier 'startswith'"),
              std::string::npos);
}

TEST(DomainRules, ASinkWithoutNamesCannotBeAsked) {
    const std::string text = problems_of(
        RuleText{.detection = "  s: {artifact.class: restricted, sink.kind: [network, network-filesystem]}\n"
                              "  n: {destination.domain: example.com}\n  condition: s and n\n"});
    EXPECT_NE(text.find("'destination.domain' is asked of a sink whose destination has no name"),
              std::string::npos)
        << text;
}

TEST(DomainRules, ATestNamesTheDestination) {
    const auto problems = [](const std::string& facts, const std::string& expect) {
        RuleText rule = rule_of("destination.domain|endswith: .example.com");
        rule.extension = "  tests:\n    - {name: t, expect: " + expect +
                         ", facts: {artifact.class: restricted, " + facts + "}}\n";
        return problems_of(rule);
    };
    const std::string network = "sink.kind: network, destination.ip: 192.0.2.1";
    EXPECT_EQ(problems(network + ", destination.domain: a.example.com", "block"), "");
    EXPECT_EQ(problems(network + ", destination.domain: example.com", "allow"), "");
    EXPECT_EQ(problems(network, "allow"), "");
    EXPECT_NE(problems("sink.kind: removable, destination.domain: a.example.com", "allow")
                  .find("'destination.domain' means nothing for sink.kind removable"),
              std::string::npos);
}

}  // namespace
}  // namespace modelward::rules
