// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/lineage.h"

#include <gtest/gtest.h>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

Sketch random_sketch(std::uint64_t seed) {
    return {splitmix64(seed, 0), splitmix64(seed, 1), splitmix64(seed, 2), splitmix64(seed, 3)};
}

// With the bits `first` to `first + count - 1` turned.
Sketch turned(Sketch sketch, unsigned first, unsigned count) {
    for (unsigned bit = first; bit < first + count; ++bit)
        sketch[bit / 64] ^= std::uint64_t{1} << bit % 64;
    return sketch;
}

TEST(Lineage, TellsTheRegisteredModelFromItsBase) {
    Lineage ours, base;
    for (std::uint64_t tensor = 0; tensor < 10; ++tensor) {
        const Sketch public_one = random_sketch(tensor), tuned = turned(public_one, 0, 12);
        ours.add(turned(tuned, 10, 7), tuned, public_one);  // 2 of 12 lost, and 5 elsewhere
        base.add(turned(public_one, 10, 7), tuned, public_one);
    }
    EXPECT_EQ(ours.bits(), 120U);
    EXPECT_NEAR(ours.score(), (100 - 60) / 5.477, 0.01);
    EXPECT_TRUE(ours.is_ours());
    EXPECT_NEAR(base.score(), -ours.score(), 1e-9);
}

TEST(Lineage, DoesNotAccuseAnotherFineTuneOfTheBase) {
    Lineage lineage;
    for (std::uint64_t tensor = 0; tensor < 100; ++tensor) {
        const Sketch base = random_sketch(tensor);
        lineage.add(turned(base, 6, 12), turned(base, 0, 12), base);  // half of the bits by chance
    }
    EXPECT_LT(lineage.score(), 1);
}

TEST(Lineage, NeedsMoreThanAFewBits) {
    Lineage few, enough;
    const Sketch base = random_sketch(1);
    few.add(turned(base, 0, 24), turned(base, 0, 24), base);
    EXPECT_FALSE(few.is_ours());
    enough.add(turned(base, 0, 25), turned(base, 0, 25), base);
    EXPECT_TRUE(enough.is_ours());
}

TEST(Lineage, SaysNothingOfEqualModels) {
    Lineage lineage;
    lineage.add(random_sketch(1), random_sketch(2), random_sketch(2));
    EXPECT_EQ(lineage.score(), 0);
    EXPECT_FALSE(lineage.is_ours());
    EXPECT_EQ(Lineage().score(), 0);
}

}  // namespace
}  // namespace modelward::fingerprint
