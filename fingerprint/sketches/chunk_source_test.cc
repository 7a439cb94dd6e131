// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/chunk_source.h"

#include <gtest/gtest.h>

#include "fingerprint/match/counting_source.h"
#include "fingerprint/readers/element_layout.h"
#include "fingerprint/rows/read_vectors.h"
#include "fingerprint/sketches/elements.h"
#include "fingerprint/sketches/samples.h"
#include "fingerprint/testing/hdf5_chunks.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::Hdf5Counts;

// A tensor of 32-bit floats in chunks behind each other, 100 bytes into the file, and the same in one piece.
struct Chunked {
    Chunked(const Hdf5Counts& shape, const Hdf5Counts& chunk, bool is_deflated = false) {
        std::uint64_t elements = 1;
        for (const std::uint64_t extent : shape)
            elements *= extent;
        data = testing::encode_f32(testing::weights(1, elements));
        stored.chunk_shape = chunk;
        stored.decoded = std::make_shared<DecodedBytes>(std::uint64_t{1} << 30);
        if (is_deflated) stored.filters = {{ChunkFilter::Kind::kDeflate}};
        for (const auto& cut : testing::cut_into_chunks(shape, chunk, data)) {
            stored.chunk_bytes = cut.bytes.size();
            const Bytes bytes = is_deflated ? testing::filtered(testing::kHdf5Deflate, cut.bytes) : cut.bytes;
            stored.chunks.emplace_back(file.size() - 100, static_cast<std::uint32_t>(bytes.size()), 0);
            testing::append(file, bytes);
        }
        plain = {"w", DType::kF32, shape, elements, 0, data.size()};
        tensor = {"w", DType::kF32, shape, elements, 100, 0};
        tensor.layout = element_layout(stored);
    }

    Bytes data;
    Bytes file = Bytes(100);
    ChunkedData stored;
    Tensor plain, tensor;
};

TEST(ChunkSource, HasAnyBytesOfTheTensor) {
    const Chunked it({7, 5, 3}, {3, 2, 3});
    const MemorySource file(it.file);
    const ChunkSource chunks(file, it.tensor);
    EXPECT_EQ(chunks.tensor().bytes, it.data.size());
    for (std::uint64_t at = 0; at < it.data.size(); at += 13) {
        for (const std::uint64_t count : {std::uint64_t{1}, std::uint64_t{50}, it.data.size() - at}) {
            if (count > it.data.size() - at) continue;
            Bytes bytes(count);
            ASSERT_TRUE(chunks.read(at, bytes).has_value());
            ASSERT_TRUE(
                std::equal(bytes.begin(), bytes.end(), it.data.begin() + static_cast<std::ptrdiff_t>(at)));
        }
    }
    Bytes beyond(2);
    EXPECT_FALSE(chunks.read(it.data.size() - 1, beyond).has_value());
}

TEST(ChunkSource, ReadsEachChunkOnceInTheOrderOfStorage) {
    const Chunked it({300, 400}, {50, 70}, true);
    const MemorySource file(it.file);
    const CountingSource counted(file);
    const ChunkSource chunks(counted, it.tensor);
    Bytes row(1600);
    for (std::uint64_t at = 0; at < it.data.size(); at += row.size())
        ASSERT_TRUE(chunks.read(at, row).has_value());
    EXPECT_EQ(counted.bytes_read(), it.file.size() - 100);
}

TEST(ChunkSource, HoldsNoMoreThanItMay) {
    // A row runs through 33 chunks of 512 KiB: one more than are held with what each takes besides.
    const Chunked it({1024, 128 * 33}, {1024, 128}, true);
    const MemorySource file(it.file);
    const CountingSource counted(file);
    const ChunkSource chunks(counted, it.tensor);
    EXPECT_TRUE(chunks.holds_rows(128 * 31));
    EXPECT_FALSE(chunks.holds_rows(128 * 33));
    Bytes row(128 * 33 * 4);
    ASSERT_TRUE(chunks.read(0, row).has_value());
    const std::uint64_t once = counted.bytes_read();
    ASSERT_TRUE(chunks.read(0, row).has_value());
    EXPECT_EQ(counted.bytes_read(), 2 * once);
    const auto columns =
        sketch_vectors(file, it.tensor, {1024, 128 * 33}, Axis::kColumns, std::vector<std::uint64_t>{0});
    EXPECT_TRUE(columns.value().empty()) << "each row would decode all chunks";
}

