// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/archive.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

Result<Bytes> rest_of(ByteStream& stream) {
    Bytes all, block(10'000);
    while (true) {
        const auto got = stream.read(block);
        if (!got) return fail(got.error());
        if (*got == 0) return all;
        all.insert(all.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(*got));
    }
}

struct Opened {
    Opened(Bytes content, Wrapping wrapping, const WrappingLimits& limits = {})
        : file(std::move(content)),
          source(file),
          counted(source),
          input(counted),
          allowance(limits, counted),
          archive(Archive::open(wrapping, input, allowance)) {}
    Bytes file;
    MemorySource source;
    CountingSource counted;
    SourceStream input;
    Allowance allowance;
    Result<std::unique_ptr<Archive>> archive;
};

// Only in order, as it is inside another archive.
struct ForwardOnly final : ByteStream {
    explicit ForwardOnly(const Bytes& file) : source(file), stream(source) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override { return stream.read(into); }
    MemorySource source;
    SourceStream stream;
};

const testing::Entries kTwo = {{"a/first", testing::noise_bytes(1, 100'000)},
                               {"b-\xC3\xA4", testing::noise_bytes(2, 50'000)}};

TEST(Archive, ListsAndReadsTheEntries) {
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z}) {
        Opened opened(testing::archive_of(wrapping, kTwo), wrapping);
        ASSERT_TRUE(opened.archive.has_value()) << to_string(wrapping);
        for (const auto& [name, content] : kTwo) {
            const auto entry = (*opened.archive)->next();
            ASSERT_TRUE(entry.has_value() && entry->has_value()) << to_string(wrapping);
            EXPECT_TRUE((*entry)->is_file);
            EXPECT_FALSE((*entry)->is_encrypted);
            EXPECT_EQ(rest_of(**opened.archive).value(), content);
        }
        EXPECT_FALSE((*opened.archive)->next().value().has_value());
    }
}

TEST(Archive, ReadsCompressedStreams) {
    const Bytes content = testing::noise_bytes(3, 300'000);
    for (const Wrapping wrapping :
         {Wrapping::kGzip, Wrapping::kBzip2, Wrapping::kXz, Wrapping::kZstd, Wrapping::kLz4}) {
        Opened opened(testing::wrapped(wrapping, content), wrapping);
        ASSERT_TRUE(opened.archive.has_value()) << to_string(wrapping);
        ASSERT_TRUE((*opened.archive)->next().value().has_value()) << to_string(wrapping);
        EXPECT_EQ(rest_of(**opened.archive).value(), content);
        EXPECT_FALSE((*opened.archive)->next().value().has_value());
    }
}

TEST(Archive, ReadsStreamsThatCannotSeek) {
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::kGzip}) {
        const Bytes file = testing::wrapped(wrapping, kTwo[0].second);
        ForwardOnly input(file);
        const MemorySource source(file);
        const CountingSource counted(source);
        const Allowance allowance({}, counted);
        const auto archive = Archive::open(wrapping, input, allowance);
        ASSERT_TRUE(archive.has_value());
        const auto entry = (*archive)->next();
        ASSERT_TRUE(entry.has_value() && entry->has_value()) << to_string(wrapping);
        EXPECT_FALSE((*entry)->stored_at.has_value());
        EXPECT_EQ(rest_of(**archive).value(), kTwo[0].second);
    }
}

TEST(Archive, SaysWhereStoredBytesLieAndSkipsThem) {
    for (const auto& [wrapping, options] :
         {std::pair{Wrapping::kTar, ""}, std::pair{Wrapping::kZip, "compression=store"}}) {
        const Bytes file = testing::archive_of(wrapping, kTwo, options);
        Opened opened(file, wrapping);
        for (const auto& [name, content] : kTwo) {
            const auto entry = (*opened.archive)->next().value();
            ASSERT_TRUE(entry.has_value());
            ASSERT_TRUE(entry->stored_at.has_value()) << to_string(wrapping) << " " << name;
            ASSERT_EQ(entry->size, content.size());
            EXPECT_TRUE(
                std::ranges::equal(std::span(file).subspan(*entry->stored_at, *entry->size), content));
        }
        EXPECT_FALSE((*opened.archive)->next().value().has_value());
        EXPECT_LT(opened.counted.bytes_read(), 100'000U) << to_string(wrapping);
    }
}

TEST(Archive, DoesNotTakeDeflatedBytesForStoredOnes) {
    Opened opened(testing::archive_of(Wrapping::kZip, kTwo, "compression=deflate"), Wrapping::kZip);
    EXPECT_FALSE((*opened.archive)->next().value()->stored_at.has_value());
}

TEST(Archive, KnowsEncryptedEntries) {
    for (const char* kind : {"encryption=traditional", "encryption=aes256"}) {
        Opened opened(testing::archive_of(Wrapping::kZip, kTwo, kind), Wrapping::kZip);
        const auto entry = (*opened.archive)->next();
        ASSERT_TRUE(entry.has_value() && entry->has_value());
        EXPECT_TRUE((*entry)->is_encrypted) << kind;
        EXPECT_FALSE((*entry)->stored_at.has_value()) << kind;
    }
}

TEST(Archive, GivesErrorsForBrokenFiles) {
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z, Wrapping::kGzip,
                                    Wrapping::kBzip2, Wrapping::kXz, Wrapping::kZstd, Wrapping::kLz4}) {
        Bytes cut = testing::wrapped(wrapping, testing::noise_bytes(5, 200'000));
        cut.resize(cut.size() / 2);
        Opened opened(cut, wrapping);
        if (!opened.archive) continue;
        const auto entry = (*opened.archive)->next();
        if (!entry) {
            EXPECT_EQ(entry.error().code(), ErrorCode::kInvalid);
            continue;
        }
        ASSERT_TRUE(entry->has_value());
        const auto read = rest_of(**opened.archive);
        ASSERT_FALSE(read.has_value()) << to_string(wrapping);
        EXPECT_EQ(read.error().code(), ErrorCode::kInvalid) << to_string(wrapping);
    }
}

TEST(Archive, PassesErrorsOfTheFileOn) {
    struct Broken final : ByteSource {
        std::uint64_t size() const override { return 1000; }
        Result<void> read(std::uint64_t, std::span<std::uint8_t>) const override {
            return fail(ErrorCode::kIo, "disk on fire");
        }
    };
    const Broken source;
    const CountingSource counted(source);
    SourceStream input(counted);
    const Allowance allowance({}, counted);
    const auto archive = Archive::open(Wrapping::kTar, input, allowance);
    const Error error = archive ? (*archive)->next().error() : archive.error();
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_EQ(error.message(), "disk on fire");
}

TEST(Archive, DoesNotTryWhatItWasNotAskedFor) {
    Opened opened(testing::wrapped(Wrapping::kGzip, testing::wrapped(Wrapping::kGzip, kTwo[0].second)),
                  Wrapping::kGzip);
    ASSERT_TRUE((*opened.archive)->next().value().has_value());
    EXPECT_EQ(rest_of(**opened.archive).value(), testing::wrapped(Wrapping::kGzip, kTwo[0].second));
}

}  // namespace
}  // namespace modelward::fingerprint
