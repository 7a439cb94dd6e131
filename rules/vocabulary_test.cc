// SPDX-License-Identifier: Apache-2.0
// One test for each thing that can be wrong with classes.yaml and lists/*.yaml.
#include "rules/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/limits.h"
#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using ::testing::HasSubstr;

std::string with_classes(const std::string& text) {
    Pack pack = testing::pack_of(std::vector<testing::RuleText>{});
    pack.classes.text = text;
    return testing::problems_of(pack);
}

std::string with_list(const std::string& text) {
    Pack pack = testing::pack_of(std::vector<testing::RuleText>{});
    pack.lists[0].text = text;
    return testing::problems_of(pack);
}

TEST(Classes, AreNumberedInTheirOrder) {
    const CheckedPolicy checked = load_policy(testing::pack_of(testing::RuleText{}));
    EXPECT_EQ(checked.policy.class_number("public"), 0);
    EXPECT_EQ(checked.policy.class_number("restricted"), 3);
    EXPECT_EQ(checked.policy.class_number("secret"), std::nullopt);
    EXPECT_EQ(checked.policy.classes[3].min_flow_bytes, 64U << 10);
}

TEST(Classes, MustBeAList) {
    EXPECT_EQ(with_classes("name: a\n"), "classes.yaml:1:1: classes must be a list of {name, min_flow}");
    EXPECT_EQ(with_classes("[]\n"), "classes.yaml:1:1: classes must be a list of {name, min_flow}");
}

TEST(Classes, NeedNameAndMinFlow) {
    EXPECT_EQ(with_classes("- name: a\n"), "classes.yaml:1:3: a class has no 'min_flow' (add 'min_flow:')");
    EXPECT_EQ(with_classes("- {name: a, min_flow: 1KiB, colour: red}\n"),
              "classes.yaml:1:29: unknown key 'colour' in a class (use one of: name, min_flow)");
}

TEST(Classes, RefuseAMinFlowThatIsNoNumberOfBytes) {
    for (const std::string bytes : {"0", "64kb", "lots"}) {
        EXPECT_EQ(with_classes("- {name: a, min_flow: " + bytes + "}\n"),
                  "classes.yaml:1:23: 'min_flow' must be a number of bytes above 0, not '" + bytes +
                      "' (write it like 64KiB, 1MiB or 1GiB)");
    }
}

TEST(Classes, RefuseANameThatIsNoWord) {
    EXPECT_EQ(
        with_classes("- {name: Top Secret, min_flow: 1KiB}\n"),
        "classes.yaml:1:10: name 'Top Secret' has other letters than a-z, 0-9, '_' and '-' (rename it)");
}

TEST(Classes, RefuseTwoOfOneName) {
    EXPECT_EQ(with_classes("- {name: a, min_flow: 1B}\n- {name: a, min_flow: 1B}\n"),
              "classes.yaml:2:3: a second class named 'a' (rename one of the two)");
}

TEST(Classes, RefuseMoreThanTheirLimit) {
    std::string classes;
    for (std::size_t i = 0; i < kMaxClasses; ++i)
        classes += "- {name: c" + std::to_string(i) + ", min_flow: 1B}\n";
    EXPECT_EQ(with_classes(classes), "");
    EXPECT_EQ(with_classes(classes + "- {name: one-more, min_flow: 1B}\n"),
              "classes.yaml:17:3: more than 16 classes (merge some)");
}

TEST(Classes, AProblemIsToldOnceAndNotByEveryRule) {
    Pack pack = testing::pack_of(testing::RuleText{});
    pack.classes.text = "nothing\n";
    EXPECT_EQ(testing::problems_of(pack), "classes.yaml:1:1: classes must be a list of {name, min_flow}");
}

TEST(Lists, OfDevicesHoldPatterns) {
    EXPECT_EQ(with_list("name: a\nkind: devices\nvalues: ['0781', '0781:5581', '0781:5581:4C53 1']\n"), "");
    EXPECT_EQ(with_list("name: a\nkind: devices\nvalues: ['0781:558']\n"),
              "lists/approved.yaml:3:10: '0781:558' is no USB device (write VENDOR, VENDOR:PRODUCT or "
              "VENDOR:PRODUCT:SERIAL as lsusb shows them, like '0781:5581')");
    EXPECT_EQ(with_list("name: a\nkind: devices\nvalues: [192.0.2.1]\n"),
              "lists/approved.yaml:3:10: '192.0.2.1' is no USB device (write VENDOR, VENDOR:PRODUCT or "
              "VENDOR:PRODUCT:SERIAL as lsusb shows them, like '0781:5581')");
}

