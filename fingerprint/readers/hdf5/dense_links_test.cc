// SPDX-License-Identifier: Apache-2.0
// Groups with many links keep them in a fractal heap, and a B-tree of their names says where in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/hdf5_writer.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::append;
using testing::append_number;
using testing::Bytes;
using testing::expect_defect;
using testing::Hdf5Writer;
using testing::names;
using ::testing::UnorderedElementsAre;

constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
constexpr std::uint64_t kBlock = 128;                  // the first block's size
constexpr std::uint64_t kBlockPrefix = 4 + 1 + 8 + 4;  // of a direct block

// A root group with three datasets, whose links lie in blocks of a heap: one in each place of `offsets`.
struct DenseGroup {
    Hdf5Writer file{2};
    std::uint64_t heap = 0;
    std::uint64_t tree = 0;
    std::uint64_t root = 0;

    DenseGroup(const std::vector<std::uint64_t>& offsets, std::uint16_t rows, bool is_deep) {
        std::vector<Bytes> blocks;
        for (std::size_t i = 0; i <= place_of(offsets.back()).block; ++i)
            blocks.push_back(direct_block(i < 4 ? kBlock : 2 * kBlock));
        Bytes records;
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            const auto dataset = file.dataset(testing::hdf5_float(4), {6}, Bytes(24));
            const Bytes link = testing::hdf5_link(std::string(1, static_cast<char>('a' + i)), dataset);
            const Place place = place_of(offsets[i]);
            std::ranges::copy(link, blocks[place.block].begin() + static_cast<std::ptrdiff_t>(place.at));
            append(records, Bytes{1, 2, 3, 4, 0});
            append_number(records, static_cast<std::uint32_t>(offsets[i]));
            append_number(records, static_cast<std::uint16_t>(link.size()));
        }
        std::uint64_t top = 0;
        Bytes table{'F', 'H', 'I', 'B', 0};
        append(table, Bytes(8 + 4));
        for (const Bytes& block : blocks) {
            top = file.add(block);
            append_number(table, top);
        }
        for (std::size_t i = blocks.size(); i < 2U * rows; ++i)
            append_number(table, kNowhere);
        if (rows > 0) top = file.add(table);
        heap = file.add(heap_header(top, rows));
        tree = is_deep ? deep_tree(records) : file.add(tree_header(0, leaf(records), 3));
        Bytes info{0, 0};
        append_number(info, heap);
        append_number(info, tree);
        root = file.header({{0x02, info}});
    }

    // Two blocks a row; those of the third row are twice as large.
    struct Place {
        std::size_t block;
        std::uint64_t at;
    };
    static Place place_of(std::uint64_t offset) {
        if (offset < 4 * kBlock) return {offset / kBlock, offset % kBlock};
        return {4 + (offset - 4 * kBlock) / (2 * kBlock), offset % (2 * kBlock)};
    }

    static Bytes direct_block(std::uint64_t bytes) {
        Bytes block{'F', 'H', 'D', 'B', 0};
        block.resize(bytes);
        return block;
    }

    static Bytes heap_header(std::uint64_t top, std::uint16_t rows) {
        Bytes header{'F', 'R', 'H', 'P', 0, 7, 0, 0, 0, 0};
        append_number(header, std::uint32_t{400});  // the largest object
        append(header, Bytes(12 * 8));
        append_number(header, std::uint16_t{2});  // width
        append_number(header, kBlock);
        append_number(header, 4 * kBlock);   // the largest direct block
        append(header, Bytes{32, 0, 1, 0});  // bits of the address space; starting rows
        append_number(header, top);
        append_number(header, rows);
        return header;
    }

    static Bytes node(std::string_view signature, const Bytes& content) {
        Bytes node;
        append(node, signature);
        append(node, Bytes{0, 5});
        append(node, content);
        append(node, Bytes(4));
        return node;
    }
    // Nodes of 4 GiB, one of which says that it is full of records of one byte.
    void announce_four_billion_records() {
        Bytes content;
        append_number(content, leaf({}));
        append_number(content, ~std::uint32_t{0} - 10);
        Bytes header = tree_header(1, file.add(node("BTIN", content)), 0);
        std::ranges::fill(header.begin() + 6, header.begin() + 10, std::uint8_t{0xFF});
        header[10] = 1;
        for (std::size_t i = 0; i < header.size(); ++i)
            file.set(tree + i, header[i], 1);
    }
    std::uint64_t leaf(const Bytes& records) { return file.add(node("BTLF", records)); }

    static Bytes tree_header(std::uint16_t depth, std::uint64_t top, std::uint16_t records) {
        Bytes header{'B', 'T', 'H', 'D', 0, 5};
        append_number(header, std::uint32_t{512});
        append_number(header, std::uint16_t{11});
        append_number(header, depth);
        append(header, Bytes{100, 40});
        append_number(header, top);
        append_number(header, records);
        append_number(header, std::uint64_t{records});
        return header;
    }

    // One record in the root, one in each of two leaves.
    std::uint64_t deep_tree(const Bytes& records) {
        Bytes content(records.begin() + 11, records.begin() + 22);
        append_number(content, leaf(Bytes(records.begin(), records.begin() + 11)));
        content.push_back(1);
        append_number(content, leaf(Bytes(records.begin() + 22, records.end())));
        content.push_back(1);
        return file.add(tree_header(1, file.add(node("BTIN", content)), 1));
    }
};

