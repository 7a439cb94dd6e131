// SPDX-License-Identifier: Apache-2.0
// Rows of whole files and streams: nulls, lists, dictionaries, compression.
#include "fingerprint/columns/arrow/arrow_rows.h"

#include "fingerprint/columns/arrow/arrow_messages.h"
#include "fingerprint/testing/arrow_looks.h"

namespace modelward::fingerprint {
namespace {

using namespace testing;  // NOLINT: a writer of many functions
using Texts = std::vector<std::string>;
using Reasons = std::vector<Unseen>;

bool is(const Bytes& file) {
    return *is_arrow(MemorySource(file));
}

TEST(ArrowRows, AreTheValuesOfTheColumnsInTheirOrder) {
    const std::vector<ArrowArray> fields{arrow_numbers({1, 2}), arrow_texts({"Hello, World", "good\tnight"})};
    const Texts rows{"1 hello world", "2 good night"};
    EXPECT_EQ(rows_of_batch(fields), rows);
    const ArrowLook of_file = look_at_arrow(arrow_file(fields, {}, {arrow_batch(fields)}));
    EXPECT_EQ(of_file.rows, rows);
    EXPECT_EQ(of_file.unseen, Reasons{});
}

TEST(ArrowRows, EndARecordAtALineBreakInATextAsCsvDoes) {
    EXPECT_EQ(rows_of_batch({arrow_texts({"one\ntwo"}), arrow_numbers({3})}), (Texts{"one", "two 3"}));
}

TEST(ArrowRows, OfAllBatchesAreRead) {
    const std::vector<ArrowArray> first{arrow_numbers({1, 2})}, second{arrow_numbers({3})};
    const Texts rows{"1", "2", "3"};
    EXPECT_EQ(look_at_arrow(arrow_file(first, {}, {arrow_batch(first), arrow_batch(second)})).rows, rows);
    EXPECT_EQ(
        look_at_arrow(arrow_stream({arrow_schema(first), arrow_batch(first), arrow_batch(second)})).rows,
        rows);
}

TEST(ArrowRows, LeaveOutNulls) {
    EXPECT_EQ(rows_of_batch({arrow_numbers({1, 2, 3}), with_nulls(arrow_texts({"x", "?", "y"}), "101")}),
              (Texts{"1 x", "2", "3 y"}));
    EXPECT_EQ(rows_of_batch({arrow_numbers({1, 2}), {.length = 2, .nulls = 2}}), (Texts{"1", "2"}))
        << "a column of nothing but nulls";
    ArrowArray unasked = with_nulls(arrow_numbers({1, 2}), "10");
    unasked.nulls = 0;
    EXPECT_EQ(rows_of_array(unasked), (Texts{"1", "2"})) << "there are none: nobody looks for them";
}

TEST(ArrowRows, HoldTheValuesOfListsBesideEachOther) {
    const ArrowArray values = arrow_numbers({1, 2, 3});
    for (const ArrowType type : {ArrowType::kList, ArrowType::kLargeList})
        EXPECT_EQ(rows_of_batch({arrow_texts({"a", "b", "c"}), arrow_lists({2, 2, 3}, values, type),
                                 arrow_texts({"x", "y", "z"})}),
                  (Texts{"a 1 2 x", "b y", "c 3 z"}));
    EXPECT_EQ(rows_of_batch({arrow_texts({"a", "b"}), with_nulls(arrow_lists({2, 3}, values), "01")}),
              (Texts{"a", "b 3"}))
        << "what a null list holds is passed over";
    const ArrowArray pairs{.type = ArrowType::kFixedSizeList,
                           .parameters = {{0, 2}},
                           .length = 2,
                           .buffers = {{}},
                           .children = {arrow_numbers({1, 2, 3, 4})}};
    EXPECT_EQ(rows_of_array(pairs), (Texts{"1 2", "3 4"}));
}

TEST(ArrowRows, KeepTheValuesOfAStructureTogether) {
    const ArrowArray structure = arrow_structure({arrow_texts({"k", "l", "m"}), arrow_numbers({1, 2, 3})});
    EXPECT_EQ(rows_of_array(structure), (Texts{"k 1", "l 2", "m 3"}));
    EXPECT_EQ(rows_of_batch({arrow_numbers({7, 8, 9}), with_nulls(structure, "101")}),
              (Texts{"7 k 1", "8", "9 m 3"}));
    EXPECT_EQ(rows_of_array(arrow_lists({2, 3}, structure)), (Texts{"k 1 l 2", "m 3"}));
    EXPECT_EQ(rows_of_array(arrow_lists({1, 3}, structure, ArrowType::kMap)), (Texts{"k 1", "l 2 m 3"}));
    const ArrowArray nested = arrow_lists(
        {1, 3},
        arrow_structure({arrow_texts({"p", "q", "r"}), arrow_lists({2, 2, 3}, arrow_numbers({1, 2, 3}))}));
    EXPECT_EQ(rows_of_array(nested), (Texts{"p 1 2", "q r 3"}));
}

TEST(ArrowRows, OfStructuresWithoutColumnsAreOfTheOthers) {
    const ArrowArray empty{.type = ArrowType::kStruct, .length = 2, .buffers = {{}}};
    EXPECT_EQ(rows_of_batch({empty, arrow_numbers({1, 2})}), (Texts{"1", "2"}));
    EXPECT_EQ(rows_of_array(empty), Texts{});
}

TEST(ArrowRows, LookUpWhatIsInADictionary) {
    const ArrowArray colours = arrow_texts({"red", "green"});
    for (const unsigned bits : {8U, 16U, 32U, 64U}) {
        const std::vector<ArrowArray> fields{with_nulls(arrow_places(5, {1, 0, 1}, colours, bits), "110")};
        const ArrowPart dictionary = arrow_dictionary(5, colours), batch = arrow_batch(fields);
        for (const Bytes& file : {arrow_stream({arrow_schema(fields), dictionary, batch}),
                                  arrow_file(fields, {dictionary}, {batch})}) {
            const ArrowLook found = look_at_arrow(file);
            EXPECT_EQ(found.rows, (Texts{"green", "red"})) << bits;
            EXPECT_EQ(found.unseen, Reasons{});
        }
    }
}

TEST(ArrowRows, FollowADictionaryThatGrowsOrIsReplaced) {
    const ArrowArray colours = arrow_texts({"red", "green"});
    const std::vector<ArrowArray> fields{arrow_places(1, {0, 1}, colours)};
    const std::vector<ArrowArray> wider{arrow_places(1, {2, 0}, colours)};
    const ArrowLook found = look_at_arrow(arrow_stream(
        {arrow_schema(fields), arrow_dictionary(1, colours), arrow_batch(fields),
         arrow_dictionary(1, arrow_texts({"blue"}), true), arrow_batch(wider),
         arrow_dictionary(1, arrow_texts({"black", "white"})), arrow_batch(fields), arrow_batch(wider)}));
    EXPECT_EQ(found.rows, (Texts{"red", "green", "blue", "red", "black", "white"}));
    EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt}) << "the last one asks for what is no longer there";
}

