// SPDX-License-Identifier: Apache-2.0
// The index file: what is written is found again, and damage is noticed or does no harm.
#include <gtest/gtest.h>

#include <cstring>

#include "fingerprint/classify.h"
#include "fingerprint/index/index_builder.h"
#include "fingerprint/index/index_format.h"
#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/small_models.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

Fingerprint model(std::uint64_t seed) {
    return make_fingerprint(MemorySource(testing::small_safetensors(seed))).value();
}

Bytes file_of(const IndexBuilder& builder) {
    Bytes file;
    const auto written = builder.write([&](std::span<const std::uint8_t> bytes) -> Result<void> {
        file.insert(file.end(), bytes.begin(), bytes.end());
        return {};
    });
    EXPECT_TRUE(written.has_value());
    return file;
}

// A data set of so many rows.
Bytes rows(int first, int end) {
    std::string text;
    for (int row = first; row < end; ++row)
        text += "row number " + std::to_string(row) + " of a data set\n";
    return {text.begin(), text.end()};
}

Fingerprint data_set() {
    return make_fingerprint(MemorySource(rows(0, 100))).value();
}

Bytes three_models() {
    IndexBuilder builder;
    builder.add(11, model(1), {"one", {1}});
    builder.add(12, model(2), {"two", {2}});
    builder.add(13, model(3), {"three", {3}});
    return file_of(builder);
}

// The artifacts that a file is said to hold, by number.
std::vector<std::uint32_t> found(const Index& index, const Bytes& file, Depth depth = Depth::kFull) {
    std::vector<std::uint32_t> numbers;
    const auto result = classify(MemorySource(file), index, depth);
    EXPECT_TRUE(result.has_value());
    if (!result) return numbers;
    for (const Match& match : result->matches)
        if (std::ranges::find(numbers, match.artifact) == numbers.end()) numbers.push_back(match.artifact);
    return numbers;
}
using Numbers = std::vector<std::uint32_t>;

TEST(IndexFile, FindsWhatWasWritten) {
    const Bytes file = three_models();
    EXPECT_TRUE(verify_index_file(file).has_value());
    const Index index = Index::open(file, nullptr).value();
    ASSERT_EQ(index.size(), 3U);
    for (std::uint32_t i = 0; i < 3; ++i) {
        EXPECT_EQ(found(index, testing::small_safetensors(1 + i)), Numbers{11 + i});
        EXPECT_EQ(found(index, testing::small_gguf_q4_k(1 + i), Depth::kSampled), Numbers{11 + i});
    }
    EXPECT_TRUE(found(index, testing::small_safetensors(4)).empty());
}

TEST(IndexFile, KeepsNamesAndDigests) {
    const Bytes file = three_models();
    const IndexTables tables = tables_in(file).value();
    EXPECT_EQ(tables.name_of(0), "one");
    EXPECT_EQ(tables.name_of(2), "three");
    EXPECT_EQ(tables.artifacts[1].digest[0], 2);
    EXPECT_EQ(tables.artifacts[1].number, 12U);
    EXPECT_EQ(tables.artifacts[1].sha256, model(2).sha256);
}

TEST(IndexFile, OfNothingMatchesNothing) {
    const Index index = Index::open(file_of({}), nullptr).value();
    EXPECT_EQ(index.size(), 0U);
    EXPECT_TRUE(found(index, testing::small_safetensors(1)).empty());
}