TEST(ChunkSource, EndsWhereTheFileHasDecodedEnough) {
    const Chunked it({40, 64}, {10, 64}, true);
    const MemorySource file(it.file);
    it.stored.decoded->most = 2 * (10 * 64 * 4 + 1024);
    Bytes bytes(it.data.size());
    {
        const ChunkSource chunks(file, it.tensor);
        EXPECT_TRUE(chunks.read(0, std::span(bytes).first(bytes.size() / 2)).has_value());
    }
    const ChunkSource again(file, it.tensor);
    const auto done = again.read(0, bytes);
    ASSERT_FALSE(done.has_value()) << "the count is the file's";
    EXPECT_EQ(done.error().code(), ErrorCode::kLimit);
}

TEST(ChunkSource, SaysThatAChunkIsBroken) {
    Chunked it({40, 64}, {10, 64}, true);
    it.file[100] ^= 0xFF;
    const MemorySource file(it.file);
    const ChunkSource chunks(file, it.tensor);
    Bytes bytes(4);
    const auto done = chunks.read(0, bytes);
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code(), ErrorCode::kInvalid);
    EXPECT_TRUE(chunks.read(it.data.size() - 4, bytes).has_value()) << "another one is not";
    it.stored.decoded->done = it.stored.decoded->most;
    EXPECT_TRUE(chunks.read(it.data.size() - 4, bytes).has_value()) << "it is held";
}

TEST(ChunkSource, OfChunksThatDecodeToAnotherSizeIsRefused) {
    Chunked it({40, 64}, {10, 64}, true);
    for (const std::size_t rows : {9U, 11U, 30U}) {
        const Bytes packed = testing::filtered(testing::kHdf5Deflate, Bytes(rows * 64 * 4));
        std::ranges::copy(packed, it.file.begin() + 100);
        const MemorySource file(it.file);
        const ChunkSource chunks(file, it.tensor);
        Bytes bytes(4);
        const auto done = chunks.read(0, bytes);
        ASSERT_FALSE(done.has_value()) << rows;
        EXPECT_EQ(done.error().code(), ErrorCode::kInvalid);
    }
}

TEST(ChunkSource, GivesTheSketchesOfTheSameTensorInOnePiece) {
    const Chunked it({300, 400}, {64, 70}, true);
    const MemorySource file(it.file);
    const MemorySource data(it.data);
    EXPECT_EQ(read_samples(file, it.tensor).value(), read_samples(data, it.plain).value());
    for (const Axis axis : {Axis::kRows, Axis::kColumns}) {
        const auto chosen = spread(300, 64, 0);
        EXPECT_EQ(sketch_vectors(file, it.tensor, {300, 400}, axis, chosen).value(),
                  sketch_vectors(data, it.plain, {300, 400}, axis, chosen).value());
    }
    std::vector<float> some(50), same(50);
    EXPECT_TRUE(read_elements(file, it.tensor, 12'345, some).has_value());
    EXPECT_TRUE(read_elements(data, it.plain, 12'345, same).has_value());
    EXPECT_EQ(some, same);
}

TEST(ChunkSource, ReadsALargeChunkThatIsNotFilteredInPlace) {
    const Chunked it({4097, 1025}, {4097, 1025});
    ASSERT_GT(it.stored.chunk_bytes, kMaxChunkBytes);
    const MemorySource file(it.file);
    const CountingSource counted(file);
    EXPECT_EQ(read_samples(counted, it.tensor).value(),
              read_samples(MemorySource(it.data), it.plain).value());
    EXPECT_LT(counted.bytes_read(), 20'000U);
}

}  // namespace
}  // namespace modelward::fingerprint
