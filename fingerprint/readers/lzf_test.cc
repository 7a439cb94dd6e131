// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/lzf.h"

#include <gtest/gtest.h>

#include <string>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

std::string decoded(const Bytes& encoded, std::size_t most = 300) {
    Bytes into(most);
    const auto bytes = decode_lzf(encoded, into);
    if (!bytes) return bytes.error().message();
    return {into.begin(), into.begin() + static_cast<std::ptrdiff_t>(*bytes)};
}

TEST(Lzf, IsLiteralsAndCopies) {
    EXPECT_EQ(decoded({}), "");
    EXPECT_EQ(decoded({2, 'a', 'b', 'c'}), "abc");
    EXPECT_EQ(decoded({2, 'a', 'b', 'c', 0x20, 2}), "abcabc");
    EXPECT_EQ(decoded({2, 'a', 'b', 'c', 0x40, 2, 0, 'd'}), "abcabcad") << "copies what it has just written";
    EXPECT_EQ(decoded({0, 'a', 0xE0, 200, 0}), std::string(1 + 7 + 200 + 2, 'a'));
}

TEST(Lzf, CopiesFromAsFarAsThirteenBitsReach) {
    Bytes encoded;
    for (int i = 0; i < 256; ++i) {
        encoded.push_back(31);
        encoded.insert(encoded.end(), 32, static_cast<std::uint8_t>(i));
    }
    encoded.insert(encoded.end(), {0x20 | 31, 255});
    Bytes into(8192 + 3);
    EXPECT_EQ(decode_lzf(encoded, into).value(), into.size());
    EXPECT_EQ(into.back(), 0);
    EXPECT_EQ(into[8191], 255);
}

TEST(Lzf, ThatIsBrokenIsRefused) {
    for (const Bytes& encoded : {Bytes{2, 'a', 'b'}, Bytes{0}, Bytes{0, 'a', 0x20}, Bytes{0, 'a', 0xE0},
                                 Bytes{0, 'a', 0xE0, 1}, Bytes{0, 'a', 0x20, 1}, Bytes{0x20, 0}})
        EXPECT_TRUE(decoded(encoded).starts_with("LZF is broken")) << encoded.size();
}

TEST(Lzf, IsNotWrittenBeyondTheEnd) {
    EXPECT_EQ(decoded({2, 'a', 'b', 'c', 0x20, 2}, 6), "abcabc");
    EXPECT_TRUE(decoded({2, 'a', 'b', 'c', 0x20, 2}, 5).starts_with("LZF is broken"));
    EXPECT_TRUE(decoded({2, 'a', 'b', 'c'}, 2).starts_with("LZF is broken"));
}

}  // namespace
}  // namespace modelward::fingerprint
