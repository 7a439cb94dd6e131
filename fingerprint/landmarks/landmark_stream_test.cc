// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/landmarks/landmark_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using Hashes = std::vector<std::uint64_t>;

Hashes hashes_of(const Bytes& bytes, std::size_t piece = 1 << 20) {
    Hashes hashes;
    LandmarkStream stream([&](const Landmarks& found) { hashes.push_back(found.hash); });
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        stream.push(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    stream.finish();
    return hashes;
}

std::size_t common(Hashes a, Hashes b) {
    std::ranges::sort(a);
    std::ranges::sort(b);
    Hashes both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    return both.size();
}

Bytes behind(const Bytes& front, const Bytes& bytes) {
    Bytes all = front;
    all.insert(all.end(), bytes.begin(), bytes.end());
    return all;
}

constexpr std::size_t kCount = 200'000;

TEST(LandmarkStream, FindsTheSameInEveryTypeAndPlace) {
    const auto values = testing::weights(1, kCount);
    const Hashes single = hashes_of(testing::encode_f32(values));
    EXPECT_GT(single.size(), kCount / 150);
    for (const std::size_t junk :
         {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{1001}, std::size_t{50'003}}) {
        const Bytes front = testing::noise_bytes(2, junk);
        EXPECT_GT(common(hashes_of(behind(front, testing::encode_bf16(values))), single),
                  single.size() * 6 / 10)
            << junk;
        EXPECT_GT(common(hashes_of(behind(front, testing::encode_f16(values))), single),
                  single.size() * 8 / 10)
            << junk;
        EXPECT_GT(common(hashes_of(behind(front, testing::encode_f32(values))), single),
                  single.size() * 9 / 10)
            << junk;
    }
}

TEST(LandmarkStream, FindsTheSameHoweverTheBytesAreCut) {
    const Bytes bytes =
        behind(testing::noise_bytes(2, 30'001), testing::encode_bf16(testing::weights(1, kCount)));
    const Hashes whole = hashes_of(bytes);
    EXPECT_FALSE(whole.empty());
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, kNumberBlock, kNumberBlock + 1})
        EXPECT_EQ(hashes_of(bytes, piece), whole) << piece;
}

TEST(LandmarkStream, SaysWhereTheyAre) {
    const std::size_t junk = 50'003;
    const auto values = testing::weights(1, kCount);
    std::vector<Landmarks> found;
    LandmarkStream stream([&](const Landmarks& group) { found.push_back(group); });
    stream.push(behind(testing::noise_bytes(2, junk), testing::encode_f32(values)));
    stream.finish();
    ASSERT_FALSE(found.empty());
    for (const Landmarks& group : found) {
        ASSERT_GE(group.begin, junk);
        ASSERT_LE(group.end, junk + 4 * kCount);
        // It begins with a landmark.
        const std::size_t first = (group.begin - junk) / 4;
        ASSERT_EQ((group.begin - junk) % 4, 0U);
        const auto near = std::span(values).subspan(first - kReach, 2 * kReach + 1);
        ASSERT_EQ(std::ranges::max(near, {}, [](float value) { return std::abs(value); }), values[first]);
    }
}

TEST(LandmarkStream, FindsNothingInWhatIsNoNumbers) {
    EXPECT_TRUE(hashes_of(testing::noise_bytes(1, 1 << 20)).empty());
    EXPECT_TRUE(hashes_of(Bytes(1 << 20)).empty());
    EXPECT_TRUE(hashes_of({}).empty());
    EXPECT_TRUE(hashes_of(testing::encode_f32(testing::weights(1, 100))).empty()) << "too few to tell";
}

TEST(LandmarkStream, DoesNotJoinNumbersOfDifferentTypes) {
    const auto values = testing::weights(1, kCount);
    const Hashes both =
        hashes_of(behind(testing::encode_f32(values), testing::encode_bf16(testing::weights(2, kCount))));
    Hashes apart = hashes_of(testing::encode_f32(values));
    EXPECT_GE(common(both, apart), apart.size() * 99 / 100);
}

}  // namespace
}  // namespace modelward::fingerprint
