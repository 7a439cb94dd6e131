// SPDX-License-Identifier: Apache-2.0
// Rows of whole files, in each encoding, and what hostile ones cost.
#include "fingerprint/columns/parquet_rows.h"

#include <gtest/gtest.h>

#include "fingerprint/containers/unwrap.h"
#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/testing/parquet_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::ColumnSpec;
using testing::PageSpec;
using testing::parquet_file;
using testing::plain_integers;
using testing::plain_texts;
using Texts = std::vector<std::string>;
using Reasons = std::vector<Unseen>;

// As many places in a dictionary.
struct PlaceRun {
    std::uint64_t rows;
    std::uint8_t place;
};

// A column of "q" and of a long text.
ColumnSpec of_short_and_long(std::size_t length, const std::vector<PlaceRun>& runs) {
    PageSpec dictionary = plain_texts({"q", std::string(length, 'x')});
    dictionary.kind = 2;
    PageSpec places{.encoding = 8, .body = {1}};
    for (const auto& [rows, place] : runs) {
        testing::append(places.body, testing::varint(rows << 1));
        places.body.push_back(place);
        places.values += static_cast<std::int64_t>(rows);
    }
    return {.pages = {dictionary, places}};
}

struct Found {
    Texts rows;
    Reasons unseen;
    std::uint64_t bytes_read = 0;
};

enum class Keep : std::uint8_t { kRows, kTheirNumber };  // what is kept counts as memory of the look

Found look(const Bytes& file, Keep keep = Keep::kRows) {
    const MemorySource source(file);
    const CountingSource counted(source);
    Allowance allowance(limits_of(Depth::kFull), counted);
    Found found;
    const auto done = visit_parquet_rows(
        counted, allowance,
        [&](std::string_view row) { found.rows.emplace_back(keep == Keep::kRows ? row : ""); }, found.unseen);
    EXPECT_TRUE(done);
    found.bytes_read = counted.bytes_read();
    return found;
}

Texts rows_of(const Bytes& file) {
    const Found found = look(file);
    EXPECT_EQ(found.unseen, Reasons{});
    return found.rows;
}

ColumnSpec integers(PageSpec page) {
    return {.type = 2, .pages = {std::move(page)}};
}

TEST(ParquetRows, AreTheValuesOfTheColumnsInTheirOrder) {
    EXPECT_EQ(rows_of(parquet_file({integers(plain_integers({1, 2})),
                                    {.pages = {plain_texts({"Hello, World", "good\tnight"})}}},
                                   2)),
              (Texts{"1 hello world", "2 good night"}));
}

TEST(ParquetRows, EndARecordAtALineBreakInATextAsCsvDoes) {
    EXPECT_EQ(
        rows_of(parquet_file({{.pages = {plain_texts({"one\ntwo"})}}, integers(plain_integers({3}))}, 1)),
        (Texts{"one", "two 3"}));
}

TEST(ParquetRows, GoOnFromPageToPageWhereverTheyEnd) {
    const ColumnSpec texts{.pages = {plain_texts({"a", "b", "c"}), plain_texts({}), plain_texts({"d"})}};
    const ColumnSpec numbers{.type = 2, .pages = {plain_integers({1}), plain_integers({2, 3, 4})}};
    EXPECT_EQ(rows_of(parquet_file({texts, numbers}, 4)), (Texts{"a 1", "b 2", "c 3", "d 4"}));
}

TEST(ParquetRows, LeaveOutNulls) {
    // Levels of one bit: 1, 0, 1. In version 1 their length stands before them, in version 2 in the header.
    PageSpec first = plain_texts({"x", "y"}), second = first;
    first.values = second.values = 3;
    first.body.insert(first.body.begin(), {2, 0, 0, 0, 3, 0b101});
    second.body.insert(second.body.begin(), {3, 0b101});
    second.kind = 3;
    second.definition_bytes = 2;
    for (const PageSpec& page : {first, second})
        EXPECT_EQ(rows_of(parquet_file(
                      {integers(plain_integers({1, 2, 3})), {.pages = {page}, .repetition = 1}}, 3)),
                  (Texts{"1 x", "2", "3 y"}));
}

