// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/record_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace modelward::fingerprint {
namespace {

Records sample_of(const std::vector<std::string>& records) {
    RecordSampler sampler;
    for (const std::string& record : records)
        sampler.add(record);
    return sampler.take();
}

std::vector<std::string> rows(int first, int end) {
    std::vector<std::string> rows;
    for (int row = first; row < end; ++row)
        rows.push_back("row number " + std::to_string(row) + " of a data set");
    return rows;
}

TEST(RecordSample, KeepsEachRecordOnceWhateverTheirOrder) {
    const Records sample = sample_of({"one record of all", "another record", "one record of all"});
    EXPECT_EQ(sample.hashes.size(), 2U);
    EXPECT_EQ(sample.scale, 0U);
    EXPECT_TRUE(std::ranges::is_sorted(sample.hashes));
    EXPECT_EQ(sample, sample_of({"another record", "one record of all"}));
}

TEST(RecordSample, LeavesOutWhatSaysNothing) {
    EXPECT_TRUE(sample_of({"", "x", "end"}).hashes.empty());
}

TEST(RecordSample, TellsEvidenceFromCommonplaces) {
    const auto says_enough = [](const char* record) { return is_evidence(sample_of({record}).hashes.at(0)); };
    EXPECT_TRUE(says_enough("the patient of bed seven was sent home"));
    EXPECT_FALSE(says_enough("hidden_size 4096"));
    EXPECT_FALSE(says_enough("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"));
    EXPECT_FALSE(says_enough("averyverylongwordthatisalloftherecord"));
}

TEST(RecordSample, KeepsTheSameOfManyAndOfSome) {
    constexpr int kMany = 300'000;
    const Records many = sample_of(rows(0, kMany));
    EXPECT_EQ(many.scale, 3U);
    EXPECT_LE(many.hashes.size(), kMostRecords);
    EXPECT_NEAR(static_cast<double>(many.hashes.size()), kMany / 8.0, kMany / 80.0);
    // Of some of the rows, those that the sample of all can hold are in it, and no others.
    for (const std::uint64_t hash : sample_of(rows(1000, 2000)).hashes)
        EXPECT_EQ(std::ranges::binary_search(many.hashes, hash), hash >> (64 - many.scale) == 0);
}

TEST(RecordSample, IsAsNewAfterItWasTaken) {
    RecordSampler sampler;
    for (const std::string& row : rows(0, 200'000))
        sampler.add(row);
    EXPECT_GT(sampler.take().scale, 0U);
    sampler.add("one record of all");
    const Records second = sampler.take();
    EXPECT_EQ(second.scale, 0U);
    EXPECT_EQ(second.hashes.size(), 1U);
}

}  // namespace
}  // namespace modelward::fingerprint
