// SPDX-License-Identifier: Apache-2.0
// What broken and hostile files cost, and what they are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/hdf5_writer.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_defect;
using ::testing::HasSubstr;
using testing::Hdf5Part;
using testing::Hdf5Writer;
using testing::names;

const Bytes kData(24);

TensorTable read(const Bytes& file) {
    return testing::table_of(kHdf5Reader, file);
}

void expect_refused(const Bytes& file, ErrorCode code, const std::string& because) {
    const auto table = kHdf5Reader.read(MemorySource(file));
    ASSERT_FALSE(table.has_value()) << because;
    EXPECT_EQ(table.error().code(), code);
    EXPECT_THAT(table.error().message(), HasSubstr(because));
}

TEST(HostileHdf5, SuperblocksThatCannotBeReadAreRefusedWithThePlace) {
    Hdf5Writer file(0);
    const Bytes whole = file.finish(file.group({}));
    Bytes broken = whole;
    broken[8] = 9;
    expect_refused(broken, ErrorCode::kUnsupported, "superblock version 9; 0 to 3 are read (at byte 9)");
    broken = whole;
    broken[13] = 3;
    expect_refused(broken, ErrorCode::kUnsupported, "addresses of 3");
    expect_refused(Bytes(whole.begin(), whole.begin() + 40), ErrorCode::kInvalid, "ends at byte 40");
    Hdf5Writer nowhere(2);
    expect_refused(nowhere.finish(~std::uint64_t{0}), ErrorCode::kInvalid, "no root group");
    Hdf5Writer far(2);
    expect_refused(far.finish(std::uint64_t{1} << 63), ErrorCode::kInvalid, "out of reach");
}

TEST(HostileHdf5, GroupsAreFollowedToALimit) {
    Hdf5Writer file(2);
    std::uint64_t group = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
    for (int i = 0; i < 64; ++i)
        group = file.group({{"g", group}});
    EXPECT_EQ(read(file.finish(group)).tensors.size(), 1U);
    group = file.group({{"g", group}});
    expect_defect(read(file.finish(group)), ErrorCode::kLimit, "nested deeper than 64");
}

TEST(HostileHdf5, ContinuationsAreFollowedToALimit) {
    Hdf5Writer file(2);
    // A block that continues in itself.
    const std::uint64_t at = 64;
    Bytes block;
    testing::append(block, "OCHK");
    const Bytes messages = file.messages({testing::hdf5_continuation(at, 28)});
    testing::append(block, messages);
    testing::append(block, Bytes(4));
    file.add(Bytes(at - 48));
    ASSERT_EQ(file.add(block), at);
    ASSERT_EQ(block.size(), 28U);
    expect_defect(read(file.finish(file.header({testing::hdf5_continuation(at, 28)}))), ErrorCode::kLimit,
                  "more than 1024 continuations");
}

TEST(HostileHdf5, ExtentsBeyondAnyFileAreRefused) {
    const auto note = [](const testing::Hdf5Counts& shape, ErrorCode code, const std::string& because) {
        Hdf5Writer file(2);
        const auto header = file.header({testing::hdf5_dataspace(shape, 2), testing::hdf5_float(4),
                                         testing::hdf5_contiguous(48, ~std::uint64_t{0})});
        expect_defect(read(file.finish(file.group({{"w", header}}))), code, because);
    };
    note({std::uint64_t{1} << 61}, ErrorCode::kInvalid, "too large");
    note({std::uint64_t{1} << 40, std::uint64_t{1} << 40}, ErrorCode::kInvalid, "too large");
    note({~std::uint64_t{0}}, ErrorCode::kInvalid, "too large");
    note({(std::uint64_t{1} << 61) - 1}, ErrorCode::kInvalid, "truncated");
    note(testing::Hdf5Counts(9, 1), ErrorCode::kLimit, "9 dimensions");
}

TEST(HostileHdf5, DatasetsThatShareBytesAreListedOnce) {
    Hdf5Writer file(0);
    const auto data = file.add(Bytes(48));
    const auto dataset = [&](std::uint64_t at) {
        return file.header({testing::hdf5_dataspace({2, 3}), testing::hdf5_float(4),
                            testing::hdf5_contiguous(data + at, 24)});
    };
    const auto root = file.group({{"a", dataset(0)}, {"b", dataset(12)}, {"c", dataset(24)}});
    EXPECT_THAT(names(read(file.finish(root))), ElementsAre("a", "c"));
}

// A group whose B-tree is `tree`; the writer puts it where the test knows.
struct OldGroup {
    Hdf5Writer file{0};
    std::uint64_t dataset = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
    std::uint64_t root = file.group({{"w", dataset}});
    std::uint64_t tree = find("TREE");

    std::uint64_t find(std::string_view signature) {
        const Bytes& bytes = file.finish(root);
        return static_cast<std::uint64_t>(std::ranges::search(bytes, signature).begin() - bytes.begin());
    }
};