TEST(ParquetRows, LookUpWhatIsInADictionary) {
    PageSpec dictionary = plain_texts({"red", "green"});
    dictionary.kind = 2;
    const PageSpec places{.values = 4, .encoding = 8, .body = {1, 3, 0b0110}};
    EXPECT_EQ(rows_of(parquet_file({{.pages = {dictionary, places}}}, 4)),
              (Texts{"red", "green", "green", "red"}));
    const PageSpec older{.values = 4, .encoding = 2, .body = {1, 4 << 1, 1}};
    EXPECT_EQ(rows_of(parquet_file({{.pages = {dictionary, older, plain_texts({"blue"})}}}, 5)),
              (Texts{"green", "green", "green", "green", "blue"}));
}

TEST(ParquetRows, ReadDifferencesAndSplitBytes) {
    EXPECT_EQ(rows_of(parquet_file({integers({.values = 5, .encoding = 5, .body = {8, 1, 5, 2, 2, 0}})}, 5)),
              (Texts{"1", "2", "3", "4", "5"}));
    Bytes lengths{8, 1, 2, 6, 0, 0};  // 3 and 3
    testing::append(lengths, "onetwo");
    EXPECT_EQ(rows_of(parquet_file({{.pages = {{.values = 2, .encoding = 6, .body = lengths}}}}, 2)),
              (Texts{"one", "two"}));
    Bytes prefixes{8, 1, 2, 0, 4, 0, 8, 1, 2, 8, 3, 0};  // 0 and 2 bytes of the one before; 4 and 2 more
    testing::append(prefixes, "axisle");
    EXPECT_EQ(rows_of(parquet_file({{.pages = {{.values = 2, .encoding = 7, .body = prefixes}}}}, 2)),
              (Texts{"axis", "axle"}));
    const Bytes split{1, 2, 0, 1, 0, 0, 0, 0};  // 1 and 258
    EXPECT_EQ(rows_of(parquet_file({{.type = 1, .pages = {{.values = 2, .encoding = 9, .body = split}}}}, 2)),
              (Texts{"1", "258"}));
    EXPECT_EQ(rows_of(parquet_file(
                  {{.type = 0, .pages = {{.values = 3, .encoding = 3, .body = {2, 0, 0, 0, 3, 0b110}}}}}, 3)),
              (Texts{"false", "true", "true"}));
}