TensorTable read(const Bytes& file) {
    return testing::table_of(kHdf5Reader, file);
}

TEST(DenseLinks, AreFoundInTheOneBlockOfAHeap) {
    DenseGroup group({kBlockPrefix, 40, 100}, 0, false);
    const TensorTable table = read(group.file.finish(group.root));
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_THAT(names(table), UnorderedElementsAre("a", "b", "c"));
}

TEST(DenseLinks, AreFoundInATableOfBlocksAndBelowTheRootOfATree) {
    DenseGroup group({kBlockPrefix, kBlock + 40, 4 * kBlock + 200}, 3, true);
    const TensorTable table = read(group.file.finish(group.root));
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_THAT(names(table), UnorderedElementsAre("a", "b", "c"));
}

TEST(DenseLinks, BrokenHeapsAndTreesAreNoted) {
    const auto note = [](std::uint64_t DenseGroup::* part, std::uint64_t at, std::uint64_t value,
                         std::size_t bytes, ErrorCode code, const std::string& because) {
        DenseGroup group({kBlockPrefix, 40, 100}, 0, false);
        group.file.set(group.*part + at, value, bytes);
        expect_defect(read(group.file.finish(group.root)), code, because);
    };
    note(&DenseGroup::heap, 0, 0, 4, ErrorCode::kInvalid, "there is no 'FRHP'");
    note(&DenseGroup::heap, 7, 1, 2, ErrorCode::kUnsupported, "compressed");
    note(&DenseGroup::heap, 110, 0, 2, ErrorCode::kInvalid, "make no sense");
    note(&DenseGroup::heap, 112, 100, 8, ErrorCode::kInvalid, "make no sense");
    note(&DenseGroup::heap, 132, kNowhere, 8, ErrorCode::kInvalid, "outside of its block");
    note(&DenseGroup::heap, 140, 7, 2, ErrorCode::kInvalid, "there is no 'FHIB'");
    note(&DenseGroup::tree, 0, 0, 4, ErrorCode::kInvalid, "there is no 'BTHD'");
    note(&DenseGroup::tree, 5, 6, 1, ErrorCode::kInvalid, "another type");
    note(&DenseGroup::tree, 10, 0, 2, ErrorCode::kInvalid, "holds no record");
    note(&DenseGroup::tree, 12, 1000, 2, ErrorCode::kLimit, "too deep");
    note(&DenseGroup::tree, 24, 100, 2, ErrorCode::kInvalid, "more records than room");
}

TEST(DenseLinks, RecordsThatAreOnlyAnnouncedAreCountedAndEndTheWalk) {
    DenseGroup group({kBlockPrefix, 40, 100}, 0, false);
    group.announce_four_billion_records();
    EXPECT_TRUE(read(group.file.finish(group.root)).defect.has_value());  // and does not take an hour
}

TEST(DenseLinks, ATreeThatIsLessDeepThanItSaysIsNoted) {
    DenseGroup group({kBlockPrefix, kBlock + 40, 4 * kBlock + 200}, 3, true);
    group.file.set(group.tree + 12, 3, 2);
    EXPECT_TRUE(read(group.file.finish(group.root)).defect.has_value());
}

}  // namespace
}  // namespace modelward::fingerprint
