// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/companions/sorted_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/testing/sorted_table_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::SortedTableWriter;

Bytes value(std::string_view text) {
    return {text.begin(), text.end()};
}

struct Walk {
    std::vector<std::string> seen;  // key=value
    std::optional<Error> error;

    explicit Walk(const Bytes& file, std::size_t most = 1000) {
        const MemorySource source(file);
        const auto done =
            each_entry(source, file.size(), [&](HeaderCursor& cursor, const auto& key, auto end) {
                seen.push_back(key + "=" + cursor.text(end - cursor.position()));
                return seen.size() < most;
            });
        if (!done) error = done.error();
    }
    ErrorCode code() const { return error ? error->code() : ErrorCode::kInternal; }
};

TEST(SortedTable, IsReadBlockByBlock) {
    const Bytes file = SortedTableWriter()
                           .block({{"", value("head")}, {"layer/a", value("1")}, {"layer/b", value("22")}})
                           .block({{"layer/c", value("")}, {"m", value("4")}})
                           .finish();
    EXPECT_TRUE(*is_sorted_table(MemorySource(file), file.size()));
    const Walk walk(file);
    EXPECT_FALSE(walk.error);
    EXPECT_THAT(walk.seen, ElementsAre("=head", "layer/a=1", "layer/b=22", "layer/c=", "m=4"));
}

TEST(SortedTable, NoMoreIsReadThanIsWanted) {
    const Bytes file =
        SortedTableWriter().block({{"a", value("1")}, {"b", value("2")}}).block({{"c", {}}}).finish();
    const Walk walk(file, 1);
    EXPECT_FALSE(walk.error);
    EXPECT_THAT(walk.seen, ElementsAre("a=1"));
}

TEST(SortedTable, OtherFilesAreNone) {
    const Bytes file = SortedTableWriter().block({{"a", value("1")}}).finish();
    EXPECT_FALSE(*is_sorted_table(MemorySource(file), file.size() - 1));
    EXPECT_FALSE(*is_sorted_table(MemorySource(file), 47));
    EXPECT_EQ(Walk(Bytes(47)).code(), ErrorCode::kInvalid);
}

TEST(SortedTable, ACompressedBlockIsUnsupportedAndThoseBeforeItCount) {
    const Walk walk(SortedTableWriter().block({{"a", value("1")}}).block({{"b", value("2")}}, 1).finish());
    EXPECT_EQ(walk.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(walk.seen, ElementsAre("a=1"));
}

TEST(SortedTable, ABlockMustLieInTheFile) {
    const std::uint64_t far = std::uint64_t{1} << 60;
    for (const auto& [begin, bytes] : {std::pair{far, std::uint64_t{8}},
                                       {std::uint64_t{0}, far},
                                       {~std::uint64_t{0}, ~std::uint64_t{0}},
                                       {std::uint64_t{0}, std::uint64_t{3}}}) {
        const Walk walk(SortedTableWriter().block_at(begin, bytes).finish());
        EXPECT_EQ(walk.code(), ErrorCode::kInvalid) << begin;
        EXPECT_THAT(walk.seen, IsEmpty());
    }
}

// Else a small file could have one block read a million times.
TEST(SortedTable, NoBlockIsReadTwice) {
    // A whole block of 13 bytes as the value of an entry: it lies inside of the first block.
    const Bytes inner = {0, 1, 1, 'b', '2', 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    constexpr std::uint64_t kFirstBytes = 4 + 18 + 8;
    const std::string first = "a=" + std::string(inner.begin(), inner.end());
    const auto expect_refused = [](SortedTableWriter& writer, const std::vector<std::string>& seen) {
        const Walk walk(writer.finish());
        EXPECT_EQ(walk.code(), ErrorCode::kInvalid);
        EXPECT_EQ(walk.seen, seen);
    };
    expect_refused(SortedTableWriter().block({{"a", inner}}).block_at(0, kFirstBytes), {first});
    expect_refused(SortedTableWriter().block({{"a", inner}}).block_at(4, 13), {first});
    expect_refused(SortedTableWriter().block({{"a", inner}}).block({{"c", {}}}).block_at(0, kFirstBytes),
                   {first, "c="});
}

TEST(SortedTable, ALongKeyIsBeyondTheLimit) {
    EXPECT_EQ(Walk(SortedTableWriter().block({{std::string(kMaxNameBytes, 'n'), {}}}).finish()).seen.size(),
              1u);
    EXPECT_EQ(Walk(SortedTableWriter().block({{std::string(kMaxNameBytes + 1, 'n'), {}}}).finish()).code(),
              ErrorCode::kLimit);
}

TEST(SortedTable, EveryByteMayBeWrong) {
    const Bytes file = SortedTableWriter()
                           .block({{"", value("head")}, {"layer/a", value("1")}, {"layer/b", value("22")}})
                           .block({{"layer/c", value("x")}})
                           .finish();
    for (std::size_t at = 0; at < file.size(); ++at)
        for (const std::uint8_t byte : Bytes{0x00, 0x01, 0x7F, 0x80, 0xFF}) {
            Bytes broken = file;
            broken[at] = byte;
            EXPECT_LE(Walk(broken).seen.size(), 20u);
            broken.resize(at);
            Walk{broken};
        }
}

}  // namespace
}  // namespace modelward::fingerprint
