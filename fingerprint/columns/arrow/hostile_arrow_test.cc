// SPDX-License-Identifier: Apache-2.0
// Arrow that is broken, or made to cost: a reason is given, what is sound is seen, and nothing costs much.
#include "fingerprint/columns/arrow/arrow_batch.h"
#include "fingerprint/columns/cell_reader.h"
#include "fingerprint/columns/limited_source.h"
#include "fingerprint/testing/arrow_looks.h"
#include "fingerprint/testing/flatbuffer_writer.h"

namespace modelward::fingerprint {
namespace {

using namespace testing;  // NOLINT: a writer of many functions
using Texts = std::vector<std::string>;
using Reasons = std::vector<Unseen>;

constexpr std::uint64_t kMany = std::uint64_t{1} << 39;

const ArrowArray kColours = arrow_texts({"red", "green"});

std::vector<ArrowArray> mixed_fields() {
    return {arrow_numbers({1, 2, 3}), with_nulls(arrow_texts({"x", "?", "y"}), "101"),
            arrow_lists({1, 1, 3}, arrow_structure({arrow_texts({"k", "l", "m"}), arrow_numbers({7, 8, 9})})),
            arrow_places(1, {1, 0, 1}, kColours), arrow_views({"short", "more than twelve bytes", ""})};
}

// A stream of the fields, a sound batch behind it.
Reasons beside_sound(const ArrowPart& wrong, const std::vector<ArrowArray>& sound, const Texts& rows) {
    const ArrowLook found = look_at_arrow(arrow_stream({arrow_schema(sound), wrong, arrow_batch(sound)}));
    EXPECT_EQ(found.rows, rows);
    return found.unseen;
}

// Of one column, of which no row is seen.
Reasons unseen_of(const ArrowArray& field, ArrowPacking packing = ArrowPacking::kNone) {
    const ArrowLook found =
        look_at_arrow(arrow_stream({arrow_schema({field}), arrow_batch({field}, packing)}));
    EXPECT_TRUE(found.rows.empty());
    return found.unseen;
}

TEST(HostileArrow, ThatEndsAnywhereGivesTheRowsBeforeAndAReason) {
    const std::vector<ArrowArray> fields = mixed_fields();
    for (const ArrowPacking packing : {ArrowPacking::kNone, ArrowPacking::kLz4, ArrowPacking::kZstd}) {
        const ArrowPart dictionary = arrow_dictionary(1, kColours, false, packing);
        const ArrowPart batch = arrow_batch(fields, packing);
        const Texts rows = look_at_arrow(arrow_stream({arrow_schema(fields), dictionary, batch, batch})).rows;
        ASSERT_EQ(rows, (Texts{"1 x k 7 green short", "2 red more than twelve bytes", "3 y l 8 m 9 green",
                               "1 x k 7 green short", "2 red more than twelve bytes", "3 y l 8 m 9 green"}));
        const Bytes stream = arrow_stream({arrow_schema(fields), dictionary, batch, batch});
        const Bytes file = arrow_file(fields, {dictionary}, {batch, batch});
        for (const Bytes& whole : {stream, file}) {
            std::size_t without_reason = 0;
            for (std::size_t size = 1; size < whole.size(); ++size) {
                const ArrowLook found =
                    look_at_arrow(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
                ASSERT_LE(found.rows.size(), rows.size());
                ASSERT_TRUE(std::ranges::equal(found.rows, std::span(rows).first(found.rows.size()))) << size;
                if (found.unseen.empty()) ++without_reason;
            }
            EXPECT_EQ(without_reason, whole == stream ? 4U : 0U) << "a stream may end behind a message";
        }
    }
}

TEST(HostileArrow, OfWhichAnyByteIsAnotherIsSurvived) {
    const std::vector<ArrowArray> fields = mixed_fields();
    const Bytes file = arrow_file(fields, {arrow_dictionary(1, kColours)}, {arrow_batch(fields)});
    for (std::size_t at = 0; at < file.size(); ++at)
        for (const unsigned value : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
            Bytes other = file;
            other[at] = static_cast<std::uint8_t>(value);
            const ArrowLook found = look_at_arrow(other);
            ASSERT_LT(found.bytes_read, kMostReads * file.size() + (2U << 20));
        }
}

TEST(HostileArrow, WhoseEndsOfTextsOrListsAreImpossibleIsNoted) {
    const auto with_ends = [](ArrowArray array, const std::vector<std::uint64_t>& ends) {
        array.buffers[1] = arrow_numbers(ends, 32).buffers[1];
        array.length = ends.size() - 1;
        return array;
    };
    const ArrowArray texts = arrow_texts({"one", "two"}), lists = arrow_lists({1, 2}, arrow_numbers({1, 2}));
    EXPECT_EQ(unseen_of(with_ends(texts, {3, 0})), Reasons{Unseen::kCorrupt}) << "going back";
    const ArrowArray long_texts = arrow_texts({std::string(3 << 20, 'x')});
    EXPECT_EQ(unseen_of(with_ends(long_texts, {3, 0})), Reasons{Unseen::kCorrupt}) << "going back";
    EXPECT_EQ(unseen_of(with_ends(texts, {0, 7})), Reasons{Unseen::kCorrupt}) << "beyond the texts";
    EXPECT_EQ(unseen_of(with_ends(texts, {0xFFFFFFFF, 0xFFFFFFFF})), Reasons{}) << "of nothing, nowhere";
    EXPECT_EQ(unseen_of(with_ends(texts, {0, 0xFFFFFFFF})), Reasons{Unseen::kCorrupt}) << "below zero";
    EXPECT_EQ(unseen_of(with_ends(lists, {2, 1})), Reasons{Unseen::kCorrupt});
    EXPECT_EQ(unseen_of(with_ends(lists, {0, 3})), Reasons{Unseen::kCorrupt});
    ArrowArray without_ends = texts;
    without_ends.buffers[1] = {};
    EXPECT_EQ(unseen_of(without_ends), Reasons{Unseen::kCorrupt});
}

TEST(HostileArrow, WhosePlacesOrViewsLeadNowhereIsNoted) {
    for (const std::uint64_t place : {2ULL, ~0ULL}) {
        const std::vector<ArrowArray> fields{arrow_places(1, {place}, kColours, 64)};
        const Bytes stream =
            arrow_stream({arrow_schema(fields), arrow_dictionary(1, kColours), arrow_batch(fields)});
        EXPECT_EQ(look_at_arrow(stream).unseen, Reasons{Unseen::kCorrupt});
    }
    EXPECT_EQ(unseen_of(arrow_places(1, {0}, kColours)), Reasons{Unseen::kCorrupt}) << "no dictionary came";
    ArrowArray views = arrow_views({"more than twelve bytes"});
    views.buffers[1][8] = 1;
    EXPECT_EQ(unseen_of(views), Reasons{Unseen::kCorrupt}) << "in the second of one buffers";
    views.buffers[1][8] = 3;
    const std::vector<ArrowArray> beside{views, arrow_texts({"of another column, which is long"})};
    const ArrowLook found = look_at_arrow(arrow_stream({arrow_schema(beside), arrow_batch(beside)}));
    EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt}) << "in a buffer of the next column";
    EXPECT_TRUE(found.rows.empty());
    views.buffers[1][8] = 0;
    views.buffers[1][12] = 200;
    EXPECT_EQ(unseen_of(views), Reasons{Unseen::kCorrupt}) << "beyond it";
}

TEST(HostileArrow, OfWhichOneBatchIsWrongHasItsOtherRowsSeen) {
    const std::vector<ArrowArray> sound{arrow_numbers({1}), arrow_texts({"a"})};
    const Texts rows{"1 a"};
    const auto batch_with = [&](auto change) {
        std::vector<ArrowArray> fields = sound;
        change(fields);
        return arrow_batch(fields);
    };
    EXPECT_EQ(beside_sound(batch_with([](auto& fields) { fields[0].claims = {{0, 0}, {1 << 20, 8}}; }), sound,
                           rows),
              Reasons{Unseen::kCorrupt})
        << "a buffer beyond the body";
    EXPECT_EQ(
        beside_sound(batch_with([](auto& fields) { fields[0].claims = {{0, 0}, {8, ~0ULL}}; }), sound, rows),
        Reasons{Unseen::kCorrupt});
    EXPECT_EQ(
        beside_sound(batch_with([](auto& fields) { fields[0].claims = {{0, 0}, {64, 8}}; }), sound, rows),
        Reasons{Unseen::kCorrupt})
        << "in the message behind it";
    EXPECT_EQ(
        beside_sound(batch_with([](auto& fields) { fields[0].claims = {{0, 0}, {0, 64}}; }), sound, rows),
        Reasons{Unseen::kCorrupt})
        << "up to the message behind it";
    EXPECT_EQ(beside_sound(batch_with([](auto& fields) { fields.pop_back(); }), sound, rows),
              Reasons{Unseen::kCorrupt})
        << "a field too few";
    EXPECT_EQ(beside_sound(batch_with([](auto& fields) { fields[1].buffers.pop_back(); }), sound, rows),
              Reasons{Unseen::kCorrupt})
        << "a buffer too few";
    EXPECT_EQ(beside_sound(batch_with([](auto& fields) { fields[1].length = 0; }), sound, rows),
              Reasons{Unseen::kCorrupt})
        << "a column that is too short";
    EXPECT_EQ(beside_sound(arrow_batch_of(~0ULL, sound), sound, rows), Reasons{Unseen::kMemory}) << "-1 rows";
    EXPECT_EQ(beside_sound(arrow_batch(sound, ArrowPacking::kExperiment), sound, rows),
              Reasons{Unseen::kUnsupported});
    EXPECT_EQ(beside_sound({arrow_schema(sound).metadata, {}}, sound, rows), Reasons{}) << "the schema again";
    FlatbufferWriter tensor(std::string_view("\0\0\0\0", 4));
    const std::size_t message = tensor.table({2, 1, 4, 8});
    tensor.point(0, message);
    tensor.set(tensor.field(message, 1), 4, 1);
    tensor.point(tensor.field(message, 2), tensor.table({4}));
    EXPECT_EQ(beside_sound({tensor.bytes(), {}}, sound, rows), Reasons{Unseen::kUnsupported});
}

TEST(HostileArrow, WhoseFooterLeadsBeyondTheFileHasItsOtherRowsSeen) {
    const std::vector<ArrowArray> fields{arrow_numbers({0x1122334455667788})};
    Bytes file = arrow_file(fields, {}, {arrow_batch(fields), arrow_batch(fields)});
    // The last block of the footer is the last vector: offset, length, body.
    const auto last = file.end() - 10 - 24;
    *(last + 4) = 0x7F;
    const ArrowLook found = look_at_arrow(file);
    EXPECT_EQ(found.rows, Texts{std::to_string(0x1122334455667788)});
    EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt});
}

