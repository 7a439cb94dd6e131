// SPDX-License-Identifier: Apache-2.0
// Datasets in chunks: what their elements are, whichever way the chunks are stored and found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/sketches/chunk_source.h"
#include "fingerprint/testing/hdf5_chunks.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::append;
using testing::append_number;
using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_defect;
using testing::Hdf5Chunk;
using testing::Hdf5Counts;
using testing::Hdf5Part;
using testing::Hdf5Writer;
using ::testing::IsEmpty;
using testing::names;
using Filters = std::vector<std::uint16_t>;

constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

TensorTable read(const Bytes& file) {
    return testing::table_of(kHdf5Reader, file);
}

Bytes noise(const Hdf5Counts& shape) {
    std::uint64_t bytes = 4;
    for (const std::uint64_t extent : shape)
        bytes *= extent;
    return testing::noise_bytes(1, bytes);
}

// The only tensor of the file has these bytes.
void expect_elements(const Bytes& file, const Bytes& data) {
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    ASSERT_EQ(table.tensors.size(), 1U);
    ASSERT_NE(table.tensors[0].chunked(), nullptr);
    EXPECT_EQ(table.tensors[0].elements, data.size() / 4);
    EXPECT_EQ(table.data_start, table.tensors[0].offset);
    const MemorySource source(file);
    const ChunkSource chunks(source, table.tensors[0]);
    ASSERT_EQ(chunks.size(), data.size());
    Bytes elements(data.size());
    const auto done = chunks.read(0, elements);
    ASSERT_TRUE(done.has_value()) << done.error().message();
    EXPECT_TRUE(elements == data);
}

Bytes file_of(const Hdf5Counts& shape, const Hdf5Counts& chunk, const Filters& filters, const Bytes& data) {
    Hdf5Writer file(0);
    return file.finish(file.group({{"w", testing::add_chunked(file, shape, chunk, filters, data)}}));
}

TEST(ChunkedDataset, HasItsElementsInOrderWhateverTheShapesAre) {
    const std::pair<Hdf5Counts, Hdf5Counts> cases[] = {
        {{10}, {3}},       {{7, 5}, {3, 2}},       {{6, 4}, {3, 2}},       {{6, 4}, {2, 4}},
        {{6, 4}, {6, 1}},  {{3, 4, 5}, {2, 3, 5}}, {{3, 4, 5}, {1, 4, 2}}, {{3, 2, 4, 3}, {2, 2, 3, 3}},
        {{5, 3}, {8, 16}},
    };
    for (const auto& [shape, chunk] : cases) {
        SCOPED_TRACE(::testing::PrintToString(shape) + ::testing::PrintToString(chunk));
        expect_elements(file_of(shape, chunk, {}, noise(shape)), noise(shape));
    }
}

TEST(ChunkedDataset, HasItsElementsThroughAnyRowOfFilters) {
    using testing::kHdf5Deflate, testing::kHdf5Fletcher32, testing::kHdf5Lzf, testing::kHdf5Shuffle;
    for (const Filters& filters :
         {Filters{kHdf5Deflate}, Filters{kHdf5Shuffle}, Filters{kHdf5Fletcher32}, Filters{kHdf5Lzf},
          Filters{kHdf5Shuffle, kHdf5Deflate}, Filters{kHdf5Shuffle, kHdf5Lzf},
          Filters{kHdf5Shuffle, kHdf5Deflate, kHdf5Fletcher32},
          Filters{kHdf5Fletcher32, kHdf5Shuffle, kHdf5Deflate, kHdf5Deflate}}) {
        SCOPED_TRACE(::testing::PrintToString(filters));
        expect_elements(file_of({7, 5}, {3, 2}, filters, noise({7, 5})), noise({7, 5}));
    }
}

TEST(ChunkedDataset, NamesItsFiltersInTwoVersions) {
    const Bytes data = noise({4, 4});
    for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}}) {
        Hdf5Writer file(0);
        auto chunks = testing::cut_into_chunks({4, 4}, {2, 4}, data);
        for (Hdf5Chunk& chunk : chunks)
            chunk.bytes =
                testing::filtered(testing::kHdf5Lzf, testing::filtered(testing::kHdf5Shuffle, chunk.bytes));
        const auto tree = testing::add_chunk_tree(file, chunks, {2, 4});
        const auto dataset = file.header(
            {testing::hdf5_dataspace({4, 4}), testing::hdf5_float(4), testing::hdf5_chunked(tree, {2, 4}),
             testing::hdf5_filters({testing::kHdf5Shuffle, testing::kHdf5Lzf}, version)});
        expect_elements(file.finish(file.group({{"w", dataset}})), data);
    }
}

