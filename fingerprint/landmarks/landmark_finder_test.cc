// SPDX-License-Identifier: Apache-2.0
// What the same numbers have in common after they were rounded, scaled or cut, and what others have.
#include "fingerprint/landmarks/landmark_finder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using Hashes = std::vector<std::uint64_t>;

std::vector<std::int32_t> magnitudes(std::span<const float> values) {
    std::vector<std::int32_t> bits;
    for (const float value : values)
        bits.push_back(std::bit_cast<std::int32_t>(value) & 0x7FFFFFFF);
    return bits;
}

Hashes hashes_of(std::span<const float> values, std::size_t piece = 1 << 20) {
    Hashes hashes;
    LandmarkFinder finder([&](const Landmarks& found) { hashes.push_back(found.hash); });
    const auto bits = magnitudes(values);
    for (std::size_t at = 0; at < bits.size(); at += piece)
        finder.push(std::span(bits).subspan(at, std::min(piece, bits.size() - at)));
    finder.finish();
    return hashes;
}

double found_in(Hashes asked, Hashes others) {
    std::ranges::sort(asked);
    std::ranges::sort(others);
    Hashes common;
    std::ranges::set_intersection(asked, others, std::back_inserter(common));
    return static_cast<double>(common.size()) / static_cast<double>(asked.size());
}

constexpr std::size_t kCount = 200'000;

std::vector<float> changed(std::vector<float> values, const std::function<float(float)>& change) {
    std::ranges::transform(values, values.begin(), change);
    return values;
}

class LandmarkFinderTest : public ::testing::Test {
  protected:
    const std::vector<float> values_ = testing::weights(1, kCount);
    const Hashes hashes_ = hashes_of(values_);
};

TEST_F(LandmarkFinderTest, FindsOneInTwiceItsReach) {
    EXPECT_NEAR(static_cast<double>(hashes_.size()), kCount / (2.0 * kReach + 1), kCount / 1000.0);
}

TEST_F(LandmarkFinderTest, FindsTheSameWhereverTheNumbersAreCut) {
    const std::span middle = std::span(values_).subspan(70'001, 60'000);
    EXPECT_EQ(found_in(hashes_of(middle), hashes_), 1);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{63}, std::size_t{4096}, std::size_t{5000}})
        EXPECT_EQ(hashes_of(values_, piece), hashes_) << piece;
}

TEST_F(LandmarkFinderTest, FindsMostOfThemInWhatWasRoundedOrScaled) {
    const auto bfloat = changed(values_, [](float value) {
        return std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + 0x8000) & 0xFFFF0000);
    });
    EXPECT_GT(found_in(hashes_of(bfloat), hashes_), 0.7);
    const auto in_int8 =
        changed(values_, [](float value) { return std::round(value / 0.08F * 127) * 0.08F / 127; });
    EXPECT_GT(found_in(hashes_of(in_int8), hashes_), 0.4);
    EXPECT_EQ(found_in(hashes_of(changed(values_, [](float value) { return value * -4; })), hashes_), 1);
}

TEST_F(LandmarkFinderTest, FindsThemWhereOthersWereSetToZero) {
    const auto pruned = changed(values_, [](float value) { return std::abs(value) < 0.02F ? 0 : value; });
    EXPECT_EQ(found_in(hashes_of(pruned), hashes_), 1);
}

TEST_F(LandmarkFinderTest, FindsNoneInOtherNumbers) {
    EXPECT_EQ(found_in(hashes_of(testing::weights(2, kCount)), hashes_), 0);
}

TEST(LandmarkFinder, FindsNoneInWhatAFormulaMade) {
    std::vector<float> ramp, wave, comb;
    for (int i = 0; i < 100'000; ++i) {
        ramp.push_back(static_cast<float>(i) * 0.001F);
        wave.push_back(std::sin(static_cast<float>(i) * 0.03F));
        comb.push_back(i % 150 == 0 ? 1.0F : 0.1F);
    }
    EXPECT_TRUE(hashes_of(ramp).empty());
    EXPECT_TRUE(hashes_of(std::vector<float>(100'000, 0.5F)).empty());
    EXPECT_TRUE(hashes_of(std::vector<float>(100'000, 0.0F)).empty());
    EXPECT_TRUE(hashes_of(comb).empty());
    Hashes of_wave = hashes_of(wave);
    std::ranges::sort(of_wave);
    of_wave.erase(std::ranges::unique(of_wave).begin(), of_wave.end());
    EXPECT_LT(of_wave.size(), 16U) << "the same few over and over";
}

// Of two that are equally great nobody knows which it was before they were rounded.
TEST(LandmarkFinder, TakesNoneOfTwoThatAreEquallyGreatAndNear) {
    const auto with_another = [](std::size_t behind) {
        std::vector<float> values(2 * kReach, 0.001F);
        for (std::size_t i = 0; i < 12; ++i) {
            std::vector<float> part(300 + 7 * i, 0.001F);
            part.front() = part[behind] = 1;
            values.insert(values.end(), part.begin(), part.end());
        }
        values.insert(values.end(), 2 * kReach, 0.001F);
        return hashes_of(values).size();
    };
    EXPECT_EQ(with_another(0), 6U);
    EXPECT_EQ(with_another(kReach), 0U);
    EXPECT_EQ(with_another(kReach + 1), 18U);
}

TEST(LandmarkFinder, DoesNotJoinWhatIsFarApart) {
    // Seven landmarks with all different distances; between the fourth and the fifth as many zeros as given.
    const auto with_gap = [](std::size_t gap) {
        std::vector<float> values(2 * kReach, 0.001F);
        for (int i = 0; i < 7; ++i) {
            values.push_back(1);
            values.insert(values.end(), i == 3 ? gap : static_cast<std::size_t>(100 + 7 * i), 0.001F);
        }
        values.insert(values.end(), 2 * kReach, 0.001F);
        return hashes_of(values).size();
    };
    EXPECT_EQ(with_gap(kMostSpan - 1), 1U);
    EXPECT_EQ(with_gap(kMostSpan), 0U);
}

TEST(LandmarkFinder, BeginsAfresh) {
    const auto values = testing::weights(1, 2'000);
    const auto bits = magnitudes(values);
    Hashes hashes;
    LandmarkFinder finder([&](const Landmarks& found) { hashes.push_back(found.hash); });
    for (int time = 0; time < 2; ++time) {
        finder.push(bits);
        finder.finish();
    }
    Hashes once = hashes_of(values), twice = once;
    twice.insert(twice.end(), once.begin(), once.end());
    EXPECT_EQ(hashes, twice);
}

}  // namespace
}  // namespace modelward::fingerprint