TEST(HostileArrow, OfMoreRowsThanBytesCostsLittle) {
    const ArrowArray nulls{.length = kMany, .nulls = kMany};
    EXPECT_EQ(unseen_of(nulls), Reasons{Unseen::kRatio});
    EXPECT_EQ(unseen_of({.length = std::uint64_t{1} << 60}), Reasons{Unseen::kMemory});
    EXPECT_EQ(unseen_of(arrow_fixed(ArrowType::kFixedSizeBinary, {{0, 0}}, kMany, {})),
              Reasons{Unseen::kRatio})
        << "of values without bytes";
    const ArrowArray of_none{.type = ArrowType::kFixedSizeList,
                             .parameters = {{0, 0}},
                             .length = kMany,
                             .buffers = {{}},
                             .children = {{.length = 0}}};
    EXPECT_EQ(unseen_of(of_none), Reasons{Unseen::kRatio}) << "of lists of nothing";
    const ArrowArray of_many{.type = ArrowType::kFixedSizeList,
                             .parameters = {{0, 0x7FFFFFFF}},
                             .length = 100,
                             .buffers = {{}},
                             .children = {{.length = 100 * std::uint64_t{0x7FFFFFFF}}}};
    EXPECT_EQ(unseen_of(of_many), (Reasons{Unseen::kRatio, Unseen::kMemory})) << "of long lists of nulls";
    EXPECT_EQ(unseen_of(arrow_structure({{.length = kMany}, {.length = kMany}})), Reasons{Unseen::kRatio});
    EXPECT_EQ(unseen_of({.type = ArrowType::kStruct, .length = kMany, .buffers = {{}}}), Reasons{})
        << "there is nothing in it";
    ArrowArray too_many = of_many;
    too_many.length = kMany;
    EXPECT_EQ(unseen_of(too_many), Reasons{Unseen::kMemory});
}