TEST(ChunkedDataset, WhoseChunkSkipsAFilterIsReadWithoutIt) {
    const Bytes data = noise({4, 4});
    auto chunks = testing::cut_into_chunks({4, 4}, {2, 4}, data);
    chunks[0].bytes = testing::filtered(testing::kHdf5Shuffle, chunks[0].bytes);
    chunks[0].skipped = 2;  // the second filter
    chunks[1].skipped = 3;
    Hdf5Writer file(0);
    const auto tree = testing::add_chunk_tree(file, chunks, {2, 4});
    const auto dataset = file.header({testing::hdf5_dataspace({4, 4}), testing::hdf5_float(4),
                                      testing::hdf5_chunked(tree, {2, 4}),
                                      testing::hdf5_filters({testing::kHdf5Shuffle, testing::kHdf5Deflate})});
    expect_elements(file.finish(file.group({{"w", dataset}})), data);
}

TEST(ChunkedDataset, IsZeroWhereNoChunkWasWritten) {
    Bytes data = noise({4, 4});
    auto chunks = testing::cut_into_chunks({4, 4}, {2, 4}, data);
    std::fill_n(data.begin(), 32, std::uint8_t{0});
    Hdf5Writer file(0);
    const auto tree = testing::add_chunk_tree(file, {chunks[1]}, {2, 4});
    const auto dataset = file.header(
        {testing::hdf5_dataspace({4, 4}), testing::hdf5_float(4), testing::hdf5_chunked(tree, {2, 4})});
    expect_elements(file.finish(file.group({{"w", dataset}})), data);
}

TEST(ChunkedDataset, OfWhichNothingWasWrittenIsLeftOut) {
    for (const bool has_tree : {false, true}) {
        Hdf5Writer file(0);
        const auto tree = has_tree ? testing::add_chunk_tree(file, {}, {2, 4}) : kNowhere;
        const auto dataset = file.header(
            {testing::hdf5_dataspace({4, 4}), testing::hdf5_float(4), testing::hdf5_chunked(tree, {2, 4})});
        const TensorTable table = read(file.finish(file.group({{"w", dataset}})));
        EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
        EXPECT_THAT(names(table), IsEmpty());
    }
}

TEST(ChunkedDataset, WithAFilterThatIsNotReadNamesIt) {
    const auto note = [](std::uint16_t filter, const std::string& because) {
        const TensorTable table = read(file_of({4, 4}, {2, 4}, {filter}, noise({4, 4})));
        expect_defect(table, ErrorCode::kUnsupported, because);
        EXPECT_THAT(names(table), IsEmpty());
    };
    note(4, "filter 4 (szip)");
    note(32015, "filter 32015 (zstd)");
    note(999, "filter 999 (at byte");
}

// A file of version 4 with two chunks of [2, 4], which the index that `add` adds leads to.
class IndexedChunks {
  public:
    explicit IndexedChunks(const Filters& filters = {}) : filters_(filters) {
        for (Hdf5Chunk& chunk : testing::cut_into_chunks({4, 4}, {2, 4}, data)) {
            for (const std::uint16_t filter : filters)
                chunk.bytes = testing::filtered(filter, chunk.bytes);
            chunks.push_back(chunk);
            positions.push_back(file.add(chunk.bytes));
        }
    }

    // An array's element, or the front of a record of a B-tree.
    Bytes element(std::size_t chunk) const {
        Bytes bytes;
        append_number(bytes, positions[chunk]);
        if (filters_.empty()) return bytes;
        append_number(bytes, static_cast<std::uint16_t>(chunks[chunk].bytes.size()));
        append(bytes, Bytes(4));
        return bytes;
    }
    std::uint8_t element_bytes() const { return static_cast<std::uint8_t>(element(0).size()); }
    std::uint8_t client() const { return filters_.empty() ? 0 : 1; }

    Bytes finish(std::uint8_t index, const Bytes& details, std::uint64_t address, const Hdf5Counts& chunk,
                 std::uint8_t flags = 0) {
        std::vector<Hdf5Part> parts{testing::hdf5_dataspace({4, 4}, 2), testing::hdf5_float(4),
                                    testing::hdf5_indexed(index, details, address, chunk, flags)};
        if (!filters_.empty()) parts.push_back(testing::hdf5_filters(filters_, 2));
        return file.finish(file.group({{"w", file.header(parts)}}));
    }

    Bytes data = noise({4, 4});
    Hdf5Writer file{2};
    std::vector<Hdf5Chunk> chunks;
    std::vector<std::uint64_t> positions;

  private:
    Filters filters_;
};

const Filters kNone;
const Filters kShuffleDeflate = {testing::kHdf5Shuffle, testing::kHdf5Deflate};

TEST(ChunkedDataset, OfASingleChunkNeedsNoIndex) {
    IndexedChunks plain;
    const auto at = plain.file.add(plain.data);
    expect_elements(plain.finish(1, {}, at, {4, 4}), plain.data);
    IndexedChunks packed(kShuffleDeflate);
    Bytes stored = testing::filtered(testing::kHdf5Shuffle, packed.data);
    stored = testing::filtered(testing::kHdf5Deflate, stored);
    Bytes details;
    append_number(details, std::uint64_t{stored.size()});
    append_number(details, std::uint32_t{0});
    const auto packed_at = packed.file.add(stored);
    expect_elements(packed.finish(1, details, packed_at, {4, 4}, 2), packed.data);
}

