// SPDX-License-Identifier: Apache-2.0
// What broken and hostile tables of chunks cost, and what they are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/reader.h"
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

TensorTable read(const Bytes& file) {
    return testing::table_of(kHdf5Reader, file);
}

// A file with one dataset of [4, 4] in chunks of [2, 4], broken by `change`.
struct TwoChunks {
    Hdf5Writer file{0};
    std::vector<Hdf5Chunk> chunks = testing::cut_into_chunks({4, 4}, {2, 4}, Bytes(64, 7));
    std::uint64_t tree = 0;
    std::vector<Hdf5Part> more{};

    const Bytes& finish() {
        if (tree == 0) tree = testing::add_chunk_tree(file, chunks, {2, 4});
        std::vector<Hdf5Part> parts{testing::hdf5_dataspace({4, 4}), testing::hdf5_float(4),
                                    testing::hdf5_chunked(tree, {2, 4})};
        parts.insert(parts.end(), more.begin(), more.end());
        return file.finish(file.group({{"w", file.header(parts)}}));
    }
    // A number in the tree: behind the key of the first chunk is its address.
    static constexpr std::uint64_t kBytesAt = 24, kAddressAt = 24 + 8 + 3 * 8;
};

void expect_note(ErrorCode code, const std::string& because, const std::function<void(TwoChunks&)>& change) {
    TwoChunks chunks;
    change(chunks);
    const TensorTable table = read(chunks.finish());
    expect_defect(table, code, because);
    EXPECT_THAT(names(table), IsEmpty());
}

TEST(HostileChunks, OutsideOfTheFileAreRefused) {
    for (const std::uint64_t address : {std::uint64_t{1} << 20, std::uint64_t{1} << 50})
        expect_note(ErrorCode::kInvalid, "truncated: a chunk at byte", [&](TwoChunks& it) {
            it.tree = testing::add_chunk_tree(it.file, it.chunks, {2, 4});
            it.file.set(it.tree + TwoChunks::kAddressAt, address, 8);
        });
}

TEST(HostileChunks, OfASizeThatCannotBeAreRefused) {
    const auto with_bytes = [](std::uint64_t bytes, std::vector<Hdf5Part> more) {
        return [bytes, more](TwoChunks& it) {
            it.more = more;
            it.tree = testing::add_chunk_tree(it.file, it.chunks, {2, 4});
            it.file.set(it.tree + TwoChunks::kBytesAt, bytes, 4);
            it.file.add(Bytes(4096));
        };
    };
    expect_note(ErrorCode::kInvalid, "a chunk of 32 bytes cannot be stored in 31", with_bytes(31, {}));
    expect_note(ErrorCode::kInvalid, "cannot be stored in 33", with_bytes(33, {}));
    const std::vector<Hdf5Part> deflate{testing::hdf5_filters({1})};
    expect_note(ErrorCode::kInvalid, "cannot be stored in 0", with_bytes(0, deflate));
    expect_note(ErrorCode::kInvalid, "cannot be stored in 2000", with_bytes(2000, deflate));
}