TEST(ParquetRows, ReadALargePageThatIsPackedWithoutHoldingIt) {
    Texts texts;
    for (int i = 0; i < 20'000; ++i)
        texts.push_back("word" + std::to_string(i) + std::string(500, 'x'));
    PageSpec page = plain_texts(texts);
    page.body = testing::snappy_literal(page.body);
    const Bytes file = parquet_file({{.pages = {page}, .codec = 1}}, 20'000);
    const Found found = look(file);
    EXPECT_EQ(found.rows, texts);
    EXPECT_EQ(found.unseen, Reasons{});
    EXPECT_LT(found.bytes_read, file.size() * 3 / 2) << "bands go on in the page where the last one ended";
}

TEST(ParquetRows, AreInAFileThatBeginsOrEndsAsParquet) {
    const auto is = [](const Bytes& file) { return *is_parquet(MemorySource(file)); };
    Bytes file = parquet_file({integers(plain_integers({1, 2}))}, 2);
    EXPECT_TRUE(is(Bytes(file.begin(), file.begin() + 4)));
    file[0] = 'X';
    EXPECT_TRUE(is(file));
    EXPECT_EQ(rows_of(file), (Texts{"1", "2"}));
    file.back() = 'E';
    EXPECT_TRUE(is(file)) << "its metadata is encrypted";
    EXPECT_FALSE(is(Bytes(file.begin(), file.end() - 1)));
    const auto metadata = load_le<std::uint32_t>(file.data() + file.size() - 8);
    EXPECT_TRUE(is(Bytes(file.end() - metadata - 12, file.end())));
    EXPECT_FALSE(is(Bytes(file.end() - metadata - 11, file.end()))) << "no room for the magic number";
    EXPECT_FALSE(is(Bytes(file.end() - 8, file.end())));
    file[file.size() - 5] = 0xFF;
    EXPECT_FALSE(is(file));
}

TEST(ParquetRows, OfAFileThatIsNoneAreNoted) {
    Bytes file = parquet_file({integers(plain_integers({1, 2}))}, 2);
    EXPECT_EQ(look(Bytes(file.begin(), file.end() - 1)).unseen, Reasons{Unseen::kCorrupt});
    Bytes encrypted = file;
    encrypted.back() = 'E';
    EXPECT_EQ(look(encrypted).unseen, Reasons{Unseen::kEncrypted});
    file[file.size() - 5] = 0xFF;  // of the length of the metadata
    EXPECT_EQ(look(file).unseen, Reasons{Unseen::kCorrupt});
    EXPECT_EQ(look({'P', 'A', 'R', '1'}).unseen, Reasons{Unseen::kCorrupt});
}

TEST(ParquetRows, ThatAreEncodedOrPackedInAnUnknownWayAreNoted) {
    PageSpec page = plain_integers({1, 2});
    page.encoding = 10;
    EXPECT_EQ(look(parquet_file({integers(page)}, 2)).unseen, Reasons{Unseen::kUnsupported});
    EXPECT_EQ(look(parquet_file({{.type = 2, .pages = {plain_integers({1})}, .codec = 4}}, 1)).unseen,
              Reasons{Unseen::kUnsupported});
    EXPECT_EQ(look(parquet_file({{.pages = {{.values = 1, .encoding = 8, .body = {1, 2, 0}}}}}, 1)).unseen,
              Reasons{Unseen::kUnsupported})
        << "places without a dictionary";
}

TEST(ParquetRows, ThatContradictThemselvesAreNoted) {
    const auto says = [](const ColumnSpec& column, std::int64_t rows) {
        const Found found = look(parquet_file({column}, rows));
        EXPECT_TRUE(found.rows.empty());
        return found.unseen == Reasons{Unseen::kCorrupt};
    };
    PageSpec longer = plain_integers({1, 2}), fewer = longer, beyond = longer;
    longer.packed_bytes = 1000;
    fewer.values = 3;
    EXPECT_TRUE(says(integers(longer), 2));
    EXPECT_TRUE(says(integers(fewer), 3));
    EXPECT_TRUE(says(integers(plain_integers({1, 2})), 3)) << "more rows than values";
    EXPECT_TRUE(says({.type = 2, .pages = {plain_integers({1, 2})}, .values = 1LL << 62}, 3))
        << "values, but no pages";
    EXPECT_TRUE(says({.pages = {{.values = 1, .body = {9, 0, 0, 0, 'a'}}}}, 1)) << "a text beyond the page";
    PageSpec dictionary = plain_texts({"red"});
    dictionary.kind = 2;
    EXPECT_TRUE(says({.pages = {dictionary, {.values = 1, .encoding = 8, .body = {1, 2, 1}}}}, 1))
        << "not in the dictionary";
}

TEST(ParquetRows, OfOtherRowGroupsAreReadWhenOneIsWrong) {
    const ColumnSpec sound = integers(plain_integers({1, 2}));
    const testing::GroupSpec behind{.columns = {integers(plain_integers({3}))}, .rows = 1};
    const auto beside = [&](const testing::GroupSpec& wrong) {
        const Found found = look(parquet_file({{.columns = {sound}, .rows = 2}, wrong, behind}));
        EXPECT_EQ(found.rows, (Texts{"1", "2", "3"}));
        return found.unseen;
    };
    using enum testing::ChunkDefect;
    for (const auto& [defect, reason] :
         {std::pair{kEncrypted, Unseen::kEncrypted}, std::pair{kInAnotherFile, Unseen::kUnsupported},
          std::pair{kBeyondTheFile, Unseen::kCorrupt}, std::pair{kNoMetadata, Unseen::kCorrupt}}) {
        ColumnSpec wrong = sound;
        wrong.defect = defect;
        EXPECT_EQ(beside({.columns = {wrong}, .rows = 2}), Reasons{reason});
    }
    EXPECT_EQ(beside({.columns = {}, .rows = 2}), Reasons{Unseen::kCorrupt});
    EXPECT_EQ(beside({.columns = {sound, sound}, .rows = 2}), Reasons{Unseen::kCorrupt});
    EXPECT_EQ(beside({.columns = {sound}, .rows = -1}), Reasons{Unseen::kCorrupt});
}

TEST(ParquetRows, OfABombCostLittle) {
    PageSpec dictionary = plain_texts({std::string(60'000, 'x') + " a b c"});
    dictionary.kind = 2;
    Bytes run{1};
    testing::append(run, testing::varint(0xFFFFFFFEULL));
    run.push_back(0);
    const PageSpec places{.values = 0x7FFFFFFF, .encoding = 8, .body = run};
    const Found texts = look(parquet_file({{.pages = {dictionary, places}}}, 0x7FFFFFFF), Keep::kTheirNumber);
    EXPECT_EQ(texts.unseen, Reasons{Unseen::kRatio});
    EXPECT_LT(texts.rows.size(), 2'000U);
    // As many nulls: no text at all.
    Bytes levels{6, 0, 0, 0};
    testing::append(levels, testing::varint(0xFFFFFFFEULL));
    levels.push_back(0);
    const PageSpec nulls{.values = 0x7FFFFFFF, .body = levels};
    const Found nothing = look(parquet_file({{.pages = {nulls}, .repetition = 1}}, 0x7FFFFFFF));
    EXPECT_EQ(nothing.unseen, Reasons{Unseen::kRatio});
    EXPECT_TRUE(nothing.rows.empty());
}

TEST(ParquetRows, OfTooManyColumnsOrTooLongValuesAreNoted) {
    const std::vector<ColumnSpec> columns(10'001, integers(plain_integers({1})));
    EXPECT_EQ(look(parquet_file(columns, 1)).unseen, Reasons{Unseen::kEntries});
    EXPECT_EQ(look(parquet_file({{.pages = {plain_texts({std::string(3 << 20, 'x')})}}}, 1)).unseen,
              Reasons{Unseen::kMemory});
}

constexpr std::size_t kRecordsOf2MiB = 32;

// The rows behind one that was long.
Texts behind(const Found& found, std::size_t records) {
    std::size_t begin = 0;
    while (begin < found.rows.size() && found.rows[begin].starts_with("xxxxx"))
        ++begin;
    EXPECT_GE(begin, records);
    return {found.rows.begin() + static_cast<std::ptrdiff_t>(begin), found.rows.end()};
}

TEST(ParquetRows, BehindAValueThatIsTooLongAreRead) {
    const auto rows_behind = [](const ColumnSpec& column, std::size_t rows) {
        const Found found = look(parquet_file({column}, static_cast<std::int64_t>(rows)));
        EXPECT_EQ(found.unseen, Reasons{Unseen::kMemory});
        return behind(found, kRecordsOf2MiB);
    };
    const std::string text(3 << 20, 'x');
    EXPECT_EQ(rows_behind({.pages = {plain_texts({text, "a", "b"})}}, 3), (Texts{"a", "b"}));
    PageSpec dictionary = plain_texts({text, "a"});
    dictionary.kind = 2;
    EXPECT_EQ(rows_behind({.pages = {dictionary, {.values = 2, .encoding = 8, .body = {1, 3, 0b10}}}}, 2),
              Texts{"a"});
    // Lengths: 3 MiB, and 1 after a difference; each is a block of the format.
    const auto two = [](std::uint64_t first, std::uint64_t second) {
        Bytes bytes{8, 1, 2};
        const auto difference = static_cast<std::int64_t>(second) - static_cast<std::int64_t>(first);
        testing::append(bytes, testing::varint(first << 1));
        testing::append(bytes, testing::varint(static_cast<std::uint64_t>(difference) << 1 ^
                                               static_cast<std::uint64_t>(difference >> 63)));
        bytes.push_back(0);
        return bytes;
    };
    Bytes lengths = two(text.size(), 1);
    testing::append(lengths, text + "a");
    EXPECT_EQ(rows_behind({.pages = {{.values = 2, .encoding = 6, .body = lengths}}}, 2), Texts{"a"});
    Bytes prefixes = two(0, 2);
    testing::append(prefixes, two(text.size(), 1));
    testing::append(prefixes, text + "a");
    EXPECT_EQ(rows_behind({.pages = {{.values = 2, .encoding = 7, .body = prefixes}}}, 2), Texts{"xxa"});
}

TEST(ParquetRows, BehindARowThatIsTooLongAreRead) {
    const PageSpec texts = plain_texts({std::string(2 << 20, 'x'), "a", "b"});
    for (const testing::Nesting nesting : {testing::Nesting::kNone, testing::Nesting::kOneStructure}) {
        const Found found = look(parquet_file(std::vector<ColumnSpec>(3, {.pages = {texts}}), 3, nesting));
        EXPECT_EQ(found.unseen, Reasons{Unseen::kMemory});
        EXPECT_EQ(behind(found, kRecordsOf2MiB), (Texts{"a a a", "b b b"}));
    }
}

TEST(ParquetRows, OfADictionaryAreReadUpToItsLimit) {
    const auto look_up = [](std::size_t texts) {
        PageSpec dictionary = plain_texts(Texts(texts, std::string(1 << 20, 'x')));
        dictionary.kind = 2;
        const PageSpec place{.values = 1, .encoding = 8, .body = {1, 2, 0}};
        return look(parquet_file({{.pages = {dictionary, place}}}, 1), Keep::kTheirNumber).unseen;
    };
    EXPECT_EQ(look_up(7), Reasons{});
    EXPECT_EQ(look_up(8), Reasons{Unseen::kMemory});
}

TEST(ParquetRows, OfAWideTableAreReadInMemoryThatIsBounded) {
    // 600 columns of Snappy hold more than may be kept, so that some are decoded again for each band.
    Texts texts;
    for (int i = 0; i < 300; ++i)
        texts.push_back("cell" + std::to_string(i) + std::string(40, 'y'));
    PageSpec page = plain_texts(texts);
    page.body = testing::snappy_literal(page.body);
    const Bytes file = parquet_file(std::vector<ColumnSpec>(600, {.pages = {page}, .codec = 1}), 300);
    const Found found = look(file);
    EXPECT_EQ(found.unseen, Reasons{});
    ASSERT_EQ(found.rows.size(), 300U);
    EXPECT_TRUE(found.rows[299].starts_with("cell299"));
    EXPECT_EQ(found.rows[299].size(), 600 * (texts[299].size() + 1) - 1);
}

// What is allocated, at most, while rows are handed out.
std::uint64_t most_memory_for(const Bytes& file) {
    const std::uint64_t before = allocated_bytes();
    const MemorySource source(file);
    const CountingSource counted(source);
    Allowance allowance(limits_of(Depth::kFull), counted);
    std::uint64_t most = before;
    Reasons unseen;
    const auto look_at = [&](std::string_view row) {
        if (row.size() > 1000) most = std::max(most, allocated_bytes());
    };
    EXPECT_TRUE(visit_parquet_rows(counted, allowance, look_at, unseen));
    EXPECT_EQ(unseen, Reasons{});
    return most - before;
}

TEST(ParquetRows, GiveBackWhatTheRowsOfOneBandHaveGrownTo) {
    std::vector<PlaceRun> runs{{256 + 1024 + 4096, 0}};
    for (std::uint64_t band = 0; band < 18; ++band)
        for (const PlaceRun& run :
             {PlaceRun{1000 + 40 * band, 0}, PlaceRun{40, 1}, PlaceRun{16'384 - 1040 - 40 * band, 0}})
            runs.push_back(run);
    const std::int64_t rows = 256 + 1024 + 4096 + 18 * 16'384;
    EXPECT_LT(most_memory_for(parquet_file({of_short_and_long(60'000, runs)}, rows)), 20U << 20);
}

TEST(ParquetRows, GiveBackWhatTheColumnsOfOneBandHaveGrownTo) {
    constexpr std::uint64_t kColumns = 12;
    std::vector<ColumnSpec> columns;
    for (std::uint64_t column = 0; column < kColumns; ++column)
        columns.push_back(of_short_and_long(
            60'000, {{300 + 48 * column, 0}, {48, 1}, {1 + 48 * (kColumns - 1 - column), 0}}));
    const Bytes file = parquet_file(columns, 301 + 48 * kColumns, testing::Nesting::kOneStructure);
    EXPECT_LT(most_memory_for(file), 20U << 20);
}

TEST(ParquetRows, OfABandThatWasTooLargeCountNoLongerAsHeld) {
    // A page that is held as a whole, 8 MiB of it, goes back three times when the texts beside it get long.
    constexpr std::int64_t kRows = 240'000;
    const ColumnSpec held{
        .type = 7,
        .pages = {{.values = kRows, .encoding = 9, .body = Bytes(std::size_t{32} * kRows, 'a')}},
        .length = 32};
    const Found found =
        look(parquet_file({held, of_short_and_long(2500, {{5000, 0}, {4000, 1}, {kRows - 9000, 0}})}, kRows),
             Keep::kTheirNumber);
    EXPECT_EQ(found.unseen, Reasons{});
    EXPECT_EQ(found.rows.size(), static_cast<std::size_t>(kRows));
}

}  // namespace
}  // namespace modelward::fingerprint
