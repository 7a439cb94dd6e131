// SPDX-License-Identifier: Apache-2.0
// One test for each thing that can be wrong with a selection. Selections start in line 11.
#include <gtest/gtest.h>

#include "rules/limits.h"
#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using testing::problems_of;
using testing::RuleText;

// A rule of one selection "s" of these lines.
std::string with_fields(const std::string& lines) {
    return problems_of(RuleText{.detection = "  s:\n" + lines + "  condition: s\n"});
}

std::string network(const std::string& line) {
    return with_fields("    sink.kind: network\n    " + line + "\n");
}

TEST(Detection, AcceptsEveryField) {
    EXPECT_EQ(with_fields(
                  "    artifact.class: [confidential, restricted]\n    artifact.kind: optimizer-state\n"
                  "    sink.kind: network\n    destination.ip: [192.0.2.1, '2001:db8::1']\n"
                  "    destination.ip|cidr: [192.0.2.0/24, '::/0']\n    destination.ip|expand: '%approved%'\n"
                  "    destination.port: [443, 8080]\n    user.id: [0, 1000]\n"),
              "");
}

TEST(Detection, ProgramsAreNamedByPathByContentOrByPackage) {
    EXPECT_EQ(with_fields("    process.executable: [/usr/bin/borg, '/usr/bin/borg@sha256:" +
                          std::string(64, 'a') + "']\n"),
              "");
    EXPECT_EQ(with_fields("    process.package: [borgbackup, 'libstdc++6']\n"), "");
    EXPECT_EQ(with_fields("    process.package: ../borg\n"),
              "rule-1.yaml:12:22: '../borg' is no name of a package (write it like borgbackup)");
    EXPECT_EQ(with_fields("    process.executable: package:borg\n"),
              "rule-1.yaml:12:25: 'package:borg' names no program (write process.package: NAME)");
    EXPECT_NE(with_fields("    process.executable: /usr/bin/borg@sha256:abc\n").find("sha256sum prints them"),
              std::string::npos);
}

TEST(Detection, NamesAnUnknownField) {
    EXPECT_EQ(with_fields("    artifact.clas: restricted\n"),
              "rule-1.yaml:12:5: unknown field 'artifact.clas' (did you mean 'artifact.class'?)");
    EXPECT_EQ(
        with_fields("    network.application: curl\n"),
        "rule-1.yaml:12:5: unknown field 'network.application' (use one of: artifact.class, artifact.kind, "
        "sink.kind, destination.ip, destination.port, user.id, process.executable, process.package, "
        "destination.domain)");
}

TEST(Detection, NamesEveryUnknownFieldAtOnce) {
    EXPECT_EQ(with_fields("    artifact.clas: restricted\n    user.ids: 0\n"),
              "rule-1.yaml:12:5: unknown field 'artifact.clas' (did you mean 'artifact.class'?)\n"
              "rule-1.yaml:13:5: unknown field 'user.ids' (did you mean 'user.id'?)");
}

TEST(Detection, NamesAnUnknownModifier) {
    EXPECT_EQ(network("destination.ip|cdir: 10.0.0.0/8"),
              "rule-1.yaml:13:5: unknown modifier 'cdir' for 'destination.ip' (did you mean 'cidr'?)");
    EXPECT_EQ(with_fields("    artifact.class|contains: restr\n"),
              "rule-1.yaml:12:5: unknown modifier 'contains' for 'artifact.class' "
              "(write 'artifact.class': whole values are compared)");
}

TEST(Detection, RefusesCombinedModifiers) {
    EXPECT_EQ(network("destination.ip|cidr|expand: '%approved%'"),
              "rule-1.yaml:13:5: modifiers cannot be combined: 'cidr|expand' (use one of them)");
}

TEST(Detection, NamesAnUnknownClassOrKindOrSink) {
    EXPECT_EQ(
        with_fields("    artifact.class: restrcted\n"),
        "rule-1.yaml:12:21: unknown value 'restrcted' for 'artifact.class' (did you mean 'restricted'?)");
    EXPECT_EQ(with_fields("    artifact.kind: [weights, wights]\n"),
              "rule-1.yaml:12:30: unknown value 'wights' for 'artifact.kind' (did you mean 'weights'?)");
    EXPECT_EQ(with_fields("    sink.kind: usb\n"),
              "rule-1.yaml:12:16: unknown value 'usb' for 'sink.kind' (use one of: removable, network, "
              "network-filesystem, bluetooth, device)");
}

TEST(Detection, RefusesAnAddressThatIsNone) {
    EXPECT_EQ(network("destination.ip: example.com"),
              "rule-1.yaml:13:21: 'example.com' is no IPv4 or IPv6 address (write it like 192.0.2.1 or "
              "2001:db8::1)");
}

TEST(Detection, RefusesAPrefixWithoutItsModifier) {
    EXPECT_EQ(network("destination.ip: 10.0.0.0/8"),
              "rule-1.yaml:13:21: '10.0.0.0/8' is a prefix; 'destination.ip' compares whole addresses "
              "(write 'destination.ip|cidr')");
}

