// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/directions.h"

#include <gtest/gtest.h>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {

struct DirectionsForTest {
    static constexpr std::size_t kBits = 256, kComponents = 512;
    using Tested = Directions<kBits, kComponents>;
    using Sums = Tested::Sums;

    explicit DirectionsForTest(std::uint64_t of_seed) : seed(of_seed), directions(of_seed) {}

    // As the definition says, one direction after the other.
    float sum(std::span<const float> values, std::size_t direction) const {
        float sum = 0;
        for (std::size_t s = 0; s < values.size(); ++s)
            sum +=
                values[s] * static_cast<float>(std::popcount(splitmix64(seed, s * kBits + direction)) - 32);
        return sum;
    }
    static float lane(const Sums& sums, std::size_t direction) {
        return sums[direction / Tested::kLanes][direction % Tested::kLanes];
    }
    const float* components(std::size_t first) const {
        return directions.matrix_.data() + first * kComponents;
    }
    Sums narrow(std::span<const float> values, std::size_t first) const {
        Sums sums;
        Tested::add_up(values, components(first), sums);
        return sums;
    }
#ifdef __x86_64__
    Sums wide(std::span<const float> values, std::size_t first) const {
        Sums sums;
        Tested::add_up_wide(values, components(first), sums);
        return sums;
    }
#endif
    static constexpr std::size_t kTogether = Tested::kTogether;

    std::uint64_t seed;
    Tested directions;
};

namespace {

std::vector<float> values_of(std::uint64_t seed, std::size_t count) {
    std::vector<float> values = testing::weights(seed, count);
    normalise(values);
    return values;
}

// Sketches are compared bit by bit with those that other builds and machines made.
TEST(Directions, EverySumIsTheDefinitionsToTheLastBit) {
    const DirectionsForTest tested(7);
    for (const std::size_t count : {0U, 1U, 7U, 511U, 512U}) {
        const std::vector<float> values = values_of(count, count);
        for (std::size_t first = 0; first < DirectionsForTest::kBits; first += DirectionsForTest::kTogether) {
            const auto narrow = tested.narrow(values, first);
            for (std::size_t d = 0; d < DirectionsForTest::kTogether; ++d)
                ASSERT_EQ(DirectionsForTest::lane(narrow, d), tested.sum(values, first + d)) << count;
        }
    }
}

#ifdef __x86_64__
TEST(Directions, WideRegistersGiveTheSameSums) {
    if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this processor has none";
    const DirectionsForTest tested(7);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::vector<float> values = values_of(seed, DirectionsForTest::kComponents);
        for (std::size_t first = 0; first < DirectionsForTest::kBits; first += DirectionsForTest::kTogether)
            ASSERT_EQ(tested.wide(values, first), tested.narrow(values, first)) << seed;
    }
}
#endif

TEST(Directions, ABitIsTheSignOfItsSum) {
    const DirectionsForTest tested(7);
    const std::vector<float> values = values_of(1, DirectionsForTest::kComponents);
    const auto bits = tested.directions.signs(values);
    for (std::size_t d = 0; d < DirectionsForTest::kBits; ++d)
        EXPECT_EQ(bits[d / 64] >> d % 64 & 1, tested.sum(values, d) > 0 ? 1U : 0U) << d;
}

}  // namespace
}  // namespace modelward::fingerprint