TEST(ArrowRows, OfCompressedBuffersAreRead) {
    Texts texts, rows;
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        texts.push_back("word" + std::to_string(i * i) + std::string(i % 40, 'x'));
        numbers.push_back(i);
        rows.push_back(texts.back() + " " + std::to_string(i));
    }
    const std::vector<ArrowArray> fields{arrow_texts(texts), arrow_numbers(numbers)};
    for (const ArrowPacking packing : {ArrowPacking::kLz4, ArrowPacking::kZstd, ArrowPacking::kStored}) {
        const Bytes file = arrow_file(fields, {}, {arrow_batch(fields, packing)});
        const ArrowLook found = look_at_arrow(file);
        EXPECT_EQ(found.rows, rows);
        EXPECT_EQ(found.unseen, Reasons{});
        EXPECT_LT(found.bytes_read, file.size() * 3 / 2) << "each buffer is decoded once";
    }
}

TEST(ArrowRows, OfAWideCompressedBatchAreReadInMemoryThatIsBounded) {
    Texts texts;
    for (int i = 0; i < 300; ++i)
        texts.push_back("cell" + std::to_string(i) + std::string(40, 'y'));
    const std::vector<ArrowArray> fields(500, arrow_texts(texts));
    const ArrowLook found =
        look_at_arrow(arrow_stream({arrow_schema(fields), arrow_batch(fields, ArrowPacking::kLz4)}));
    EXPECT_EQ(found.unseen, Reasons{});
    ASSERT_EQ(found.rows.size(), 300U);
    EXPECT_EQ(found.rows[299].size(), 500 * (texts[299].size() + 1) - 1);
}