TEST(HostileHdf5, ATreeThatIsItsOwnBranchEnds) {
    OldGroup group;
    group.file.set(group.tree + 5, 1, 1);            // a level above the leaves,
    group.file.set(group.tree + 32, group.tree, 8);  // whose child is itself
    const TensorTable table = read(group.file.finish(group.root));
    EXPECT_TRUE(table.tensors.empty());
    group.file.set(group.tree + 6, 0xFFFF, 2);
    expect_defect(read(group.file.finish(group.root)), ErrorCode::kInvalid, "the file ends at byte");
}

TEST(HostileHdf5, BrokenPartsOfAGroupAreNamedWithTheirPlace) {
    const auto note = [](std::string_view part, std::uint64_t at, std::uint64_t value,
                         const std::string& because) {
        OldGroup group;
        group.file.set(group.find(part) + at, value, 8);
        const TensorTable table = read(group.file.finish(group.root));
        expect_defect(table, ErrorCode::kInvalid, because);
        EXPECT_THAT(table.defect->message(), HasSubstr("(at byte "));
    };
    note("TREE", 0, 0, "there is no 'TREE'");
    note("HEAP", 0, 0, "there is no 'HEAP'");
    note("SNOD", 0, 0, "there is no 'SNOD'");
    note("SNOD", 8, 1 << 20, "a name is outside of its heap");
    note("HEAP", 24, std::uint64_t{1} << 63, "out of reach");
    note("HEAP", 24, std::uint64_t{1} << 61, "the file ends at byte");
    note("SNOD", 16, 16, "there is no 'OHDR'");
}

TEST(HostileHdf5, ABrokenGroupDoesNotHideTheOthers) {
    for (const std::uint8_t version : {std::uint8_t{0}, std::uint8_t{2}}) {
        Hdf5Writer file(version);
        const auto dataset = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const auto junk = file.add(testing::noise_bytes(1, 100));
        const TensorTable table =
            read(file.finish(file.group({{"a", junk}, {"b", file.group({{"w", dataset}})}})));
        ASSERT_TRUE(table.defect.has_value());
        EXPECT_THAT(names(table), ElementsAre("b/w"));
    }
}

TEST(HostileHdf5, ANameThatCannotBeReadHidesNothing) {
    const std::string endless(5000, 'n');
    for (const std::uint8_t version : {std::uint8_t{0}, std::uint8_t{2}}) {
        Hdf5Writer file(version);
        const auto first = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const auto second = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        Bytes link{1, 1};
        testing::append_number(link, static_cast<std::uint16_t>(endless.size()));
        testing::append(link, endless);
        testing::append_number(link, first);
        const auto root = version == 0 ? file.group({{endless, first}, {"w", second}})
                                       : file.header({{0x06, link}, {0x06, testing::hdf5_link("w", second)}});
        EXPECT_THAT(names(read(file.finish(root))), ElementsAre("unnamed", "w"));
    }
}

TEST(HostileHdf5, SurvivesEveryCutAndEveryNumber) {
    const auto survive = [](const Bytes& file) {
        const auto table = kHdf5Reader.read(MemorySource(file));
        if (!table) return;
        for (const Tensor& tensor : table->tensors)
            EXPECT_LE(tensor.offset + tensor.bytes, file.size());
    };
    for (const std::uint8_t version : {std::uint8_t{0}, std::uint8_t{2}}) {
        Hdf5Writer writer(version);
        const auto dataset = writer.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const Bytes whole = writer.finish(writer.group({{"g", writer.group({{"w", dataset}})}}));
        for (std::size_t length = 8; length < whole.size(); ++length)
            survive(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
        for (std::size_t at = 0; at + 8 <= whole.size(); ++at) {
            for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{0x7F}, std::uint8_t{0xFF}}) {
                for (const std::size_t width : {1U, 8U}) {
                    Bytes broken = whole;
                    std::fill_n(broken.begin() + static_cast<std::ptrdiff_t>(at), width, byte);
                    survive(broken);
                }
            }
        }
    }
}

// Two children each, which are one node: as many ways down as 2^30.
TEST(HostileHdf5, ANodeThatIsReachedInManyWaysIsLookedAtOnce) {
    OldGroup group;
    std::uint64_t below = group.tree;
    for (std::uint8_t level = 1; level <= 30; ++level) {
        Bytes node{'T', 'R', 'E', 'E', 0, level, 2, 0};
        node.insert(node.end(), 16, std::uint8_t{0xFF});
        for (int child = 0; child < 2; ++child) {
            testing::append_number(node, std::uint64_t{0});
            testing::append_number(node, below);
        }
        testing::append_number(node, std::uint64_t{0});
        below = group.file.add(node);
    }
    Bytes file = group.file.finish(group.root), before, after;
    testing::append_number(before, group.tree);
    testing::append_number(after, below);
    const auto message = std::ranges::search(file, before);
    ASSERT_FALSE(message.empty());
    std::ranges::copy(after, message.begin());
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value());
    EXPECT_THAT(names(table), ElementsAre("w"));
}

}  // namespace
}  // namespace modelward::fingerprint
