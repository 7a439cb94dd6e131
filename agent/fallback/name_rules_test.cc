// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/name_rules.h"

#include <gtest/gtest.h>

namespace modelward::agent {
namespace {

struct NameRulesTest : ::testing::Test {
    rules::CompiledPolicy policy;

    // In the order of the policy.
    void add(const std::string& id, const std::string& title, bool for_the_name, bool for_others) {
        rules::KernelRule rule{};
        rule.rule_id = id;
        rule.title = title;
        if (policy.domains.empty()) policy.domains.push_back({"moc.elpmaxe.", {}});
        policy.domains[0].rules[policy.rules.size()] = for_the_name;
        policy.other_domain_rules[policy.rules.size()] = for_others;
        policy.rules.push_back(rule);
    }
};

TEST_F(NameRulesTest, AreThoseThatANameDecidesEitherWay) {
    add("1", "blocks the name", true, false);
    add("2", "blocks all but the name", false, true);
    add("3", "asks for no name", true, true);
    add("4", "holds for nobody", false, false);
    EXPECT_EQ(rules_of_names(policy),
              (std::vector<std::string>{"blocks the name", "blocks all but the name"}));
}

TEST_F(NameRulesTest, ARuleThatBecameSeveralCountsOnce) {
    add("1", "split", true, false);
    add("1", "split", true, false);
    EXPECT_EQ(rules_of_names(policy).size(), 1u);
}

TEST_F(NameRulesTest, APolicyWithoutNamesHasNone) {
    EXPECT_TRUE(rules_of_names(policy).empty());
}

TEST_F(NameRulesTest, TheSentenceCountsAllAndNamesSome) {
    EXPECT_NE(name_rules_problem({"one"}).find("1 rule that asks for one is judged"), std::string::npos);
    const auto many = name_rules_problem({"a", "b", "c", "d", "e", "f"});
    EXPECT_NE(many.find("6 rules"), std::string::npos);
    EXPECT_NE(many.find("\"e\" and others"), std::string::npos);
    EXPECT_EQ(many.find("\"f\""), std::string::npos);
}

}  // namespace
}  // namespace modelward::agent