TEST(ArrowRows, BehindAValueThatIsTooLongAreRead) {
    const ArrowLook found =
        look_at_arrow(arrow_stream({arrow_schema({arrow_texts({})}),
                                    arrow_batch({arrow_texts({std::string(3 << 20, 'x'), "a", "b"})})}));
    EXPECT_EQ(found.unseen, Reasons{Unseen::kMemory});
    ASSERT_GE(found.rows.size(), 2U);
    EXPECT_EQ((Texts{found.rows.end() - 2, found.rows.end()}), (Texts{"a", "b"}));
}

TEST(ArrowRows, AreInFilesAndStreamsOfArrow) {
    const std::vector<ArrowArray> fields{arrow_numbers({1, 2})};
    Bytes file = arrow_file(fields, {}, {arrow_batch(fields)});
    const Bytes stream = arrow_stream({arrow_schema(fields), arrow_batch(fields)});
    EXPECT_TRUE(is(file));
    EXPECT_TRUE(is(stream));
    EXPECT_TRUE(is(Bytes(stream.begin() + 4, stream.end()))) << "as streams began before version 0.15";
    EXPECT_TRUE(is(Bytes(file.begin(), file.begin() + 100))) << "begins as a file";
    file[0] = 'X';
    EXPECT_TRUE(is(file)) << "ends as a file";
    EXPECT_EQ(look_at_arrow(file).rows, (Texts{"1", "2"}));
    file.back() = 'X';
    EXPECT_FALSE(is(file));
    EXPECT_FALSE(is({}));
    EXPECT_FALSE(is(Bytes(stream.begin(), stream.begin() + 20)));
    EXPECT_FALSE(is({'A', 'R', 'R', 'O', 'W', '1', ',', 'x', '\n'})) << "a text";
    const Bytes batch_first = arrow_stream({arrow_batch(fields)});
    EXPECT_FALSE(is(batch_first));
}

TEST(ArrowRows, AreSuspectedWhereAStreamOfBytesBeginsSo) {
    const std::vector<ArrowArray> fields{arrow_numbers({1, 2})};
    const Bytes file = arrow_file(fields, {}, {arrow_batch(fields)});
    EXPECT_TRUE(begins_as_arrow(file));
    EXPECT_TRUE(begins_as_arrow(arrow_stream({arrow_schema(fields)})));
    EXPECT_FALSE(begins_as_arrow(arrow_stream({arrow_batch(fields)})));
    EXPECT_FALSE(begins_as_arrow(Bytes(file.begin() + 8, file.begin() + 20)));
    EXPECT_FALSE(begins_as_arrow(Bytes(4096, 0xFF)));
    EXPECT_FALSE(begins_as_arrow({}));
}

TEST(ArrowRows, OfAFileWithoutItsFooterAreReadAsAStream) {
    const std::vector<ArrowArray> fields{arrow_numbers({1, 2})};
    Bytes file = arrow_file(fields, {}, {arrow_batch(fields), arrow_batch(fields)});
    file.resize(file.size() - 1);
    const ArrowLook found = look_at_arrow(file);
    EXPECT_EQ(found.rows, (Texts{"1", "2", "1", "2"}));
    EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt});
}

TEST(ArrowRows, OfStreamsBehindEachOtherAreRead) {
    const std::vector<ArrowArray> numbers{arrow_numbers({1})}, texts{arrow_texts({"a"})};
    Bytes streams = arrow_stream({arrow_schema(numbers), arrow_batch(numbers)});
    testing::append(streams, arrow_stream({arrow_schema(texts), arrow_batch(texts)}));
    EXPECT_EQ(look_at_arrow(streams).rows, (Texts{"1", "a"}));
    EXPECT_EQ(look_at_arrow(streams).unseen, Reasons{});
}

TEST(ArrowRows, OfFeatherOfVersion1AreSaidToBeUnsupported) {
    Bytes feather(40);
    std::copy_n("FEA1", 4, feather.begin());
    std::copy_n("FEA1", 4, feather.end() - 4);
    EXPECT_TRUE(is(feather));
    EXPECT_TRUE(begins_as_arrow(feather));
    EXPECT_EQ(look_at_arrow(feather).unseen, Reasons{Unseen::kUnsupported});
    feather.back() = 'x';
    EXPECT_FALSE(is(feather));
}

}  // namespace
}  // namespace modelward::fingerprint