TEST(IndexFile, FindsTheSameHoweverItGrew) {
    IndexBuilder first;
    first.add(99, model(9), {"nine", {9}});
    first.add(11, model(1), {"one", {1}});
    const Bytes before = file_of(first);
    IndexBuilder grown;
    grown.add(tables_in(before).value(), [](std::uint32_t place) -> std::optional<std::uint32_t> {
        if (place == 0) return std::nullopt;
        return 11;
    });
    grown.add(12, model(2), {"two", {2}});
    grown.add(13, model(3), {"three", {3}});
    const Bytes after = file_of(grown);
    const Index index = Index::open(after, nullptr).value();
    EXPECT_EQ(after.size(), three_models().size());
    for (std::uint32_t i = 0; i < 3; ++i)
        EXPECT_EQ(found(index, testing::small_safetensors(1 + i)), Numbers{11 + i});
    EXPECT_TRUE(found(index, testing::small_safetensors(9)).empty()) << "it was left out";
    EXPECT_EQ(index.tables().name_of(0), "one");
}

TEST(IndexFile, FindsRowsThatWereTakenOverFromAnother) {
    IndexBuilder first;
    first.add(5, data_set(), {"rows", {5}});
    const Bytes before = file_of(first);
    IndexBuilder grown;
    grown.add(11, model(1), {"one", {1}});
    grown.add(tables_in(before).value(), [](std::uint32_t) { return std::optional<std::uint32_t>(12); });
    const Bytes after = file_of(grown);
    EXPECT_EQ(found(Index::open(after, nullptr).value(), rows(50, 100)), Numbers{12});
    EXPECT_TRUE(found(Index::open(after, nullptr).value(), rows(100, 150)).empty());
}

TEST(IndexFile, RefusesWhatIsNoIndex) {
    const Bytes sound = three_models();
    const auto code_of = [](const Bytes& file) { return tables_in(file).error().code(); };
    EXPECT_EQ(code_of({}), ErrorCode::kInvalid);
    EXPECT_EQ(code_of(Bytes(4096)), ErrorCode::kInvalid);
    EXPECT_EQ(code_of(Bytes(sound.begin(), sound.end() - 1)), ErrorCode::kInvalid);
    Bytes newer = sound;
    newer[8] = kIndexVersion + 1;
    EXPECT_EQ(code_of(newer), ErrorCode::kUnsupported);
}

TEST(IndexFile, RefusesTablesOutsideIt) {
    for (std::size_t section = 0; section < kIndexSections; ++section) {
        for (const std::uint64_t offset : {std::uint64_t{1}, std::uint64_t{1} << 40, ~std::uint64_t{63}}) {
            Bytes file = three_models();
            IndexHeader header;
            std::memcpy(&header, file.data(), sizeof header);
            header.sections[section].offset = offset;
            header.sections[section].bytes |= 64;
            std::memcpy(file.data(), &header, sizeof header);
            EXPECT_FALSE(tables_in(file).has_value()) << section << " at " << offset;
        }
        Bytes file = three_models();
        IndexHeader header;
        std::memcpy(&header, file.data(), sizeof header);
        header.sections[section].bytes =
            (file.size() / 960 + 1) * 960;  // of whole records, whichever they are
        std::memcpy(file.data(), &header, sizeof header);
        EXPECT_FALSE(tables_in(file).has_value()) << section << " too long";
    }
}

TEST(IndexFile, NoticesEveryDamagedByteWhenItIsVerified) {
    const Bytes sound = three_models();
    for (std::size_t at = 0; at < sound.size(); at += 997) {
        Bytes file = sound;
        file[at] ^= 0x20;
        EXPECT_FALSE(verify_index_file(file).has_value()) << at;
    }
}

// Opened without being verified, as a large index is.
TEST(IndexFile, SurvivesDamage) {
    const Bytes sound = three_models();
    const Bytes asked = testing::small_safetensors(1);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Bytes file = sound;
        for (std::uint64_t n = 0; n < 50; ++n)
            file[sizeof(IndexHeader) + splitmix64(seed, n) % (file.size() - sizeof(IndexHeader))] =
                static_cast<std::uint8_t>(splitmix64(seed + 1000, n));
        const auto index = Index::open(file, nullptr);
        ASSERT_TRUE(index.has_value());
        (void)classify(MemorySource(asked), *index, Depth::kFull);
    }
}

}  // namespace
}  // namespace modelward::fingerprint
