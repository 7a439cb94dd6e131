// SPDX-License-Identifier: Apache-2.0
// A data set is the same one as text, as Parquet and as Arrow.
#include <gtest/gtest.h>

#include "fingerprint/classify.h"
#include "fingerprint/containers/allowance.h"
#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/arrow_writer.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/parquet_writer.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::ArrowArray;
using testing::ArrowPacking;
using testing::Bytes;

struct DataSet {
    std::vector<std::uint64_t> ids;
    std::vector<std::string> texts;

    std::vector<ArrowArray> fields() const {
        return {testing::arrow_numbers(ids), testing::arrow_texts(texts)};
    }
    Bytes as_csv() const {
        std::string text = "id,text\n";
        for (std::size_t i = 0; i < ids.size(); ++i)
            text += std::to_string(ids[i]) + ",\"" + texts[i] + "\"\n";
        return testing::bytes_of(text);
    }
    Bytes as_parquet() const {
        return testing::parquet_file(
            {{.type = 2, .pages = {testing::plain_integers(ids)}}, {.pages = {testing::plain_texts(texts)}}},
            static_cast<std::int64_t>(ids.size()));
    }
    Bytes as_arrow(ArrowPacking packing = ArrowPacking::kNone) const {
        return testing::arrow_file(fields(), {}, {testing::arrow_batch(fields(), packing)});
    }
    Bytes as_stream(ArrowPacking packing = ArrowPacking::kNone) const {
        return testing::arrow_stream(
            {testing::arrow_schema(fields()), testing::arrow_batch(fields(), packing)});
    }
};

DataSet data_set(std::uint64_t first, std::uint64_t count) {
    DataSet set;
    for (std::uint64_t id = first; id < first + count; ++id) {
        std::string text = "Row";
        for (std::uint64_t word = 0; word < 6; ++word)
            text += " w" + std::to_string(splitmix64(id, word) % 50'000);
        set.ids.push_back(id);
        set.texts.push_back(text);
    }
    return set;
}

Index index_with(const Bytes& registered) {
    return testing::index_of({{1, make_fingerprint(MemorySource(registered)).value()}});
}

Classification look(const Index& index, const Bytes& file, Depth depth = Depth::kFull) {
    return classify(MemorySource(file), index, depth).value();
}

double share_of_records(const Classification& found) {
    for (const Match& match : found.matches)
        if (match.method == Method::kRecords) return match.share;
    return 0;
}

TEST(ClassifyArrow, FindsARegisteredCsvOrParquetAndIsFoundByThem) {
    const DataSet set = data_set(0, 1000);
    for (const Bytes& other : {set.as_csv(), set.as_parquet()})
        for (const Bytes& arrow : {set.as_arrow(), set.as_stream(), set.as_arrow(ArrowPacking::kZstd),
                                   set.as_stream(ArrowPacking::kLz4)}) {
            const Classification found = look(index_with(other), arrow);
            EXPECT_EQ(found.format, "arrow");
            EXPECT_NEAR(share_of_records(found), 1, 0.002);
            EXPECT_EQ(found.unseen, std::vector<Unseen>{});
            EXPECT_NEAR(share_of_records(look(index_with(arrow), other)), 1, 0.002);
            EXPECT_EQ(make_fingerprint(MemorySource(arrow))->format, "arrow");
        }
}

TEST(ClassifyArrow, SaysHowManyOfTheRowsThereAre) {
    const Index index = index_with(data_set(0, 1000).as_csv());
    EXPECT_NEAR(share_of_records(look(index, data_set(300, 400).as_arrow())), 0.4, 0.002);
    EXPECT_TRUE(look(index, data_set(5000, 1000).as_arrow()).matches.empty());
}

TEST(ClassifyArrow, FindsItInsideWrapping) {
    const Index index = index_with(data_set(0, 1000).as_csv());
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::kGzip, Wrapping::kBase64})
        for (const Bytes& arrow : {data_set(0, 1000).as_arrow(), data_set(0, 1000).as_stream()}) {
            const Classification found = look(index, testing::wrapped(wrapping, arrow));
            EXPECT_NEAR(share_of_records(found), 1, 0.002) << to_string(wrapping);
            EXPECT_EQ(found.unseen, std::vector<Unseen>{}) << to_string(wrapping);
        }
}

TEST(ClassifyArrow, SaysThatItCannotReadALongOneOutOfAStream) {
    const Bytes arrow = data_set(0, 400'000).as_stream();
    ASSERT_GT(arrow.size(), kMaxHeldBytes);
    const Classification found =
        look(index_with(data_set(0, 1000).as_csv()), testing::wrapped(Wrapping::kGzip, arrow));
    EXPECT_EQ(found.unseen, std::vector<Unseen>{Unseen::kSeek});
}

TEST(ClassifyArrow, LeavesRowsToTheFullLook) {
    const Classification found =
        look(index_with(data_set(0, 1000).as_csv()), data_set(0, 1000).as_arrow(), Depth::kSampled);
    EXPECT_EQ(found.format, "arrow");
    EXPECT_TRUE(found.matches.empty());
}

// A file that begins as one and ends as the other has the rows of both.
TEST(ClassifyArrow, FindsTheStreamInFrontOfAParquet) {
    Bytes both = data_set(0, 1000).as_stream();
    testing::append(both, data_set(2000, 1000).as_parquet());
    EXPECT_NEAR(share_of_records(look(index_with(data_set(0, 1000).as_csv()), both)), 1, 0.002);
}

}  // namespace
}  // namespace modelward::fingerprint
