// SPDX-License-Identifier: Apache-2.0
#include "rules/condition.h"

#include <gtest/gtest.h>

#include "rules/limits.h"

namespace modelward::rules {
namespace {

const std::vector<Selection> kSelections{
    {"a", 1, 3, {}}, {"b", 2, 3, {}}, {"filter_x", 3, 3, {}}, {"filter_y", 4, 3, {}}, {"_hidden", 5, 3, {}}};

std::string shape(const Expression& expression) {
    if (expression.type == Expression::Type::kSelection) return kSelections[expression.selection].name;
    std::string text = expression.type == Expression::Type::kNot   ? "(not"
                       : expression.type == Expression::Type::kAnd ? "(and"
                                                                   : "(or";
    for (const Expression& child : expression.children)
        text += " " + shape(child);
    return text + ")";
}

// The shape of the condition over a, b, filter_x, filter_y and _hidden, or the first problem. Selections that
// the text does not use are not offered.
std::string parsed(const std::string& text) {
    std::vector<Problem> problems;
    Reporter report("x", problems);
    const auto expression = parse_condition(report, text, {9, 14, true}, kSelections);
    for (const Problem& problem : problems) {
        if (!problem.reason.ends_with("is not used by the condition")) return to_string(problem);
    }
    if (expression) return shape(*expression);
    // Parse again with what is used, so that unused selections do not matter here.
    const auto whole =
        parse_condition(report, "(" + text + ") or 1 of them or _hidden", {9, 14, true}, kSelections);
    return shape(whole->children.front());
}

TEST(Condition, BindsNotThenAndThenOr) {
    EXPECT_EQ(parsed("a or b and not filter_x"), "(or a (and b (not filter_x)))");
    EXPECT_EQ(parsed("(a or b) and not not filter_x"), "(and (or a b) (not (not filter_x)))");
}

TEST(Condition, ExpandsPatterns) {
    EXPECT_EQ(parsed("1 of filter_*"), "(or filter_x filter_y)");
    EXPECT_EQ(parsed("a and not all of *_x"), "(and a (not (and filter_x)))");
    EXPECT_EQ(parsed("all of f*_*"), "(and filter_x filter_y)");
    EXPECT_EQ(parsed("all of filter_y"), "(and filter_y)");
}

TEST(Condition, LeavesNamesWithUnderscoreOutOfThem) {
    EXPECT_EQ(parsed("1 of them"), "(or a b filter_x filter_y)");
}

TEST(Condition, NamesAnUnknownSelection) {
    EXPECT_EQ(parsed("a and filter_z"),
              "x:9:20: condition names 'filter_z', which is no selection of 'detection' (did you mean "
              "'filter_x'?)");
}

TEST(Condition, NamesASlipInAJoiningWord) {
    EXPECT_EQ(parsed("a AND b"),
              "x:9:16: condition has 'AND' where 'and', 'or' or its end should be (did you mean 'and'?)");
    EXPECT_EQ(parsed("a b"),
              "x:9:16: condition has 'b' where 'and', 'or' or its end should be (use one of: and, or)");
}

TEST(Condition, RefusesAnAggregation) {
    EXPECT_EQ(parsed("a | count() > 5"),
              "x:9:16: condition has '|' where 'and', 'or' or its end should be "
              "(aggregations are not supported: use modelward.budget)");
}

TEST(Condition, NamesWhatIsMissing) {
    EXPECT_EQ(parsed("a and"),
              "x:9:19: condition has its end where a selection should be "
              "(use one of: a, b, filter_x, filter_y, _hidden)");
    EXPECT_EQ(parsed("(a or b"), "x:9:21: condition has its end where ')' should be (close the parenthesis)");
    EXPECT_EQ(parsed("a)"),
              "x:9:15: condition has ')' where 'and', 'or' or its end should be "
              "(remove it, or open a parenthesis before it)");
    EXPECT_EQ(parsed("1 filter_*"),
              "x:9:16: condition has 'filter_*' where 'of' should be (write '1 of them' or 'all of name*')");
    EXPECT_EQ(parsed("1 of"), "x:9:18: condition ends after 'of' (add 'them' or a pattern like 'filter_*')");
    EXPECT_EQ(parsed("1 of z*"),
              "x:9:19: no selection matches 'z*' (use one of: a, b, filter_x, filter_y, _hidden)");
}

TEST(Condition, RefusesToLeaveASelectionUnused) {
    std::vector<Problem> problems;
    Reporter report("x", problems);
    EXPECT_FALSE(
        parse_condition(report, "a and 1 of filter_* and _hidden", {9, 14, true}, kSelections).has_value());
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(to_string(problems[0]),
              "x:2:3: selection 'b' is not used by the condition (add it to the condition or remove it)");
}

TEST(Condition, RefusesDeepNesting) {
    const std::vector<Selection> only_a{kSelections[0]};
    for (const std::string open : {"(", "not "}) {
        std::string text;
        for (std::size_t i = 1; i < kMaxConditionDepth; ++i)
            text += open;
        const std::string close(open == "(" ? kMaxConditionDepth - 1 : 0, ')');
        const std::string deepest = std::string(text).append("a").append(close);
        const std::string too_deep = std::string(open).append(deepest);
        std::vector<Problem> problems;
        Reporter report("x", problems);
        EXPECT_TRUE(parse_condition(report, deepest, {9, 14, false}, only_a).has_value());
        EXPECT_FALSE(parse_condition(report, too_deep, {9, 14, false}, only_a).has_value());
        EXPECT_EQ(to_string(problems[0]),
                  "x:9:14: condition is nested more than 32 levels deep (simplify it)");
    }
    EXPECT_EQ(parsed(std::string(kMaxConditionBytes, '(')),
              "x:9:46: condition is nested more than 32 levels deep (simplify it)");
}

TEST(Condition, RefusesTextBeyondItsLimit) {
    EXPECT_EQ(parsed(std::string(kMaxConditionBytes + 1, ' ')),
              "x:9:14: condition is 4097 bytes long; the limit is 4096 (use '1 of name*' or several rules)");
}

TEST(Condition, PointsAtTheScalarWhenItsLettersStandElsewhere) {
    std::vector<Problem> problems;
    Reporter report("x", problems);
    EXPECT_FALSE(parse_condition(report, "a and filter_z", {9, 14, false}, kSelections).has_value());
    EXPECT_EQ(problems[0].column, 14);
}

}  // namespace
}  // namespace modelward::rules
