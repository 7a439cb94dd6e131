// SPDX-License-Identifier: Apache-2.0
// The real modelward-scan, in its sandbox, looks into archives, compression and encodings: a system call that
// a library makes on the way and the sandbox does not allow would end the process here.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "agent/scanner/index_file.h"
#include "agent/scanner/scanner_process.h"
#include "fingerprint/testing/arrow_writer.h"
#include "fingerprint/testing/parquet_writer.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::agent {
namespace {

using fingerprint::Depth;
using fingerprint::Unseen;
using fingerprint::Wrapping;
using fingerprint::testing::Bytes;
using fingerprint::testing::wrapped;

constexpr Wrapping kAll[] = {Wrapping::kTar,    Wrapping::kZip,      Wrapping::k7z,   Wrapping::kGzip,
                             Wrapping::kBzip2,  Wrapping::kXz,       Wrapping::kZstd, Wrapping::kLz4,
                             Wrapping::kBase64, Wrapping::kUuencode, Wrapping::kHex};

UniqueFd file_of(const Bytes& content) {
    UniqueFd file(::memfd_create("file", MFD_CLOEXEC));
    EXPECT_EQ(::write(file.get(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
    return file;
}

struct WrappedContent : ::testing::Test {
    Bytes model = fingerprint::testing::small_safetensors(1);
    UniqueFd index = [this] {
        fingerprint::IndexBuilder builder;
        builder.add(7, *fingerprint::make_fingerprint(fingerprint::MemorySource(model)));
        return std::move(*make_index_file(builder));
    }();
    Result<ScannerProcess> scanner = ScannerProcess::start({MODELWARD_SCAN, 65534, 65534}, index.get(),
                                                           [](pid_t) -> Result<void> { return {}; });

    Result<ScanReply> scan(const Bytes& content, Depth depth) {
        const UniqueFd file = file_of(content);
        if (auto sent = scanner->submit({1, depth}, file.get()); !sent) return fail(sent.error());
        auto reply = scanner->take_reply();
        if (!reply) return fail(reply.error().with_context(scanner->stop()));
        return reply;
    }
};

TEST_F(WrappedContent, IsRecognisedInTheSandbox) {
    ASSERT_TRUE(scanner.has_value());
    for (const Wrapping wrapping : kAll) {
        const Bytes file = wrapped(wrapping, model);
        for (const Depth depth : {Depth::kSampled, Depth::kFull}) {
            const auto reply = scan(file, depth);
            ASSERT_TRUE(reply.has_value()) << to_string(wrapping) << ": " << reply.error().message();
            ASSERT_FALSE(reply->failure.has_value()) << reply->failure->message();
            EXPECT_EQ(reply->format, to_string(wrapping));
            EXPECT_TRUE(reply->unseen.empty()) << to_string(wrapping);
            ASSERT_FALSE(reply->matches.empty()) << to_string(wrapping);
            EXPECT_EQ(reply->matches[0].artifact, 7U);
        }
    }
}

// Which takes a SHA-256, and OpenSSL opens files before its first one.
TEST_F(WrappedContent, AnExactCopyWithoutAWrappingIsRecognisedInTheSandbox) {
    const auto reply = scan(model, Depth::kFull);
    ASSERT_TRUE(reply.has_value()) << reply.error().message();
    ASSERT_FALSE(reply->matches.empty());
    EXPECT_EQ(reply->matches[0].method, fingerprint::Method::kExact);
}

TEST_F(WrappedContent, RowsOfTablesAreReadInTheSandbox) {
    namespace writer = fingerprint::testing;
    std::vector<std::string> rows;
    Bytes text;
    for (int row = 0; row < 3000; ++row) {
        rows.push_back("some words of row " + std::to_string(row * 7919));
        writer::append(text, rows.back() + "\n");
    }
    fingerprint::IndexBuilder builder;
    builder.add(7, *fingerprint::make_fingerprint(fingerprint::MemorySource(text)));
    index = std::move(*make_index_file(builder));
    scanner = ScannerProcess::start({MODELWARD_SCAN, 65534, 65534}, index.get(),
                                    [](pid_t) -> Result<void> { return {}; });
    ASSERT_TRUE(scanner.has_value());
    const auto expect_all = [&](const Bytes& table, const std::string& format, const std::string& packed_by) {
        const auto reply = scan(table, Depth::kFull);
        ASSERT_TRUE(reply.has_value()) << packed_by << ": " << reply.error().message();
        EXPECT_EQ(reply->format, format);
        EXPECT_TRUE(reply->unseen.empty()) << packed_by;
        EXPECT_TRUE(std::ranges::any_of(reply->matches, [](const fingerprint::Match& match) {
            return match.artifact == 7 && match.method == fingerprint::Method::kRecords && match.share == 1;
        })) << packed_by;
    };
    // By the codecs' numbers in Parquet: of pages that Snappy, gzip, zstd and LZ4 pack.
    for (const int codec : {0, 1, 2, 6, 7}) {
        writer::PageSpec page = writer::plain_texts(rows);
        if (codec == 1) page.body = writer::snappy_literal(page.body);
        if (codec == 2) page.body = wrapped(Wrapping::kGzip, page.body);
        if (codec == 6) page.body = wrapped(Wrapping::kZstd, page.body);
        if (codec == 7) page.body = writer::lz4_literal(page.body);
        expect_all(writer::parquet_file({{.pages = {page}, .codec = codec}}, 3000), "parquet",
                   "codec " + std::to_string(codec));
    }
    const std::vector<writer::ArrowArray> fields{writer::arrow_texts(rows)};
    for (const writer::ArrowPacking packing :
         {writer::ArrowPacking::kNone, writer::ArrowPacking::kLz4, writer::ArrowPacking::kZstd})
        expect_all(writer::arrow_file(fields, {}, {writer::arrow_batch(fields, packing)}), "arrow",
                   "Arrow " + std::to_string(static_cast<int>(packing)));
}

TEST_F(WrappedContent, IsRecognisedInTheSandboxWhenItIsNested) {
    ASSERT_TRUE(scanner.has_value());
    for (const Wrapping outer : kAll) {
        for (const Wrapping inner : kAll) {
            const auto reply = scan(wrapped(outer, wrapped(inner, model)), Depth::kFull);
            ASSERT_TRUE(reply.has_value())
                << to_string(inner) << " in " << to_string(outer) << ": " << reply.error().message();
            EXPECT_FALSE(reply->matches.empty()) << to_string(inner) << " in " << to_string(outer);
        }
    }
}

// Whatever libarchive does with a broken or an encrypted file, it stays within the sandbox.
TEST_F(WrappedContent, ThatIsBrokenOrEncryptedIsReportedAndNeverInnocent) {
    ASSERT_TRUE(scanner.has_value());
    using fingerprint::testing::archive_of;
    const Bytes noise = fingerprint::testing::noise_bytes(1, 3000);
    for (const char* kind : {"encryption=traditional", "encryption=aes256"}) {
        const auto reply = scan(archive_of(Wrapping::kZip, {{"a", noise}}, kind), Depth::kFull);
        ASSERT_TRUE(reply.has_value()) << reply.error().message();
        EXPECT_EQ(reply->unseen, std::vector{Unseen::kEncrypted});
        EXPECT_EQ(reply->innocent, InnocentKind::kNone) << "small, but nobody knows what it is";
    }
    for (const Wrapping wrapping : kAll) {
        const Bytes whole = wrapped(wrapping, noise);
        for (std::size_t at = 0; at < whole.size(); at += 41) {
            Bytes damaged = whole;
            damaged[at] ^= 0xFF;
            const auto reply = scan(damaged, Depth::kFull);
            ASSERT_TRUE(reply.has_value()) << to_string(wrapping) << " at " << at << reply.error().message();
            damaged.resize(at);
            ASSERT_TRUE(scan(damaged, Depth::kFull).has_value()) << to_string(wrapping) << " cut at " << at;
        }
    }
}

}  // namespace
}  // namespace modelward::agent
