// SPDX-License-Identifier: Apache-2.0
#include "rules/yaml_tree.h"

#include <gtest/gtest.h>

#include "rules/limits.h"

namespace modelward::rules {
namespace {

std::string problem_of(const std::string& text) {
    const auto tree = parse_yaml({"x.yaml", text}, kMaxDocumentBytes);
    return tree ? "no problem" : to_string(tree.error());
}

TEST(YamlTree, KnowsWhereEveryNodeStands) {
    const auto tree = parse_yaml({"x.yaml", "a: 1\nb:\n  - two\n  - c: 'three'\n"}, kMaxDocumentBytes);
    ASSERT_TRUE(tree.has_value());
    const YamlNode& list = *tree->find("b");
    EXPECT_EQ(list.items[0].text, "two");
    EXPECT_EQ(list.items[0].line, 3);
    EXPECT_EQ(list.items[0].column, 5);
    EXPECT_TRUE(list.items[1].find("c")->quoted);
    EXPECT_EQ(tree->find("missing"), nullptr);
}

TEST(YamlTree, RefusesAnAnchor) {
    EXPECT_EQ(problem_of("a: &x 1\n"),
              "x.yaml:1:4: YAML anchors and aliases are not accepted (write the value out)");
}

TEST(YamlTree, RefusesAnAliasBombBeforeItExpands) {
    EXPECT_EQ(problem_of("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"),
              "x.yaml:1:4: YAML anchors and aliases are not accepted (write the value out)");
}

TEST(YamlTree, RefusesATag) {
    EXPECT_EQ(problem_of("a: !!binary aGk=\n"),
              "x.yaml:1:4: YAML tags are not accepted (remove 'tag:yaml.org,2002:binary')");
}

TEST(YamlTree, RefusesADuplicateKey) {
    EXPECT_EQ(problem_of("a: 1\nb: 2\na: 3\n"), "x.yaml:3:1: duplicate key 'a' (remove one of the two)");
}

TEST(YamlTree, RefusesAKeyThatIsNoWord) {
    EXPECT_EQ(problem_of("{[a, b]: 1}\n"), "x.yaml:1:2: a key must be a word");
    EXPECT_EQ(problem_of("~: 1\n"), "x.yaml:1:1: a key must be a word");
}

TEST(YamlTree, RefusesASecondDocument) {
    EXPECT_EQ(problem_of("a: 1\n---\nb: 2\n"),
              "x.yaml:2:1: a second YAML document in one file (use one file a document)");
}

TEST(YamlTree, RefusesDeepNesting) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(problem_of(nested(kMaxYamlDepth)), "no problem");
    EXPECT_EQ(problem_of(nested(kMaxYamlDepth + 1)), "x.yaml:1:17: nested more than 16 levels deep");
    EXPECT_EQ(problem_of(nested(100'000)), "x.yaml:1:17: nested more than 16 levels deep");
}

TEST(YamlTree, RefusesADocumentBeyondItsLimit) {
    EXPECT_EQ(problem_of("a: " + std::string(kMaxDocumentBytes - 3, 'x')), "no problem");
    EXPECT_EQ(problem_of("a: " + std::string(kMaxDocumentBytes - 2, 'x')),
              "x.yaml: document is 262145 bytes long; the limit is 262144 (split it)");
}

TEST(YamlTree, RefusesWhatIsNotUtf8) {
    EXPECT_EQ(problem_of("a: 1\nb: \xff\n"), "x.yaml:2: not valid UTF-8 (save the file as UTF-8)");
}

TEST(YamlTree, RefusesWhatIsNotYaml) {
    EXPECT_EQ(problem_of("a: [1, 2\n"), "x.yaml:2:1: not valid YAML: end of sequence flow not found");
}

TEST(YamlTree, RefusesNothingAtAll) {
    EXPECT_EQ(problem_of(""), "x.yaml: document is empty");
    EXPECT_EQ(problem_of("# only a comment\n"), "x.yaml: document is empty");
}

}  // namespace
}  // namespace modelward::rules
