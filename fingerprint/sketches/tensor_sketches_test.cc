// SPDX-License-Identifier: Apache-2.0
// What the sampled look says of files whose tensors are stored in chunks.
#include "fingerprint/sketches/tensor_sketches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/hdf5_chunks.h"
#include "fingerprint/testing/model_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::Hdf5Writer;

const Bytes kLearnt = testing::encode_f32(testing::weights(1, 4096));

// A constant matrix in four chunks, and one that was learnt.
Bytes constant_and_learnt() {
    Hdf5Writer file(0);
    const auto constant = testing::add_chunked(file, {64, 64}, {16, 64}, {}, Bytes(4 * 4096));
    const auto learnt = testing::add_chunked(file, {64, 64}, {16, 64}, {1}, kLearnt);
    return file.finish(file.group({{"constant", constant}, {"learnt", learnt}}));
}

TEST(SampledFile, ChunksOfAConstantTensorAreNoEvidence) {
    const Bytes file = constant_and_learnt();
    const SampledFile sampled = sample_file(MemorySource(file), Names::kKept).value();
    ASSERT_EQ(sampled.tensors.size(), 2U);
    EXPECT_FALSE(sampled.tensors[0].eligible);
    EXPECT_TRUE(sampled.tensors[1].eligible);
    // The metadata, and the four chunks right behind it, which follow each other.
    ASSERT_EQ(sampled.not_evidence.size(), 1U);
    EXPECT_EQ(sampled.not_evidence[0].begin, 0U);
    EXPECT_EQ(sampled.not_evidence[0].end, sampled.table[0].offset + 4 * 4096);
}

TEST(SampledFile, ATensorWhoseChunksAreBrokenIsLeftOutAndNamed) {
    Bytes file = constant_and_learnt();
    const TensorTable table = kHdf5Reader.read(MemorySource(file)).value();
    std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(table.tensors[1].offset), 100, std::uint8_t{0});
    const SampledFile sampled = sample_file(MemorySource(file), Names::kKept).value();
    ASSERT_EQ(sampled.tensors.size(), 1U);
    EXPECT_EQ(sampled.tensors[0].name, "constant");
    EXPECT_EQ(sampled.table.size(), 1U);
    EXPECT_TRUE(sampled.lacks_chunks);
    ASSERT_TRUE(sampled.defect.has_value());
    EXPECT_EQ(sampled.defect->message(), "'learnt': the deflated data of a chunk is broken");
}

TEST(SampledFile, CountsWhatChunksAreDecodedTo) {
    const SampledFile sampled = sample_file(MemorySource(constant_and_learnt()), Names::kKept).value();
    EXPECT_GE(sampled.decoded_bytes, 8U * 4096);
    EXPECT_LE(sampled.decoded_bytes, 8U * (4096 + 1024));
    EXPECT_FALSE(sampled.lacks_chunks);
}

TEST(SampledFile, HasNamesOnlyWhereTheyAreWanted) {
    const testing::Bytes file = testing::safetensors_file({{"name", "F32", {2, 2}, testing::Bytes(16)}});
    EXPECT_EQ(sample_file(MemorySource(file), Names::kKept)->tensors.at(0).name, "name");
    EXPECT_EQ(sample_file(MemorySource(file), Names::kDropped)->tensors.at(0).name, "");
}

}  // namespace
}  // namespace modelward::fingerprint
