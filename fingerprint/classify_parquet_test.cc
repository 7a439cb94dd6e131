// SPDX-License-Identifier: Apache-2.0
// A data set is the same one as text and as Parquet.
#include <gtest/gtest.h>

#include "fingerprint/classify.h"
#include "fingerprint/containers/allowance.h"
#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/parquet_writer.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::bytes_of;

struct Table {
    std::vector<std::uint64_t> ids;
    std::vector<std::string> texts;
};

Table table_of(std::uint64_t first, std::uint64_t count) {
    Table table;
    for (std::uint64_t id = first; id < first + count; ++id) {
        std::string text = "Row";
        for (std::uint64_t word = 0; word < 6; ++word)
            text += " w" + std::to_string(splitmix64(id, word) % 50'000);
        table.ids.push_back(id);
        table.texts.push_back(text);
    }
    return table;
}

Bytes as_csv(const Table& table) {
    std::string text = "id,text\n";
    for (std::size_t i = 0; i < table.ids.size(); ++i)
        text += std::to_string(table.ids[i]) + ",\"" + table.texts[i] + "\"\n";
    return bytes_of(text);
}

Bytes as_parquet(const Table& table) {
    return testing::parquet_file({{.type = 2, .pages = {testing::plain_integers(table.ids)}},
                                  {.pages = {testing::plain_texts(table.texts)}}},
                                 static_cast<std::int64_t>(table.ids.size()));
}

Index index_of(const Bytes& registered) {
    return testing::index_of({{1, make_fingerprint(MemorySource(registered)).value()}});
}

Classification look(const Index& index, const Bytes& file, Depth depth = Depth::kFull) {
    return classify(MemorySource(file), index, depth).value();
}

double records_share(const Classification& found) {
    for (const Match& match : found.matches)
        if (match.method == Method::kRecords) return match.share;
    return 0;
}

TEST(ClassifyParquet, FindsARegisteredCsvAndIsFoundByIt) {
    const Bytes csv = as_csv(table_of(0, 1000)), parquet = as_parquet(table_of(0, 1000));
    const Classification found = look(index_of(csv), parquet);
    EXPECT_EQ(found.format, "parquet");
    EXPECT_NEAR(records_share(found), 1, 0.002);
    EXPECT_EQ(found.unseen, std::vector<Unseen>{});
    EXPECT_DOUBLE_EQ(records_share(look(index_of(parquet), csv)), 1);
    EXPECT_EQ(make_fingerprint(MemorySource(parquet))->format, "parquet");
}

TEST(ClassifyParquet, SaysHowManyOfTheRowsThereAre) {
    EXPECT_NEAR(records_share(look(index_of(as_csv(table_of(0, 1000))), as_parquet(table_of(300, 400)))), 0.4,
                0.002);
    EXPECT_TRUE(look(index_of(as_csv(table_of(0, 1000))), as_parquet(table_of(5000, 1000))).matches.empty());
}

TEST(ClassifyParquet, FindsItInsideWrapping) {
    const Index index = index_of(as_csv(table_of(0, 1000)));
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z, Wrapping::kGzip,
                                    Wrapping::kZstd, Wrapping::kBase64}) {
        const Classification found = look(index, testing::wrapped(wrapping, as_parquet(table_of(0, 1000))));
        EXPECT_NEAR(records_share(found), 1, 0.002) << to_string(wrapping);
        EXPECT_EQ(found.unseen, std::vector<Unseen>{}) << to_string(wrapping);
    }
    const Bytes archive = testing::wrapped(Wrapping::kGzip, as_parquet(table_of(0, 1000)));
    EXPECT_DOUBLE_EQ(records_share(look(index_of(archive), as_csv(table_of(0, 1000)))), 1);
}

TEST(ClassifyParquet, FindsItByItsEndInPlace) {
    Bytes parquet = as_parquet(table_of(0, 1000));
    parquet[0] = 'X';
    const Index index = index_of(as_csv(table_of(0, 1000)));
    for (const Bytes& file : {parquet, testing::wrapped(Wrapping::kTar, parquet)})
        EXPECT_NEAR(records_share(look(index, file)), 1, 0.002);
    EXPECT_EQ(look(index, parquet).format, "parquet");
    EXPECT_NEAR(records_share(look(index_of(parquet), as_csv(table_of(0, 1000)))), 1, 0.002);
}

TEST(ClassifyParquet, SaysThatItCannotReadALongOneOutOfAStream) {
    const Bytes parquet = as_parquet(table_of(0, 400'000));
    ASSERT_GT(parquet.size(), kMaxHeldBytes);
    const Classification found =
        look(index_of(as_csv(table_of(0, 1000))), testing::wrapped(Wrapping::kGzip, parquet));
    EXPECT_EQ(found.unseen, std::vector<Unseen>{Unseen::kSeek});
}

TEST(ClassifyParquet, IsMatchedByItsBytesWhenItIsBroken) {
    Bytes parquet = as_parquet(table_of(0, 3000));
    const Index index = index_of(parquet);
    parquet.resize(parquet.size() - 100);
    const Classification found = look(index, parquet);
    ASSERT_FALSE(found.matches.empty());
    EXPECT_EQ(found.matches[0].method, Method::kChunks);
    EXPECT_EQ(found.unseen, std::vector<Unseen>{Unseen::kCorrupt});
}

TEST(ClassifyParquet, LeavesRowsToTheFullLook) {
    const Classification found =
        look(index_of(as_csv(table_of(0, 1000))), as_parquet(table_of(0, 1000)), Depth::kSampled);
    EXPECT_EQ(found.format, "parquet");
    EXPECT_TRUE(found.matches.empty());
}

}  // namespace
}  // namespace modelward::fingerprint
