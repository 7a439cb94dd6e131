// SPDX-License-Identifier: Apache-2.0
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
using testing::expect_data;
using testing::expect_defect;
using testing::Hdf5Part;
using testing::Hdf5Writer;
using ::testing::IsEmpty;
using testing::names;
using Counts = std::vector<std::uint64_t>;

constexpr std::uint8_t kVersions[] = {0, 1, 2, 3};  // of the superblock
const Bytes kData = testing::noise_bytes(1, 24);

TensorTable read(const Bytes& file) {
    return testing::table_of(kHdf5Reader, file);
}

// A file with one dataset `w` in its root group.
Bytes file_with(const std::vector<Hdf5Part>& messages, std::uint8_t version = 0) {
    Hdf5Writer file(version);
    return file.finish(file.group({{"w", file.header(messages)}}));
}

TEST(Hdf5Reader, ListsTheDatasetsOfAllGroupsByTheirPaths) {
    for (const std::uint8_t version : kVersions) {
        Hdf5Writer file(version);
        const auto kernel = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const auto bias = file.dataset(testing::hdf5_float(2), {4}, Bytes(8));
        const auto layer = file.group({{"bias:0", bias}, {"kernel:0", kernel}});
        const Bytes bytes = file.finish(file.group({{"empty", file.group({})}, {"dense", layer}}));
        const TensorTable table = read(bytes);
        EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
        EXPECT_EQ(table.format, "hdf5");
        ASSERT_THAT(names(table), ElementsAre("dense/kernel:0", "dense/bias:0"));
        EXPECT_EQ(table.tensors[0].dtype, DType::kF32);
        EXPECT_EQ(table.tensors[0].shape, (Counts{2, 3}));
        EXPECT_EQ(table.tensors[0].elements, 6U);
        EXPECT_EQ(table.tensors[1].dtype, DType::kF16);
        EXPECT_EQ(table.data_start, table.tensors[0].offset);
        expect_data(bytes, table.tensors[0], kData);
    }
}

TEST(Hdf5Reader, FindsTheFileBehindAUserBlock) {
    for (const std::uint8_t version : kVersions) {
        for (const std::size_t user_block : {512U, 4096U}) {
            Hdf5Writer file(version, user_block);
            const auto dataset = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
            const Bytes bytes = file.finish(file.group({{"w", dataset}}));
            const MemorySource source(bytes);
            ASSERT_EQ(find_readers(source).value(), std::vector{&kHdf5Reader});
            const TensorTable table = kHdf5Reader.read(source).value();
            ASSERT_THAT(names(table), ElementsAre("w"));
            expect_data(bytes, table.tensors[0], kData);
        }
    }
    EXPECT_TRUE(find_readers(MemorySource(Bytes(5000))).value().empty());
}

TEST(Hdf5Reader, FollowsTheContinuationsOfAnObjectHeader) {
    for (const std::uint8_t version : kVersions) {
        Hdf5Writer file(version);
        const auto data = file.add(kData);
        Bytes rest = file.messages({testing::hdf5_contiguous(data, kData.size())});
        if (version >= 2) {
            Bytes block{'O', 'C', 'H', 'K'};
            testing::append(block, rest);
            testing::append(block, Bytes(4));
            rest = block;
        }
        const auto rest_at = file.add(rest);
        const auto header = file.header({testing::hdf5_continuation(rest_at, rest.size()),
                                         testing::hdf5_dataspace({2, 3}), testing::hdf5_float(4)});
        const Bytes bytes = file.finish(file.group({{"w", header}}));
        const TensorTable table = read(bytes);
        EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
        ASSERT_THAT(names(table), ElementsAre("w"));
        expect_data(bytes, table.tensors[0], kData);
    }
}