TEST(Lists, ApprovedStorageIsTheOneThatThePolicyCarries) {
    Pack pack = testing::pack_of(testing::RuleText{});
    EXPECT_FALSE(load_policy(pack).policy.approved_storage);
    pack.lists.push_back({"lists/storage.yaml", "name: approved_storage\nkind: devices\nvalues: []\n"});
    ASSERT_TRUE(load_policy(pack).ok());
    ASSERT_TRUE(load_policy(pack).policy.approved_storage);
    EXPECT_TRUE(load_policy(pack).policy.approved_storage->empty());
    pack.lists.back().text = "name: approved_storage\nkind: devices\nvalues: ['0781:5581']\n";
    const std::vector<DevicePattern> expected{{.vendor = 0x0781, .product = 0x5581, .serial = std::nullopt}};
    EXPECT_EQ(load_policy(pack).policy.approved_storage, expected);
}

TEST(Lists, ThatStandForSomethingByTheirNameHaveItsKind) {
    EXPECT_EQ(with_list("name: approved_storage\nkind: destinations\nvalues: [192.0.2.1]\n"),
              "lists/approved.yaml:1:7: a list named 'approved_storage' of kind destinations (that name "
              "stands for a list "
              "of kind devices: correct the kind, or rename the list)");
    EXPECT_EQ(with_list("name: exempt_programs\nkind: domains\nvalues: []\n"),
              "lists/approved.yaml:1:7: a list named 'exempt_programs' of kind domains (that name stands for "
              "a list of "
              "kind programs: correct the kind, or rename the list)");
    EXPECT_EQ(with_list("name: exempt_programs\nkind: programs\nvalues: [/usr/bin/borg]\n"), "");
}

TEST(Lists, WithAMisspeltNameThatWouldStandForSomethingAreNoOtherLists) {
    EXPECT_EQ(
        with_list("name: approved_storge\nkind: devices\nvalues: []\n"),
        "lists/approved.yaml:1:7: a list named 'approved_storge' (did you mean 'approved_storage'? If not, "
        "take a name that reads less like it)");
    EXPECT_THAT(with_list("name: exempt-program\nkind: domains\nvalues: []\n"),
                HasSubstr("'exempt_programs'?"));
    EXPECT_EQ(with_list("name: approved_disks\nkind: devices\nvalues: []\n"), "");
}

TEST(Lists, HoldAddressesAndPrefixesAndMayBeEmpty) {
    EXPECT_EQ(
        with_list("name: a\nkind: destinations\ndescription: d\nvalues: [192.0.2.1, 10.0.0.0/8, '::1']\n"),
        "");
    EXPECT_EQ(with_list("name: a\nkind: destinations\nvalues: []\n"), "");
}

TEST(Lists, NeedTheirKeys) {
    EXPECT_EQ(with_list("name: a\nvalues: []\n"),
              "lists/approved.yaml:1:1: the list has no 'kind' (add 'kind:')");
    EXPECT_EQ(with_list("name: a\nkind: sticks\nvalues: []\n"),
              "lists/approved.yaml:2:7: unknown value 'sticks' for 'kind' (use one of: destinations, "
              "devices, programs, domains)");
}

TEST(Lists, NameTheLineOfEachBadValue) {
    EXPECT_EQ(
        with_list("name: a\nkind: destinations\nvalues:\n  - 192.0.2.1\n  - intranet\n  - 10.1.0.0/8\n"),
        "lists/approved.yaml:5:5: 'intranet' is no address or prefix (write it like 192.0.2.1 or "
        "2001:db8::/32)\n"
        "lists/approved.yaml:6:5: '10.1.0.0/8' has bits set beyond its length (did you mean '10.0.0.0/8'?)");
}

TEST(Lists, RefuseTwoOfOneName) {
    Pack pack = testing::pack_of(std::vector<testing::RuleText>{});
    pack.lists.push_back({"lists/other.yaml", pack.lists[0].text});
    EXPECT_EQ(testing::problems_of(pack),
              "lists/other.yaml:1:7: a second list named 'approved' (rename one of the two)");
}

TEST(Lists, HoldAHundredThousandEntriesAndNoMore) {
    std::string values;
    for (std::size_t i = 0; i < kMaxListEntries; ++i) {
        values += "- 10." + std::to_string(i >> 16) + "." + std::to_string((i >> 8) & 255) + "." +
                  std::to_string(i & 255) + "\n";
    }
    const std::string head = "name: approved\nkind: destinations\nvalues:\n";
    EXPECT_EQ(with_list(head + values), "");
    EXPECT_EQ(with_list(head + values + "- 192.0.2.1\n"),
              "lists/approved.yaml:4:1: 'values' has 100001 values; the limit is 100000 (use a list: "
              "lists/*.yaml)");
}

}  // namespace
}  // namespace modelward::rules
