// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/accident.h"

#include <gtest/gtest.h>

namespace modelward::fingerprint {
namespace {

double of_sketches(int count, double distance, double compared = 1) {
    Accident accident;
    for (int i = 0; i < count; ++i)
        accident.add_sketch(256, distance, compared);
    return accident.probability();
}

TEST(Accident, OfNothingIsCertain) {
    EXPECT_EQ(Accident().probability(), 1.0);
}

TEST(Accident, IsAsLikelyAsNotAtHalfTheBits) {
    EXPECT_NEAR(of_sketches(1, 128), 0.5, 1e-9);
}

// (128 - 85) / 8.5 = 5.06 standard deviations: about one of five million, and the least of two million real
// pairs was 85.
TEST(Accident, AgreesWithRealTensorsOfDifferentModels) {
    EXPECT_NEAR(of_sketches(1, 85), 2.1e-7, 0.2e-7);
}

TEST(Accident, FallsWithNearnessAndWithTheNumberOfTensors) {
    EXPECT_LT(of_sketches(1, 40), of_sketches(1, 56));
    EXPECT_NEAR(of_sketches(2, 85) / (of_sketches(1, 85) * of_sketches(1, 85)), 1, 1e-6);
}

TEST(Accident, RisesWithWhatIsComparedAndIsNeverMoreThanCertain) {
    EXPECT_NEAR(of_sketches(1, 85, 1000) / of_sketches(1, 85), 1000, 1e-3);
    EXPECT_EQ(of_sketches(3, 128, 1e9), 1.0);
}

TEST(Accident, ShorterSketchesSayLess) {
    Accident rows, tensor;
    rows.add_sketch(128, 14, 1);
    tensor.add_sketch(256, 28, 1);
    EXPECT_GT(rows.probability(), tensor.probability());
}

TEST(Accident, OfChunksIsThatOfTheirHashes) {
    Accident one;
    one.add_chunks(1, 1e6);
    EXPECT_NEAR(one.probability() / (1e6 / 1.8446744e19), 1, 1e-6);
    Accident many;
    many.add_chunks(1000, 1e6);
    EXPECT_NEAR(many.probability() / 1e-300, 1, 1e-6);
}

}  // namespace
}  // namespace modelward::fingerprint