TEST(Hdf5Reader, KnowsTheTypesOfElements) {
    const auto type_of = [](const Hdf5Part& type, std::uint64_t bytes) {
        const TensorTable table =
            read(file_with({testing::hdf5_dataspace({2}), type, testing::hdf5_compact(Bytes(2 * bytes))}));
        EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
        return table.tensors.at(0).dtype;
    };
    const auto fixed = [](std::uint32_t bytes, bool is_signed) {
        return testing::hdf5_datatype(0, is_signed ? 8 : 0, bytes, Bytes(4));
    };
    EXPECT_EQ(type_of(testing::hdf5_float(8), 8), DType::kF64);
    EXPECT_EQ(type_of(testing::hdf5_float(4), 4), DType::kF32);
    EXPECT_EQ(type_of(testing::hdf5_float(2), 2), DType::kF16);
    const Bytes bfloat{0, 0, 16, 0, 7, 8, 0, 7, 127, 0, 0, 0};
    EXPECT_EQ(type_of(testing::hdf5_datatype(1, 0x0F20, 2, bfloat), 2), DType::kBF16);
    EXPECT_EQ(type_of(testing::hdf5_datatype(5, 0, 2, Bytes(8)), 2), DType::kBF16) << "as Keras writes it";
    EXPECT_EQ(type_of(fixed(1, true), 1), DType::kI8);
    EXPECT_EQ(type_of(fixed(1, false), 1), DType::kU8);
    EXPECT_EQ(type_of(fixed(8, true), 8), DType::kI64);
    EXPECT_EQ(type_of(testing::hdf5_datatype(8, 2, 1), 1), DType::kBool);
}

TEST(Hdf5Reader, ReadsATypeThatHasAName) {
    Hdf5Writer file(0);
    const auto type = file.header({testing::hdf5_float(4)});
    Bytes shared{3, 2};
    testing::append_number(shared, type);
    const auto header =
        file.header({testing::hdf5_dataspace({6}), {0x03, shared, 0x02}, testing::hdf5_compact(kData)});
    const TensorTable table = read(file.finish(file.group({{"type", type}, {"w", header}})));
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_THAT(names(table), ElementsAre("w"));
}

TEST(Hdf5Reader, LeavesOutTextsAndWhatWasNeverWritten) {
    const std::uint64_t nowhere = ~std::uint64_t{0};
    const auto expect_nothing = [](const std::vector<Hdf5Part>& messages) {
        const TensorTable table = read(file_with(messages));
        EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
        EXPECT_THAT(names(table), IsEmpty());
    };
    expect_nothing(
        {testing::hdf5_dataspace({2}), testing::hdf5_datatype(3, 0, 8), testing::hdf5_compact(Bytes(16))});
    expect_nothing(
        {testing::hdf5_dataspace({2}), testing::hdf5_float(4), testing::hdf5_contiguous(nowhere, 8)});
    expect_nothing({testing::hdf5_dataspace({0, 3}), testing::hdf5_float(4), testing::hdf5_compact({})});
    expect_nothing({{0x01, {2, 0, 0, 2}}, testing::hdf5_float(4), testing::hdf5_compact(Bytes(4))});
}

TEST(Hdf5Reader, NotesDatasetsThatItCannotUse) {
    const auto note = [](const Hdf5Part& type, const Hdf5Part& layout, ErrorCode code,
                         const std::string& because, std::vector<Hdf5Part> more = {}) {
        more.insert(more.begin(), {testing::hdf5_dataspace({6}), type, layout});
        const TensorTable table = read(file_with(more));
        expect_defect(table, code, because);
        EXPECT_THAT(table.defect->message(), ::testing::HasSubstr("'w'"));
        EXPECT_THAT(names(table), IsEmpty());
    };
    const Hdf5Part f32 = testing::hdf5_float(4);
    const Hdf5Part whole = testing::hdf5_compact(kData);
    note(testing::hdf5_float(4, true), whole, ErrorCode::kUnsupported, "big-endian");
    note(testing::hdf5_datatype(6, 2, 4), whole, ErrorCode::kUnsupported, "unknown type");
    note(testing::hdf5_datatype(1, 0x20, 4, Bytes(12)), whole, ErrorCode::kUnsupported, "unknown type");
    note(f32, testing::hdf5_compact(Bytes(20)), ErrorCode::kInvalid,
         "24 bytes of elements do not fit into 20");
    note(f32, {0x08, {4, 3}}, ErrorCode::kUnsupported, "those of other datasets");
    note(f32, {0x08, {2, 1}}, ErrorCode::kUnsupported, "version 2; 3 and 4 are read");
    note(f32, whole, ErrorCode::kUnsupported, "in another file", {{0x07, Bytes(8)}});
}

