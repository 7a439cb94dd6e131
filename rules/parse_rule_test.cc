// SPDX-License-Identifier: Apache-2.0
// One test for each thing that can be wrong around detection: identity, description and logsource.
#include <gtest/gtest.h>

#include "rules/limits.h"
#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using testing::problems_of;
using testing::RuleText;

std::string with_more(const std::string& lines) {
    return problems_of(RuleText{.more = lines});
}

TEST(Rule, AcceptsEverySigmaKeyThatItNames) {
    EXPECT_EQ(
        with_more(
            "status: stable\ndescription: d\nauthor: a\ndate: 2026-01-31\nmodified: 2026-02-01\n"
            "references: [https://example.com]\ntags: [attack.t1052.001]\nfalsepositives: none known\n"),
        "");
}

TEST(Rule, NamesAnUnknownKeyAndWhatWasMeant) {
    EXPECT_EQ(with_more("falsepositive: none\n"),
              "rule-1.yaml:14:1: unknown key 'falsepositive' in the rule (did you mean 'falsepositives'?)");
}

TEST(Rule, NamesAMissingKey) {
    Pack pack = testing::pack_of(RuleText{});
    pack.rules[0].text.erase(0, pack.rules[0].text.find('\n') + 1);
    EXPECT_EQ(problems_of(pack), "rule-1.yaml:1:1: the rule has no 'title' (add 'title:')");
}

TEST(Rule, MustBeAMap) {
    Pack pack = testing::pack_of(RuleText{});
    pack.rules[0].text = "- title: x\n";
    EXPECT_EQ(problems_of(pack), "rule-1.yaml:1:1: the rule must be a map, not a list");
}

TEST(Rule, RefusesAnEmptyTitle) {
    EXPECT_EQ(problems_of(RuleText{.title = ""}), "rule-1.yaml:1:1: 'title' must be text, not empty");
    EXPECT_EQ(problems_of(RuleText{.title = "''"}), "rule-1.yaml:1:8: 'title' is empty");
}

TEST(Rule, RefusesATitleBeyondItsLimit) {
    EXPECT_EQ(problems_of(RuleText{.title = std::string(kMaxTitleBytes, 't')}), "");
    EXPECT_EQ(problems_of(RuleText{.title = std::string(kMaxTitleBytes + 1, 't')}),
              "rule-1.yaml:1:8: 'title' is 257 bytes long; the limit is 256 (shorten it)");
}

TEST(Rule, RefusesTextThatCouldSteerATerminal) {
    EXPECT_EQ(problems_of(RuleText{.title = R"("\x1b[2J")"}),
              "rule-1.yaml:1:8: 'title' contains a control character (remove it)");
    EXPECT_EQ(problems_of(RuleText{.title = R"("\x9b2J")"}),
              "rule-1.yaml:1:8: 'title' contains a control character (remove it)");
}

TEST(Rule, RefusesAnIdThatIsNoUuid) {
    EXPECT_EQ(problems_of(RuleText{.id = "rule-7"}),
              "rule-1.yaml:2:5: 'id' must be a UUID in lower case, not 'rule-7' (make one with uuidgen)");
}

TEST(Rule, RefusesTwoRulesOfOneId) {
    EXPECT_EQ(problems_of(testing::pack_of({RuleText{}, RuleText{.title = "Another"}})),
              "rule-2.yaml: the id 00000000-0000-4000-8000-000000000001 is that of rule-1.yaml too "
              "(make a new one with uuidgen)");
}

TEST(Rule, RefusesAnUnknownLevel) {
    EXPECT_EQ(problems_of(RuleText{.level = "hihg"}),
              "rule-1.yaml:3:8: unknown value 'hihg' for 'level' (did you mean 'high'?)");
}

TEST(Rule, RefusesAnUnknownStatus) {
    EXPECT_EQ(
        with_more("status: draft\n"),
        "rule-1.yaml:14:9: unknown value 'draft' for 'status' (use one of: experimental, test, stable)");
}

TEST(Rule, RefusesAStatusThatMeansItIsNotInForce) {
    EXPECT_EQ(
        with_more("status: deprecated\n"),
        "rule-1.yaml:14:9: a rule of status 'deprecated' is not enforced (remove the file from the pack)");
}

TEST(Rule, RefusesADateThatDoesNotExist) {
    EXPECT_EQ(with_more("date: 2026-02-30\n"),
              "rule-1.yaml:14:7: 'date' must be a date, not '2026-02-30' (write it like 2026-01-31)");
}

TEST(Rule, RefusesATagWithoutNamespace) {
    EXPECT_EQ(
        with_more("tags: [attack.t1030, T1052]\n"),
        "rule-1.yaml:14:22: tag 'T1052' is not of the form namespace.name (write it like attack.t1052.001)");
}

TEST(Rule, RefusesReferencesThatAreNoTexts) {
    EXPECT_EQ(with_more("references: [[a]]\n"),
              "rule-1.yaml:14:14: a value of 'references' must be text, not a list");
}

TEST(Rule, RefusesAnUnknownCategory) {
    EXPECT_EQ(problems_of(RuleText{.category = "egres"}),
              "rule-1.yaml:6:13: unknown value 'egres' for 'category' (did you mean 'egress'?)");
    EXPECT_EQ(problems_of(RuleText{.category = "file_event"}),
              "rule-1.yaml:6:13: unknown value 'file_event' for 'category' (use one of: access, egress)");
}

TEST(Rule, RefusesALogsourceOfAnotherProduct) {
    Pack pack = testing::pack_of(RuleText{});
    std::string& text = pack.rules[0].text;
    text.replace(text.find("product: modelward"), 18, "product: linux");
    EXPECT_EQ(problems_of(pack),
              "rule-1.yaml:5:12: unknown value 'linux' for 'product' (use one of: modelward)");
}

TEST(Rule, RefusesALogsourceKeyThatItDoesNotKnow) {
    EXPECT_EQ(problems_of(RuleText{.category = "egress\n  service: sshd"}),
              "rule-1.yaml:7:3: unknown key 'service' in 'logsource' (use one of: product, category)");
}

TEST(Rule, ShowsAtMostAHundredProblemsOfADocument) {
    std::string lines;
    for (int i = 0; i < 200; ++i)
        lines += "wrong" + std::to_string(i) + ": x\n";
    const auto problems = load_policy(testing::pack_of(RuleText{.more = lines})).problems;
    ASSERT_EQ(problems.size(), kMaxProblemsPerDocument + 1);
    EXPECT_EQ(to_string(problems.back()), "rule-1.yaml: more problems follow; only the first 100 are listed");
}

}  // namespace
}  // namespace modelward::rules