TEST(HostileChunks, AreStoredInNoMoreBytesThanTheFileHas) {
    // A thousand chunks that are all the same bytes.
    Hdf5Writer file(0);
    const std::vector<Hdf5Chunk> one = testing::cut_into_chunks({64}, {64}, Bytes(256));
    const auto at = file.add(Bytes(256));
    Bytes tree{'T', 'R', 'E', 'E', 1, 0};
    append_number(tree, std::uint16_t{1000});
    append(tree, Bytes(16, 0xFF));
    for (std::uint64_t i = 0; i < 1000; ++i) {
        append_number(tree, std::uint64_t{256});
        append_number(tree, i * 64);
        append_number(tree, std::uint64_t{0});
        append_number(tree, at);
    }
    const auto tree_at = file.add(tree);
    const auto dataset = file.header(
        {testing::hdf5_dataspace({64'000}), testing::hdf5_float(4), testing::hdf5_chunked(tree_at, {64})});
    expect_defect(read(file.finish(file.group({{"w", dataset}}))), ErrorCode::kInvalid, "chunks share bytes");
}

TEST(HostileChunks, ThatAreTooLargeToBeDecodedAreRefusedUnlessTheyNeedNotBe) {
    const auto table_of = [](std::uint64_t rows, const std::vector<Hdf5Part>& more) {
        Hdf5Writer file(0);
        std::vector<Hdf5Chunk> chunk{{{0}, Bytes(100)}};
        if (more.empty()) chunk[0].bytes.resize(rows * 4);
        const auto tree = testing::add_chunk_tree(file, chunk, {rows});
        std::vector<Hdf5Part> parts{testing::hdf5_dataspace({64}), testing::hdf5_float(4),
                                    testing::hdf5_chunked(tree, {rows})};
        parts.insert(parts.end(), more.begin(), more.end());
        return read(file.finish(file.group({{"w", file.header(parts)}})));
    };
    const std::vector<Hdf5Part> deflate{testing::hdf5_filters({1})};
    const std::uint64_t most = kMaxChunkBytes / 4;
    EXPECT_THAT(names(table_of(most, deflate)), ElementsAre("w"));
    expect_defect(table_of(most + 1, deflate), ErrorCode::kLimit,
                  "a chunk of 16777220 bytes is beyond the limit of 16777216");
    EXPECT_THAT(names(table_of(most + 1, {})), ElementsAre("w"));
}

TEST(HostileChunks, AreCountedOverTheWholeFile) {
    // Each dataset says that it has as many chunks as `rows`, of which two are written.
    const auto table_of = [](std::uint64_t rows, std::size_t datasets) {
        Hdf5Writer file(0);
        testing::Hdf5Children children;
        for (std::size_t i = 0; i < datasets; ++i) {
            const auto tree =
                testing::add_chunk_tree(file, testing::cut_into_chunks({2}, {1}, Bytes(8)), {1});
            children.emplace_back(std::to_string(i),
                                  file.header({testing::hdf5_dataspace({rows}), testing::hdf5_float(4),
                                               testing::hdf5_chunked(tree, {1})}));
        }
        return read(file.finish(file.group(children)));
    };
    EXPECT_EQ(table_of(kMaxChunks / 2 - kChunksPerTensor, 2).tensors.size(), 2U);
    const TensorTable more = table_of(kMaxChunks / 2 - kChunksPerTensor + 1, 2);
    expect_defect(more, ErrorCode::kLimit, "'1': the dataset has more chunks than the 262127 that are left");
    EXPECT_THAT(names(more), ElementsAre("0"));
    EXPECT_THAT(names(table_of(~std::uint64_t{0} >> 4, 1)), IsEmpty());
}

TEST(HostileChunks, OfAnUnfitShapeAreRefused) {
    const auto note = [](const Hdf5Part& layout, ErrorCode code, const std::string& because) {
        Hdf5Writer file(0);
        const auto dataset = file.header({testing::hdf5_dataspace({4, 4}), testing::hdf5_float(4), layout});
        expect_defect(read(file.finish(file.group({{"w", dataset}}))), code, because);
    };
    note(testing::hdf5_chunked(64, {4}), ErrorCode::kInvalid, "chunks do not fit the shape");
    note(testing::hdf5_chunked(64, {4, 4, 4}), ErrorCode::kInvalid, "chunks do not fit the shape");
    note(testing::hdf5_chunked(64, {0, 4}), ErrorCode::kInvalid, "chunks do not fit the shape");
    note(testing::hdf5_chunked(64, Hdf5Counts(9, 1)), ErrorCode::kLimit, "chunks of 10 dimensions");
    note(testing::hdf5_indexed(6, {}, 64, {2, 4}), ErrorCode::kUnsupported, "an unknown index of chunks");
    Hdf5Part wide = testing::hdf5_chunked(64, {2, 4});
    wide.body[wide.body.size() - 4] = 8;
    note(wide, ErrorCode::kInvalid, "chunks have elements of another size");
    Hdf5Part vast = testing::hdf5_chunked(64, {4, 4});
    std::fill(vast.body.begin() + 11, vast.body.begin() + 19, std::uint8_t{0xFF});
    note(vast, ErrorCode::kInvalid, "a chunk is too large");
}

TEST(HostileChunks, InATreeThatIsItsOwnBranchEnd) {
    TwoChunks chunks;
    chunks.chunks.resize(1);
    chunks.tree = testing::add_chunk_tree(chunks.file, chunks.chunks, {2, 4});
    chunks.file.set(chunks.tree + 5, 1, 1);
    chunks.file.set(chunks.tree + TwoChunks::kAddressAt, chunks.tree, 8);
    EXPECT_THAT(names(read(chunks.finish())), IsEmpty());
}

TEST(HostileChunks, ThatAreListedTwiceAreRefused) {
    expect_note(ErrorCode::kInvalid, "a chunk is listed twice",
                [](TwoChunks& it) { it.chunks.push_back({{0, 0}, Bytes(32, 9)}); });
}

TEST(HostileChunks, ThatLieAcrossTheGridAreRefused) {
    expect_note(ErrorCode::kInvalid, "a chunk lies across the grid", [](TwoChunks& it) {
        it.tree = testing::add_chunk_tree(it.file, it.chunks, {2, 4});
        it.file.set(it.tree + 24 + 8, 1, 8);  // the first one begins in row 1
    });
}

// One of 2^32 - 1 bytes would take minutes for a chunk of 100 bytes.
TEST(HostileChunks, ThatAreShuffledByAnotherSizeThanTheElementsAreRefused) {
    expect_note(ErrorCode::kUnsupported, "shuffled by another size", [](TwoChunks& it) {
        it.more = {testing::hdf5_filters({testing::kHdf5Shuffle})};
        Bytes& body = it.more[0].body;
        std::fill(body.end() - 8, body.end() - 4, std::uint8_t{0xFF});
    });
}

TEST(HostileChunks, ThatLieOutsideOfTheShapeAreLeftOut) {
    TwoChunks chunks;
    chunks.chunks.push_back({{2, 0}, Bytes(32, 9)});
    chunks.chunks.push_back({{~std::uint64_t{0} / 2, 0}, Bytes(32, 9)});
    const TensorTable table = read(chunks.finish());
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    ASSERT_EQ(table.tensors.size(), 1U);
    EXPECT_EQ(table.tensors[0].chunked()->chunks.size(), 2U);
}

TEST(HostileChunks, BehindMoreFiltersThanAnybodyUsesAreRefused) {
    expect_note(ErrorCode::kLimit, "9 filters",
                [](TwoChunks& it) { it.more = {testing::hdf5_filters(std::vector<std::uint16_t>(9, 1))}; });
    expect_note(ErrorCode::kUnsupported, "filter pipeline version 3",
                [](TwoChunks& it) { it.more = {testing::hdf5_filters({1}, 3)}; });
    expect_note(ErrorCode::kInvalid, "a record ends too early", [](TwoChunks& it) {
        it.more = {testing::hdf5_filters({1})};
        it.more[0].body.resize(12);
    });
}

TEST(HostileChunks, InABrokenArrayAreRefused) {
    const auto note = [](std::uint8_t index, const Bytes& header, ErrorCode code,
                         const std::string& because) {
        Hdf5Writer file(2);
        const auto at = file.add(header);
        const Bytes details(index == 3 ? 1 : 5);
        const auto dataset = file.header({testing::hdf5_dataspace({4, 4}, 2), testing::hdf5_float(4),
                                          testing::hdf5_indexed(index, details, at, {2, 4})});
        expect_defect(read(file.finish(file.group({{"w", dataset}}))), code, because);
    };
    const auto fixed = [](std::uint8_t element, std::uint8_t page_bits, std::uint64_t elements,
                          std::uint64_t block) {
        Bytes header{'F', 'A', 'H', 'D', 0, 0, element, page_bits};
        append_number(header, elements);
        append_number(header, block);
        return header;
    };
    note(3, fixed(8, 10, 2, 48), ErrorCode::kInvalid, "there is no 'FADB'");
    note(3, fixed(8, 64, 2, 48), ErrorCode::kInvalid, "too long");
    note(3, fixed(8, 10, std::uint64_t{1} << 62, 48), ErrorCode::kLimit, "too long");
    note(3, fixed(9, 10, 2, ~std::uint64_t{0}), ErrorCode::kInvalid, "of another kind");
    const auto extensible = [](std::uint8_t bits, std::uint8_t least, std::uint8_t pointers) {
        Bytes header{'E', 'A', 'H', 'D', 0, 0, 8, bits, 4, least, pointers, 10};
        append(header, Bytes(48));
        append_number(header, std::uint64_t{48});
        return header;
    };
    note(4, extensible(32, 16, 4), ErrorCode::kInvalid, "there is no 'EAIB'");
    note(4, extensible(200, 16, 4), ErrorCode::kInvalid, "cannot be laid out");
    note(4, extensible(32, 0, 4), ErrorCode::kInvalid, "cannot be laid out");
    note(4, extensible(2, 16, 4), ErrorCode::kInvalid, "cannot be laid out");
    note(4, extensible(32, 16, 0), ErrorCode::kInvalid, "cannot be laid out");
}

}  // namespace
}  // namespace modelward::fingerprint
