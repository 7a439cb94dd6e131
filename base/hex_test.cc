// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <gtest/gtest.h>

namespace modelward {
namespace {

TEST(Hex, RoundTripsEveryByte) {
    std::vector<std::uint8_t> bytes(256);
    for (int i = 0; i < 256; ++i)
        bytes[i] = static_cast<std::uint8_t>(i);
    const auto back = from_hex(to_hex(bytes));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, bytes);
}

TEST(Hex, RefusesOddLengthAndForeignCharacters) {
    EXPECT_FALSE(from_hex("abc").has_value());
    EXPECT_FALSE(from_hex("zz").has_value());
    EXPECT_TRUE(from_hex("AbCd").has_value());
}

}  // namespace
}  // namespace modelward