TEST(Detection, RefusesAPrefixThatIsNone) {
    EXPECT_EQ(network("destination.ip|cidr: 10.0.0.1"),
              "rule-1.yaml:13:26: '10.0.0.1' is an address without a prefix length (write '10.0.0.1/32')");
    EXPECT_EQ(network("destination.ip|cidr: 10.0.0.0/40"),
              "rule-1.yaml:13:26: '10.0.0.0/40' is no prefix (write it like 192.0.2.0/24 or 2001:db8::/32)");
    EXPECT_EQ(network("destination.ip|cidr: 10.0.0.1/8"),
              "rule-1.yaml:13:26: '10.0.0.1/8' has bits set beyond its length (did you mean '10.0.0.0/8'?)");
}

TEST(Detection, RefusesAListThatDoesNotExist) {
    EXPECT_EQ(network("destination.ip|expand: '%aproved%'"),
              "rule-1.yaml:13:28: unknown list 'aproved' (did you mean 'approved'?)");
    EXPECT_EQ(network("destination.ip|expand: approved"),
              "rule-1.yaml:13:28: 'approved' is no list placeholder "
              "(write the list's name between percent signs: '%name%')");
}

TEST(Detection, RefusesANumberOutOfRange) {
    EXPECT_EQ(network("destination.port: 65536"),
              "rule-1.yaml:13:23: 'destination.port' must be a number from 0 to 65535, not '65536'");
    EXPECT_EQ(with_fields("    user.id: root\n"),
              "rule-1.yaml:12:14: 'user.id' must be a number from 0 to 4294967294, not 'root'");
}

TEST(Detection, RefusesValuesThatAreNone) {
    EXPECT_EQ(with_fields("    user.id: []\n"),
              "rule-1.yaml:12:14: 'user.id' is an empty list (add a value or remove it)");
    EXPECT_EQ(with_fields("    user.id:\n"),
              "rule-1.yaml:12:5: 'user.id' must be a value or a list of values, not empty");
    EXPECT_EQ(with_fields("    user.id: {a: b}\n"),
              "rule-1.yaml:12:14: 'user.id' must be a value or a list of values, not a map");
}

TEST(Detection, RefusesMoreValuesThanItsLimit) {
    std::string values = "0";
    for (std::size_t i = 1; i < kMaxSelectionValues; ++i)
        values += ", " + std::to_string(i);
    EXPECT_EQ(with_fields("    user.id: [" + values + "]\n"), "");
    EXPECT_EQ(with_fields("    user.id: [" + values + ", 1024]\n"),
              "rule-1.yaml:12:14: 'user.id' has 1025 values; the limit is 1024 (use a list: lists/*.yaml)");
}

TEST(Detection, RefusesASinkInARuleAboutReading) {
    EXPECT_EQ(problems_of(RuleText{.category = "access",
                                   .detection = "  s:\n    destination.ip: 192.0.2.1\n  condition: s\n"}),
              "rule-1.yaml:12:5: 'destination.ip' cannot be asked by a rule of category access: reading has "
              "no sink "
              "(use category egress, or remove the field)");
}

TEST(Detection, RefusesASelectionThatIsNoMap) {
    EXPECT_EQ(problems_of(RuleText{.detection = "  s: [restricted]\n  condition: s\n"}),
              "rule-1.yaml:11:6: selection 's' must be a map of fields or a list of such maps "
              "(write 'field: value' below it)");
    EXPECT_EQ(problems_of(RuleText{.detection = "  s: {}\n  condition: s\n"}),
              "rule-1.yaml:11:6: the selection tests no field (add a field or remove it)");
}

TEST(Detection, RefusesASelectionNameThatNoConditionCanName) {
    EXPECT_EQ(problems_of(RuleText{.detection = "  my sel:\n    user.id: 0\n  condition: 1 of them\n"}),
              "rule-1.yaml:11:3: selection name 'my sel' has other letters than a-z, A-Z, 0-9, '_' and '-' "
              "(rename it)");
}

TEST(Detection, RefusesMoreSelectionsThanItsLimit) {
    std::string selections;
    for (std::size_t i = 0; i <= kMaxSelections; ++i) {
        selections += "  s" + std::to_string(i) + ": {user.id: " + std::to_string(i) + "}\n";
    }
    EXPECT_EQ(problems_of(RuleText{.detection = selections + "  condition: 1 of them\n"}),
              "rule-1.yaml:75:3: more than 64 selections (split the rule)");
}

TEST(Detection, NeedsACondition) {
    EXPECT_EQ(problems_of(RuleText{.detection = "  s:\n    user.id: 0\n"}),
              "rule-1.yaml:11:3: 'detection' has no 'condition' (add 'condition:')");
}

}  // namespace
}  // namespace modelward::rules
