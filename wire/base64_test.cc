// SPDX-License-Identifier: Apache-2.0
#include "wire/base64.h"

#include <gtest/gtest.h>

namespace modelward::wire {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

TEST(Base64, KnowsTheVectorsOfRfc4648) {
    EXPECT_EQ(to_base64(bytes_of("")), "");
    EXPECT_EQ(to_base64(bytes_of("f")), "Zg==");
    EXPECT_EQ(to_base64(bytes_of("fo")), "Zm8=");
    EXPECT_EQ(to_base64(bytes_of("foobar")), "Zm9vYmFy");
    for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
        EXPECT_EQ(from_base64(to_base64(bytes_of(text))).value(), bytes_of(text));
    }
}

TEST(Base64, UrlFormHasNoPaddingAndNoSlash) {
    EXPECT_EQ(to_base64url(std::vector<std::uint8_t>{0xFB, 0xFF}), "-_8");
}

TEST(Base64, RefusesWhatIsNotBase64) {
    for (const char* text : {"Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm 8", " Zm8", "Zm9v\n"}) {
        EXPECT_FALSE(from_base64(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace modelward::wire
