// SPDX-License-Identifier: Apache-2.0
// modelward.tests: the facts they may name, and that they are really run.
#include <gtest/gtest.h>

#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using testing::problems_of;
using testing::RuleText;

constexpr const char* kNetwork =
    "  s: {artifact.class: restricted, sink.kind: network}\n  approved: {destination.ip|expand: "
    "'%approved%'}\n"
    "  condition: s and not approved\n";

// A network rule of 100KiB with one test, in line 12.
std::string with_test(const std::string& facts, const std::string& expect = "block") {
    return problems_of(RuleText{.extension = "  budget: {bytes: 100KiB}\n  tests:\n    - {name: t, expect: " +
                                             expect + ", facts: {" + facts + "}}\n",
                                .detection = kNetwork});
}

TEST(RuleTests, PassWhenTheRuleDecidesAsExpected) {
    EXPECT_EQ(with_test("artifact.class: restricted, sink.kind: network, destination.ip: 192.0.2.1"), "");
    EXPECT_EQ(
        with_test("artifact.class: [public, restricted], sink.kind: network, destination.ip: 192.0.2.1"), "");
    EXPECT_EQ(with_test("artifact.class: restricted, sink.kind: network, destination.ip: 10.0.0.1", "allow"),
              "");
    EXPECT_EQ(with_test("artifact.class: restricted, sink.kind: removable", "allow"), "");
}

TEST(RuleTests, AFailureIsAProblemOfTheRule) {
    EXPECT_EQ(with_test("artifact.class: restricted, sink.kind: network, destination.ip: 10.0.0.1"),
              "rule-1.yaml:12:7: test 't' expects block, but the rule decides allow (it does not match) "
              "(correct the condition or the test)");
    EXPECT_EQ(with_test("artifact.class: restricted, sink.kind: network, destination.ip: 192.0.2.1", "alert"),
              "rule-1.yaml:12:7: test 't' expects alert, but the rule decides block (correct the condition "
              "or the test)");
}

TEST(RuleTests, MeterTheBytesThatTheyName) {
    const std::string facts =
        "artifact.class: restricted, sink.kind: network, destination.ip: 192.0.2.1, flow.bytes: ";
    EXPECT_EQ(with_test(facts + "100KiB", "allow"), "");
    EXPECT_EQ(with_test(facts + "102401"), "");
    EXPECT_EQ(with_test(facts + "1B"),
              "rule-1.yaml:12:7: test 't' expects block, but the rule decides allow (within its budget) "
              "(correct the condition or the test)");
}

TEST(RuleTests, AskTheRuleAlone) {
    const RuleText allow{.title = "Allow all", .action = "allow"};
    const RuleText block{.id = "00000000-0000-4000-8000-000000000002",
                         .extension =
                             "  tests:\n    - {name: t, expect: block, facts: {artifact.class: restricted, "
                             "sink.kind: removable}}\n"};
    EXPECT_EQ(problems_of(testing::pack_of({allow, block})), "");
}

TEST(RuleTests, NameAnUnknownFact) {
    EXPECT_EQ(with_test("artifact.class: restricted, sink.knd: network"),
              "rule-1.yaml:12:68: unknown fact 'sink.knd' (did you mean 'sink.kind'?)");
    EXPECT_EQ(
        with_test("artifact.class: restricted, sink.kind: network, destination.ip|cidr: 10.0.0.0/8"),
        "rule-1.yaml:12:88: unknown fact 'destination.ip|cidr' (use one of: artifact.class, artifact.kind, "
        "sink.kind, destination.ip, destination.port, user.id, process.executable, process.package, "
        "destination.domain, "
        "flow.bytes, process.script)");
}

TEST(RuleTests, NeedTheFactsOfTheirOperation) {
    EXPECT_EQ(with_test("sink.kind: removable"),
              "rule-1.yaml:12:39: the facts have no 'artifact.class' (add it)");
    EXPECT_EQ(with_test("artifact.class: public"),
              "rule-1.yaml:12:39: the facts have no 'sink.kind' (add it)");
    EXPECT_EQ(with_test("artifact.class: public, sink.kind: network"),
              "rule-1.yaml:12:39: the facts have no 'destination.ip' (add it)");
}

TEST(RuleTests, RefuseFactsThatTheirOperationDoesNotHave) {
    EXPECT_EQ(with_test("artifact.class: public, sink.kind: removable, destination.port: 80"),
              "rule-1.yaml:12:104: 'destination.port' means nothing for sink.kind removable (remove it)");
}

TEST(RuleTests, RefuseSeveralValuesOfASingleFact) {
    EXPECT_EQ(with_test("artifact.class: public, sink.kind: [network, removable]"),
              "rule-1.yaml:12:75: 'sink.kind' of a test has one value (write one test for each value)");
}

TEST(RuleTests, MayNameTheScriptBesideItsInterpreter) {
    const auto decides = [](const std::string& script) {
        const RuleText rule{
            .extension =
                "  tests:\n    - {name: t, expect: block, facts: {artifact.class: restricted, "
                "sink.kind: removable, process.executable: /usr/bin/python3, process.script: " +
                script + "}}\n",
            .detection =
                "  s: {artifact.class: restricted, process.executable: /opt/export.py}\n"
                "  condition: s\n"};
        return problems_of(testing::pack_of({rule}));
    };
    EXPECT_EQ(decides("/opt/export.py"), "");
    EXPECT_NE(decides("/opt/other.py").find("expects block"), std::string::npos);
    EXPECT_NE(decides("export.py").find("no whole path of a program"), std::string::npos);
}

TEST(RuleTests, RefuseBytesThatAreNoNumber) {
    EXPECT_EQ(with_test("artifact.class: public, flow.bytes: much"),
              "rule-1.yaml:12:76: 'flow.bytes' must be a number of bytes, not 'much' (write it like 100KiB)");
}

}  // namespace
}  // namespace modelward::rules
