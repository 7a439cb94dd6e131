// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/eligibility.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "fingerprint/sketches/samples.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

Tensor shaped(const std::vector<std::uint64_t>& shape, DType dtype = DType::kF32) {
    const auto extent = extent_of(dtype, shape).value();
    return {"t", dtype, shape, extent.elements, 0, extent.bytes};
}

TEST(EligibleShape, NeedsAThousandElementsInTwoDimensions) {
    EXPECT_TRUE(has_eligible_shape(shaped({32, 32})));
    EXPECT_TRUE(has_eligible_shape(shaped({64, 1, 1, 64})));
    EXPECT_FALSE(has_eligible_shape(shaped({33, 31})));
    EXPECT_FALSE(has_eligible_shape(shaped({100000})));
    EXPECT_FALSE(has_eligible_shape(shaped({1, 100000, 1})));
    EXPECT_FALSE(has_eligible_shape(shaped({})));
}

TEST(EligibleShape, NeedsATypeThatDecodes) {
    EXPECT_FALSE(has_eligible_shape(shaped({64, 64}, DType::kI64)));
    EXPECT_TRUE(has_eligible_shape(shaped({64, 256}, DType::kQ4_K)));
}

// Samples of a tensor of `rows` x 512 whose elements a formula gives.
Samples samples_of(const std::function<float(std::size_t row, std::size_t column)>& formula) {
    constexpr std::size_t kColumns = 512;
    std::vector<float> values(256 * kColumns);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = formula(i / kColumns, i % kColumns);
    const auto bytes = testing::encode_f32(values);
    return read_samples(MemorySource(bytes), shaped({256, kColumns})).value();
}

constexpr double kTurn = 2 * std::numbers::pi;

TEST(IsRegular, FindsConstantsRampsAndGrids) {
    EXPECT_TRUE(is_regular(samples_of([](auto, auto) { return 0.0F; })));
    EXPECT_TRUE(is_regular(samples_of([](auto, auto) { return -3.5F; })));
    EXPECT_TRUE(is_regular(samples_of([](auto r, auto c) { return static_cast<float>(512 * r + c); })));
    EXPECT_TRUE(is_regular(samples_of([](auto, auto c) { return static_cast<float>(c / 64); })));
    EXPECT_TRUE(is_regular(samples_of([](auto r, auto c) { return c > r ? -1e9F : 0.0F; })));
}

TEST(IsRegular, FindsFourierMatricesWithAndWithoutAWindow) {
    const auto fourier = [](std::size_t r, std::size_t c) {
        return static_cast<float>(std::cos(kTurn * static_cast<double>(r * c) / 512));
    };
    EXPECT_TRUE(is_regular(samples_of(fourier)));
    EXPECT_TRUE(is_regular(samples_of([&](auto r, auto c) {
        return fourier(r, c) * static_cast<float>(0.5 - 0.5 * std::cos(kTurn * static_cast<double>(c) / 512));
    })));
}

TEST(IsRegular, FindsFilterBanks) {
    EXPECT_TRUE(is_regular(samples_of([](std::size_t r, std::size_t c) {
        const auto distance = std::abs(static_cast<double>(c) - 2.0 * static_cast<double>(r));
        return static_cast<float>(std::max(0.0, 1 - distance / 8));
    })));
}

TEST(IsRegular, FindsNotANumberEverywhere) {
    EXPECT_TRUE(is_regular(samples_of([](auto, auto) { return std::nanf(""); })));
}

TEST(IsRegular, PassesLearntWeightsEvenWhenPruned) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        auto values = testing::weights(seed, 256 * 512);
        const auto sample = [&](std::size_t r, std::size_t c) { return values[r * 512 + c]; };
        EXPECT_FALSE(is_regular(samples_of(sample)));
        for (float& value : values)
            value = std::abs(value) < 0.0256F ? 0.0F : value;  // about 80 %
        EXPECT_FALSE(is_regular(samples_of(sample)));
    }
}

}  // namespace
}  // namespace modelward::fingerprint