TEST(Hdf5Reader, ListsAnObjectOnceHoweverManyLinksLeadToIt) {
    for (const std::uint8_t version : kVersions) {
        Hdf5Writer file(version);
        const auto dataset = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const auto group = file.group({{"w", dataset}});
        const TensorTable table = read(file.finish(file.group({{"a", group}, {"b", group}, {"c", dataset}})));
        EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
        EXPECT_EQ(table.tensors.size(), 1U);
    }
}

TEST(Hdf5Reader, EndsAtALinkBackToAGroup) {
    for (const std::uint8_t version : kVersions) {
        Hdf5Writer file(version);
        const auto dataset = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const auto inner = file.group({{"again", 0x1122334455}, {"w", dataset}});
        const auto root = file.group({{"inner", inner}});
        Bytes bytes = file.finish(root);
        Bytes address;
        testing::append_number(address, std::uint64_t{0x1122334455});
        Bytes back;
        testing::append_number(back, root);
        const auto at = std::ranges::search(bytes, address).begin();
        std::ranges::copy(back, at);
        const TensorTable table = read(bytes);
        EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
        EXPECT_THAT(names(table), ElementsAre("inner/w"));
    }
}

TEST(Hdf5Reader, FollowsNoLinkOutOfTheFile) {
    const auto with_link_of = [](std::uint8_t type) {
        Hdf5Writer file(2);
        const auto dataset = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const Bytes link{1, 8, type, 1, 'l', 2, 0, '/', 'x'};
        return read(file.finish(file.header({{0x06, link}, {0x06, testing::hdf5_link("w", dataset)}})));
    };
    const TensorTable soft = with_link_of(1);
    EXPECT_FALSE(soft.defect.has_value()) << "what it leads to is found without it";
    EXPECT_THAT(names(soft), ElementsAre("w"));
    const TensorTable external = with_link_of(64);
    expect_defect(external, ErrorCode::kUnsupported, "a link into another file");
    EXPECT_THAT(names(external), ElementsAre("w"));
}

TEST(Hdf5Reader, KeepsTheTensorsOfATruncatedFile) {
    Hdf5Writer file(0);
    const auto first = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
    const auto second = file.header(
        {testing::hdf5_dataspace({2, 3}), testing::hdf5_float(4), testing::hdf5_contiguous(1 << 20, 24)});
    const TensorTable table = read(file.finish(file.group({{"a", first}, {"b", second}})));
    expect_defect(table, ErrorCode::kInvalid, "truncated: tensor 'b'");
    EXPECT_THAT(names(table), ElementsAre("a"));
}

TEST(Hdf5Reader, ADatasetThatIsLaidOverOthersDoesNotHideThemUnseen) {
    for (const bool reaches_out : {false, true}) {
        Hdf5Writer file(0);
        const auto weights = file.dataset(testing::hdf5_float(4), {2, 3}, kData);
        const auto decoy =
            file.header({testing::hdf5_dataspace({2, reaches_out ? 1U << 20 : 40U}), testing::hdf5_float(4),
                         testing::hdf5_contiguous(0, reaches_out ? 1 << 23 : 320)});
        const TensorTable table = read(file.finish(file.group({{"decoy", decoy}, {"w", weights}})));
        expect_defect(table, ErrorCode::kInvalid,
                      reaches_out ? "truncated: tensor 'decoy'" : "datasets share bytes");
        EXPECT_THAT(names(table), ElementsAre(reaches_out ? "w" : "decoy"));
    }
}

TEST(Hdf5Reader, ClaimsItsSignature) {
    EXPECT_TRUE(kHdf5Reader.claims(Bytes{0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n', 0}));
    EXPECT_FALSE(kHdf5Reader.claims(Bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0}));
    EXPECT_FALSE(kHdf5Reader.claims(Bytes{0x89, 'H', 'D', 'F'}));
}

}  // namespace
}  // namespace modelward::fingerprint
