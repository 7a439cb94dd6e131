// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/index/near_table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {
namespace {

VectorSketch random_sketch(std::uint64_t seed) {
    return {splitmix64(seed, 0), splitmix64(seed, 1)};
}

// Turns `count` different bits.
VectorSketch turned(VectorSketch sketch, int count, std::uint64_t seed) {
    VectorSketch done{};
    for (std::uint64_t n = 0; count > 0; ++n) {
        const std::uint64_t bit = splitmix64(seed, n) % kVectorBits, mask = std::uint64_t{1} << bit % 64;
        if (done[bit / 64] & mask) continue;
        done[bit / 64] |= mask;
        sketch[bit / 64] ^= mask;
        --count;
    }
    return sketch;
}

constexpr std::uint32_t kRecords = 3000;
constexpr std::uint64_t kKey = 512;
using Table = NearTable<VectorRecord>;

std::vector<VectorRecord> records(std::uint32_t count) {
    std::vector<VectorRecord> made;
    for (std::uint32_t seed = 0; seed < count; ++seed)
        made.push_back({random_sketch(seed), kKey, 0, seed});
    return made;
}

class NearTableOfMany : public ::testing::Test {
  protected:
    // How many records are looked at when `bits` of each are turned.
    std::uint64_t found(int bits, std::uint64_t key = kKey) const {
        std::uint64_t count = 0;
        for (std::uint32_t seed = 0; seed < kRecords; ++seed) {
            std::uint64_t times = 0;
            table_.find(key, turned(random_sketch(seed), bits, seed),
                        [&](const VectorRecord& record) { times += record.tensor == seed ? 1 : 0; });
            EXPECT_LE(times, 1U);
            count += times;
        }
        return count;
    }
    const std::vector<VectorRecord> records_ = records(kRecords);
    std::vector<std::uint32_t> directory_ = Table::make_directory(records_);
    Table table_{records_, directory_};
};

TEST_F(NearTableOfMany, FindsEachOnceUpToFifteenBits) {
    // Fifteen bits in eight words: one word has at most one.
    EXPECT_EQ(found(0), kRecords);
    EXPECT_EQ(found(6), kRecords);
    EXPECT_EQ(found(15), kRecords);
}

TEST_F(NearTableOfMany, FindsMostBeyond) {
    EXPECT_GT(found(18), kRecords * 95 / 100);
    EXPECT_GT(found(28), kRecords / 2);
}

TEST_F(NearTableOfMany, FindsNothingOfAnotherKey) {
    EXPECT_EQ(found(0, kKey + 1), 0U);
}

TEST_F(NearTableOfMany, LooksAtFewOthers) {
    std::uint64_t looked_at = 0;
    for (std::uint64_t seed = 0; seed < kRecords; ++seed)
        table_.find(kKey, random_sketch(kRecords + seed), [&](const VectorRecord&) { ++looked_at; });
    EXPECT_LT(looked_at, kRecords * kRecords / 20) << "one in sixty shares a word";
}

TEST_F(NearTableOfMany, SaysWhatBelongsTogether) {
    EXPECT_TRUE(Table::fits(kRecords, directory_.size()));
    EXPECT_FALSE(Table::fits(kRecords, directory_.size() - 1));
    EXPECT_FALSE(Table::fits(kRecords + 1, directory_.size()));
    EXPECT_FALSE(Table::fits(kRecords, 0));
}

// Whatever a damaged file says, nothing outside it is read (under AddressSanitizer).
TEST_F(NearTableOfMany, FollowsNoNumberOutOfTheTable) {
    for (const std::uint32_t damage : {kRecords, kRecords + 1, 0xFFFF'FFFFU}) {
        std::ranges::fill(directory_, damage);
        EXPECT_EQ(found(0), 0U);
    }
    for (std::size_t i = 0; i < directory_.size(); ++i)
        directory_[i] = static_cast<std::uint32_t>(splitmix64(7, i));
    (void)found(3);
}

TEST(NearTable, GoesThroughAFew) {
    const auto few = records(Table::kGoneThrough);
    EXPECT_TRUE(Table::make_directory(few).empty());
    EXPECT_TRUE(Table::fits(few.size(), 0));
    const Table table(few, {});
    std::uint64_t looked_at = 0;
    table.find(kKey, random_sketch(9999), [&](const VectorRecord&) { ++looked_at; });
    EXPECT_EQ(looked_at, few.size());
    table.find(kKey + 1, random_sketch(1), [](const VectorRecord&) { FAIL(); });
}

TEST(NearTable, IsEmptyAtFirst) {
    Table().find(kKey, random_sketch(1), [](const VectorRecord&) { FAIL(); });
}

}  // namespace
}  // namespace modelward::fingerprint
