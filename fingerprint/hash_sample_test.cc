// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/hash_sample.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

HashSample sample_of(std::uint64_t first, std::uint64_t end) {
    HashSampler sampler;
    for (std::uint64_t i = first; i < end; ++i)
        sampler.add(splitmix64(1, i));
    return sampler.take();
}

TEST(HashSample, KeepsEachHashOnceWhateverTheirOrder) {
    HashSampler sampler;
    for (const std::uint64_t hash : {7, 3, 7, 5, 3})
        sampler.add(hash);
    EXPECT_EQ(sampler.take(), (HashSample{0, {3, 5, 7}}));
}

TEST(HashSample, KeepsTheSameOfManyAndOfSome) {
    constexpr std::uint64_t kMany = 300'000;
    const HashSample many = sample_of(0, kMany);
    EXPECT_EQ(many.scale, 3U);
    EXPECT_NEAR(static_cast<double>(many.hashes.size()), kMany / 8.0, kMany / 80.0);
    // Of some, those that the sample of all can hold are in it, and no others.
    for (const std::uint64_t hash : sample_of(1000, 2000).hashes)
        EXPECT_EQ(std::ranges::binary_search(many.hashes, hash), hash >> (64 - many.scale) == 0);
}

TEST(HashSample, HoldsNoMoreThanItMay) {
    EXPECT_EQ(sample_of(0, kMostSampledHashes).scale, 0U);
    EXPECT_EQ(sample_of(0, kMostSampledHashes).hashes.size(), kMostSampledHashes);
    EXPECT_EQ(sample_of(0, kMostSampledHashes + 1).scale, 1U);
    for (std::uint64_t count = 60'000; count < 1'000'000; count += 94'321)
        EXPECT_LE(sample_of(0, count).hashes.size(), kMostSampledHashes);
}

TEST(HashSample, HoldsNoMoreOfHashesThatSomebodyChose) {
    HashSampler sampler;
    for (std::uint64_t hash = 0; hash < 3 * kMostSampledHashes; ++hash)
        sampler.add(hash);
    const HashSample sample = sampler.take();
    EXPECT_EQ(sample.scale, kMostSampleScale);
    EXPECT_EQ(sample.hashes.size(), kMostSampledHashes);
}

TEST(HashSample, IsAsNewAfterItWasTaken) {
    HashSampler sampler;
    for (std::uint64_t i = 0; i < 200'000; ++i)
        sampler.add(splitmix64(1, i));
    EXPECT_GT(sampler.take().scale, 0U);
    sampler.add(~std::uint64_t{0});
    EXPECT_EQ(sampler.take(), (HashSample{0, {~std::uint64_t{0}}}));
}

}  // namespace
}  // namespace modelward::fingerprint