TEST(HostileArrow, WhoseColumnsLieOnTopOfEachOtherIsReadAFewTimesOnly) {
    std::vector<ArrowArray> fields(3000, arrow_numbers({1}));
    fields[0] = arrow_numbers(std::vector<std::uint64_t>(40'000, 0x0102030405060708));
    for (std::size_t i = 1; i < fields.size(); ++i) {
        fields[i].length = 40'000;
        fields[i].claims = {{0, 0}, {0, 320'000}};
        fields[i].buffers = {{}, {}};
    }
    const Bytes stream = arrow_stream({arrow_schema(fields), arrow_batch(fields)});
    const ArrowLook found = look_at_arrow(stream);
    EXPECT_EQ(found.unseen, Reasons{Unseen::kMemory});
    EXPECT_LT(found.bytes_read, kMostReads * stream.size() + (2U << 20));
}

TEST(HostileArrow, OfASchemaThatIsTooLargeOrTooDeepIsNoted) {
    ArrowArray deep = arrow_numbers({1});
    for (int level = 0; level < 40; ++level)
        deep = arrow_structure({deep});
    EXPECT_EQ(unseen_of(deep), Reasons{Unseen::kEntries});
    const std::vector<ArrowArray> wide(10'001, arrow_numbers({1}));
    EXPECT_EQ(look_at_arrow(arrow_stream({arrow_schema(wide)})).unseen, Reasons{Unseen::kEntries});
    ArrowArray broad = arrow_structure(std::vector<ArrowArray>(5'000, arrow_numbers({1})));
    for (int level = 0; level < 25; ++level)
        broad = arrow_structure({broad});
    EXPECT_EQ(unseen_of(broad), Reasons{Unseen::kEntries}) << "many columns, each of them deep";
    ArrowArray two = arrow_lists({1}, arrow_numbers({1}));
    two.children.push_back(arrow_numbers({1}));
    EXPECT_EQ(unseen_of(two), Reasons{Unseen::kCorrupt}) << "a list of two kinds of values";
}

// Each structure holds the next one a hundred times: 100^30 fields in a few KiB.
TEST(HostileArrow, WhoseTablesAreSharedIsNotFollowedWithoutEnd) {
    FlatbufferWriter writer(std::string_view("\0\0\0\0", 4));
    const std::size_t message = writer.table({2, 1, 4});
    writer.point(0, message);
    writer.set(writer.field(message, 1), 1, 1);
    std::size_t parent = writer.table({2, 4}), index = 1;
    writer.point(writer.field(message, 2), parent);
    for (int level = 0; level < 30; ++level) {
        const std::size_t list = writer.vector(100, 4);
        writer.point(writer.field(parent, index), list);
        parent = writer.table({0, 1, 1, 0, 0, 4});
        writer.set(writer.field(parent, 2), static_cast<std::uint64_t>(ArrowType::kStruct), 1);
        for (std::size_t i = 0; i < 100; ++i)
            writer.point(list + 4 + 4 * i, parent);
        index = 5;
    }
    writer.point(writer.field(parent, index), writer.vector(0, 4));
    const ArrowLook found = look_at_arrow(arrow_stream({{writer.bytes(), {}}}));
    EXPECT_EQ(found.unseen, Reasons{Unseen::kEntries});
}

TEST(HostileArrow, WhoseBuffersAreNotWhatTheyAreSaidToUnpackToIsNoted) {
    const Bytes zeros(64 << 20);
    // A bomb is a sound buffer: 8 Mi numbers out of a few KiB.
    ArrowArray bomb = arrow_fixed(ArrowType::kInt, {{0, 64}, {1, 1, 1}}, zeros.size() / 8, zeros);
    const ArrowLook found = look_at_arrow(
        arrow_stream({arrow_schema({bomb, bomb}), arrow_batch({bomb, bomb}, ArrowPacking::kZstd)}),
        KeepRows::kNo);
    EXPECT_EQ(found.unseen, Reasons{Unseen::kRatio});
    ArrowArray longer = arrow_numbers({1, 2});
    longer.length = 3;
    EXPECT_EQ(unseen_of(longer, ArrowPacking::kZstd), Reasons{Unseen::kCorrupt});
    EXPECT_EQ(unseen_of(longer, ArrowPacking::kLz4), Reasons{Unseen::kCorrupt});
    ArrowArray short_of_length = arrow_numbers({1, 2});
    short_of_length.claims = {{0, 0}, {0, 7}};
    EXPECT_EQ(unseen_of(short_of_length, ArrowPacking::kZstd), Reasons{Unseen::kCorrupt})
        << "no room for its length";
    short_of_length.claims = {{0, 0}, {0, 20}};
    EXPECT_EQ(unseen_of(short_of_length, ArrowPacking::kZstd), Reasons{Unseen::kCorrupt})
        << "a part of a frame";
}

TEST(HostileArrow, WhoseDictionaryIsTooLargeOrOfListsIsNoted) {
    const auto look_up = [](const ArrowArray& values) {
        const std::vector<ArrowArray> fields{arrow_places(1, {0}, values)};
        return look_at_arrow(
            arrow_stream({arrow_schema(fields), arrow_dictionary(1, values), arrow_batch(fields)}));
    };
    EXPECT_EQ(look_up(arrow_texts(Texts(7, std::string(1 << 20, 'x')))).unseen, Reasons{});
    EXPECT_EQ(look_up(arrow_texts(Texts(8, std::string(1 << 20, 'x')))).unseen, Reasons{Unseen::kMemory});
    EXPECT_EQ(look_up({.length = kMany, .nulls = kMany}).unseen, Reasons{Unseen::kMemory}) << "of nulls";
    const ArrowLook of_lists = look_up(arrow_lists({1}, arrow_numbers({1})));
    EXPECT_EQ(of_lists.unseen, Reasons{Unseen::kUnsupported});
    EXPECT_TRUE(of_lists.rows.empty());
}

}  // namespace
}  // namespace modelward::fingerprint