TEST(ChunkedDataset, OfAnImplicitIndexHasChunksBehindEachOther) {
    IndexedChunks file;
    expect_elements(file.finish(2, {}, file.positions[0], {2, 4}), file.data);
}

TEST(ChunkedDataset, IsFoundByAFixedArrayInOnePieceOrInPages) {
    for (const Filters& filters : {kNone, kShuffleDeflate}) {
        for (const bool has_pages : {false, true}) {
            IndexedChunks file(filters);
            Bytes block{'F', 'A', 'D', 'B', 0, file.client()};
            append(block, Bytes(8));
            if (has_pages) append(block, Bytes{0xC0, 0, 0, 0, 0});  // both pages were written; a checksum
            append(block, file.element(0));
            if (has_pages) append(block, Bytes(4));
            append(block, file.element(1));
            const auto block_at = file.file.add(block);
            Bytes header{'F', 'A', 'H', 'D', 0, file.client(), file.element_bytes()};
            header.push_back(has_pages ? 0 : 10);
            append_number(header, std::uint64_t{2});
            append_number(header, block_at);
            append(header, Bytes(4));
            expect_elements(file.finish(3, {10}, file.file.add(header), {2, 4}), file.data);
        }
    }
}

TEST(ChunkedDataset, IsFoundByAnExtensibleArray) {
    for (const Filters& filters : {kNone, kShuffleDeflate}) {
        IndexedChunks file(filters);
        Bytes block{'E', 'A', 'D', 'B', 0, file.client()};
        append(block, Bytes(8 + 1));
        append(block, file.element(1));
        const auto block_at = file.file.add(block);
        Bytes index{'E', 'A', 'I', 'B', 0, file.client()};
        append(index, Bytes(8));
        append(index, file.element(0));
        append_number(index, block_at);
        append(index, Bytes(64, 0xFF));
        const auto index_at = file.file.add(index);
        // One element in the index, then data blocks of one element.
        Bytes header{'E', 'A', 'H', 'D', 0, file.client(), file.element_bytes(), 8, 1, 1, 2, 4};
        append(header, Bytes(48));
        append_number(header, index_at);
        expect_elements(file.finish(4, {8, 1, 1, 2, 4}, file.file.add(header), {2, 4}), file.data);
    }
}

TEST(ChunkedDataset, IsFoundByABtreeOfVersion2) {
    for (const Filters& filters : {kNone, kShuffleDeflate}) {
        IndexedChunks file(filters);
        Bytes leaf{'B', 'T', 'L', 'F', 0, 0};
        std::size_t record = 0;
        for (const std::size_t chunk : {1U, 0U}) {
            const std::size_t before = leaf.size();
            append(leaf, file.element(chunk));
            append_number(leaf, std::uint64_t{chunk});
            append_number(leaf, std::uint64_t{0});
            record = leaf.size() - before;
        }
        leaf.resize(512);
        const auto leaf_at = file.file.add(leaf);
        Bytes header{'B', 'T', 'H', 'D', 0, static_cast<std::uint8_t>(filters.empty() ? 10 : 11)};
        append_number(header, std::uint32_t{512});
        append_number(header, static_cast<std::uint16_t>(record));
        append(header, Bytes(4));
        append_number(header, leaf_at);
        append_number(header, std::uint16_t{2});
        expect_elements(file.finish(5, Bytes(6), file.file.add(header), {2, 4}), file.data);
    }
}

TEST(ChunkedDataset, MayLeaveTheChunksAtItsEdgeUnfiltered) {
    const Bytes data = noise({3, 4});
    auto chunks = testing::cut_into_chunks({3, 4}, {2, 4}, data);
    chunks[0].bytes = testing::filtered(testing::kHdf5Deflate, chunks[0].bytes);
    Hdf5Writer file(2);
    Bytes block{'F', 'A', 'D', 'B', 0, 1};
    append(block, Bytes(8));
    for (const Hdf5Chunk& chunk : chunks) {
        append_number(block, file.add(chunk.bytes));
        append_number(block, static_cast<std::uint16_t>(chunk.bytes.size()));
        append(block, Bytes(4));
    }
    const auto block_at = file.add(block);
    Bytes header{'F', 'A', 'H', 'D', 0, 1, 14, 10};
    append_number(header, std::uint64_t{2});
    append_number(header, block_at);
    const auto header_at = file.add(header);
    const auto dataset =
        file.header({testing::hdf5_dataspace({3, 4}, 2), testing::hdf5_float(4),
                     testing::hdf5_indexed(3, {10}, header_at, {2, 4}, 1), testing::hdf5_filters({1}, 2)});
    expect_elements(file.finish(file.group({{"w", dataset}})), data);
}

}  // namespace
}  // namespace modelward::fingerprint
