// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/json_cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace modelward::fingerprint {
namespace {

using ::testing::HasSubstr;

// What reads a text as one value and nothing else.
template <typename Read>
auto read(std::string_view json, const Read& read_value) {
    const MemorySource source({reinterpret_cast<const std::uint8_t*>(json.data()), json.size()});
    JsonCursor cursor(source, 0, json.size());
    auto value = read_value(cursor);
    cursor.expect_end();
    return cursor.ok() ? std::optional(value) : std::nullopt;
}

std::optional<std::string> text(std::string_view json, std::size_t most = 100'000) {
    return read(json, [&](JsonCursor& cursor) { return std::string(cursor.text(most)); });
}

std::optional<std::uint64_t> number(std::string_view json) {
    return read(json, [](JsonCursor& cursor) { return cursor.unsigned_integer(); });
}

TEST(JsonCursor, ReadsTexts) {
    EXPECT_EQ(text(R"( "a b" )"), "a b");
    EXPECT_EQ(text(R"("")"), "");
    EXPECT_EQ(text(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(text(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    EXPECT_EQ(text("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    EXPECT_EQ(text("\"\x7F\""), "\x7F");
}

TEST(JsonCursor, RefusesTextsThatAreNone) {
    for (const char* broken : {"",
                               "\"",
                               "\"a",
                               "a\"",
                               "\"\\",
                               "\"\\x\"",
                               "\"\\u12\"",
                               "\"\\u123g\"",
                               "\"\\ud83d\"",
                               "\"\\ud83dx\"",
                               "\"\\ud83d\\u0041\"",
                               "\"\\ude00\"",
                               "\"\n\"",
                               "\"\x1F\"",
                               "\"\xFF\"",
                               "\"\xC3\"",
                               "\"\xC3\xA9\xA9\"",
                               "\"\xED\xA0\x80\"",
                               "\"\xC0\xAF\"",
                               "\"a\" \"b\"",
                               "'a'"})
        EXPECT_EQ(text(broken), std::nullopt) << broken;
}

TEST(JsonCursor, KeepsToTheLengthThatIsWanted) {
    EXPECT_EQ(text(R"("abc")", 3), "abc");
    EXPECT_EQ(text(R"("abcd")", 3), std::nullopt);
    EXPECT_EQ(text(R"("\u20AC")", 2), std::nullopt);
}

TEST(JsonCursor, ReadsAcrossItsBuffer) {
    for (std::size_t before = 16'370; before < 16'390; ++before) {
        const std::string padding(before, ' ');
        EXPECT_EQ(text(padding + "\"a\\u00e9\xE2\x82\xAC\""), "a\xC3\xA9\xE2\x82\xAC") << before;
        EXPECT_EQ(number(padding + "1234567890"), 1234567890U) << before;
    }
    const std::string longer(50'000, 'x');
    EXPECT_EQ(text('"' + longer + '"'), longer);
}

TEST(JsonCursor, ReadsUnsignedIntegers) {
    EXPECT_EQ(number("0"), 0U);
    EXPECT_EQ(number(" 10 "), 10U);
    EXPECT_EQ(number("18446744073709551615"), ~std::uint64_t{0});
    for (const char* other :
         {"18446744073709551616", "-1", "01", "00", "1.0", "1e3", "1E3", "1x", "x", "", "\"1\"", "true"})
        EXPECT_EQ(number(other), std::nullopt) << other;
    for (const std::string json : {"1.0", "1e3", "1E3"}) {  // before anybody asks what follows
        const MemorySource source({reinterpret_cast<const std::uint8_t*>(json.data()), json.size()});
        JsonCursor cursor(source, 0, json.size());
        EXPECT_EQ(cursor.unsigned_integer(), std::nullopt) << json;
        EXPECT_TRUE(cursor.ok()) << json;
    }
}

TEST(JsonCursor, ReadsNumbers) {
    const auto any = [](std::string_view json) {
        return read(json, [](JsonCursor& cursor) { return cursor.number(); });
    };
    EXPECT_EQ(any("0"), 0.0);
    EXPECT_EQ(any(" -12.5e-1 "), -1.25);
    EXPECT_EQ(any("0.022"), 0.022);
    for (const char* none : {"", "-", "1.2.3", "1e", "1e999", "NaN", "\"1\"", "null", "[1]", "1,",
                             "0.00000000000000000000000000000001"})
        EXPECT_EQ(any(none), std::nullopt) << none;
}

TEST(JsonCursor, SkipsTextsOfAnyLength) {
    const std::string json = "\"" + std::string(1 << 20, 'x') + "\\n\":\"\\uD83D\"";
    const MemorySource source({reinterpret_cast<const std::uint8_t*>(json.data()), json.size()});
    JsonCursor cursor(source, 0, json.size());
    cursor.skip_text();
    cursor.expect(':');
    EXPECT_TRUE(cursor.ok());
    EXPECT_EQ(cursor.next(), JsonCursor::Kind::kText);
    cursor.skip_text();
    ASSERT_FALSE(cursor.ok());
    EXPECT_THAT(cursor.error().message(), HasSubstr("half of a character"));
    EXPECT_EQ(cursor.text(10), "") << "the first error stays";
    EXPECT_THAT(cursor.error().message(), HasSubstr("half of a character"));
}

TEST(JsonCursor, ReadsNothingBehindItsEnd) {
    const std::string json = "{}\"";
    const MemorySource source({reinterpret_cast<const std::uint8_t*>(json.data()), json.size()});
    JsonCursor cursor(source, 0, 2);
    cursor.expect('{');
    EXPECT_FALSE(cursor.take(']'));
    cursor.expect('}');
    cursor.expect_end();
    EXPECT_TRUE(cursor.ok());
    EXPECT_EQ(cursor.next(), JsonCursor::Kind::kNone);
    EXPECT_EQ(cursor.error().code(), ErrorCode::kInvalid);
}

// What follows a value that is passed over.
std::optional<std::uint64_t> behind(std::string_view value) {
    const std::string json = "[" + std::string(value) + ", 7]";
    const auto number = read(json, [](JsonCursor& cursor) {
        cursor.expect('[');
        cursor.skip_value();
        cursor.expect(',');
        const auto after = cursor.unsigned_integer();
        cursor.expect(']');
        return after;
    });
    return number;
}

TEST(JsonCursor, PassesOverValuesOfAnyKind) {
    for (const char* value :
         {"1", "-1.5e-7", "true", "null", "\"}]\\\"\"", "{}", "[]", "[[], {}]", "[1, [2, [3]], 4]",
          R"({"a": 1, "b": {"c": [{"d": "]"}, {}], "e": false}})", " [ 1 , { \"a\" : [ ] } ] "})
        EXPECT_EQ(behind(value), 7u) << value;
}

TEST(JsonCursor, DoesNotPassOverWhatHasNoEnd) {
    for (const char* value :
         {"", "[", "{", "{\"a\"}", "{\"a\": }", "[1 2]", "[1}", "{\"a\": 1]", "{1: 2}", "\"a", "?"})
        EXPECT_EQ(behind(value), std::nullopt) << value;
}

TEST(JsonCursor, PassesOverWhatIsNestedUpToALimit) {
    const auto nested = [](int depth) { return std::string(depth, '[') + "1" + std::string(depth, ']'); };
    EXPECT_EQ(behind(nested(JsonCursor::kMaxDepth)), 7u);
    EXPECT_EQ(behind(nested(JsonCursor::kMaxDepth + 1)), std::nullopt);
    EXPECT_EQ(behind(nested(100'000)), std::nullopt);
}

}  // namespace
}  // namespace modelward::fingerprint
