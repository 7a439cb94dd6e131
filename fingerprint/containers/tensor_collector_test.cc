// SPDX-License-Identifier: Apache-2.0
// What is collected from a stream is what random access gives.
#include "fingerprint/containers/tensor_collector.h"

#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/small_models.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

TensorTable table_of(const Bytes& file) {
    const MemorySource source(file);
    return find_readers(source).value().front()->read(source).value();
}

SampledFile collected(const Bytes& file, std::size_t piece, std::size_t length) {
    TensorCollector collector(table_of(file));
    for (std::size_t at = 0; at < length; at += piece)
        collector.push(std::span(file).subspan(at, std::min(piece, length - at)));
    EXPECT_EQ(collector.done(), length == file.size());
    return collector.file();
}

void expect_same(const SampledFile& a, const SampledFile& b, std::size_t tensors) {
    ASSERT_EQ(a.tensors.size(), tensors);
    for (std::size_t i = 0; i < tensors; ++i) {
        EXPECT_EQ(a.tensors[i].name, b.tensors[i].name);
        EXPECT_EQ(a.tensors[i].elements, b.tensors[i].elements);
        EXPECT_EQ(a.tensors[i].eligible, b.tensors[i].eligible);
        EXPECT_EQ(a.tensors[i].sketch, b.tensors[i].sketch);
    }
}

TEST(TensorCollector, SketchesAsRandomAccessDoesHoweverTheStreamIsCut) {
    for (const Bytes& file : {testing::small_safetensors(1), testing::small_gguf_f16(1),
                              testing::small_gguf_q8_0(1), testing::small_gguf_q4_k(1)}) {
        const SampledFile expected = sample_file(MemorySource(file), Names::kKept).value();
        for (const std::size_t piece : {1U, 1000U, 65536U, 1U << 30}) {
            const SampledFile found = collected(file, piece, file.size());
            expect_same(found, expected, expected.tensors.size());
            EXPECT_EQ(found.format, expected.format);
            ASSERT_EQ(found.not_evidence.size(), expected.not_evidence.size());
            for (std::size_t i = 0; i < found.not_evidence.size(); ++i) {
                EXPECT_EQ(found.not_evidence[i].begin, expected.not_evidence[i].begin);
                EXPECT_EQ(found.not_evidence[i].end, expected.not_evidence[i].end);
            }
        }
    }
}

TEST(TensorCollector, KeepsTheTensorsThatCameBeforeTheStreamBrokeOff) {
    const Bytes file = testing::small_safetensors(1);
    const SampledFile expected = sample_file(MemorySource(file), Names::kKept).value();
    const auto third = table_of(file).tensors.at(3);
    expect_same(collected(file, 1000, third.offset + third.bytes / 2), expected, 3);
}

TEST(TensorCollector, WantsNothingOfATableWithoutEligibleTensors) {
    TensorTable table{.format = "gguf", .data_start = 100, .tensors = {}, .defect = {}};
    table.tensors.push_back({"bias", DType::kF32, {10}, 10, 100, 40});
    const TensorCollector collector(table);
    EXPECT_TRUE(collector.done());
    ASSERT_EQ(collector.file().tensors.size(), 1U);
    EXPECT_FALSE(collector.file().tensors[0].eligible);
}

// A table like this breaks its promise; the stream has passed the second one's samples.
TEST(TensorCollector, LosesOverlappingTensorsOnly) {
    const Bytes bytes = testing::noise_bytes(1, 200'000);
    TensorTable table{.format = "gguf", .data_start = 0, .tensors = {}, .defect = {}};
    table.tensors.push_back({"a", DType::kI8, {100, 1024}, 102'400, 0, 102'400});
    table.tensors.push_back({"b", DType::kI8, {100, 1024}, 102'400, 10, 102'400});
    table.tensors.push_back({"c", DType::kI8, {32, 1024}, 32'768, 150'000, 32'768});
    TensorCollector collector(table);
    for (std::size_t at = 0; at < bytes.size(); at += 1000)
        collector.push(std::span(bytes).subspan(at, 1000));
    EXPECT_TRUE(collector.done());
    ASSERT_EQ(collector.file().tensors.size(), 2U);
    EXPECT_EQ(collector.file().tensors[1].name, "c");
}

}  // namespace
}  // namespace modelward::fingerprint
