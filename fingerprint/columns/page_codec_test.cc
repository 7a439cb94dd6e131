// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/page_codec.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "fingerprint/testing/parquet_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

Result<std::string> unpacked(PageCodec codec, const Bytes& packed, std::size_t piece = 1000) {
    const MemorySource source(packed);
    SourceStream stream(source);
    ByteReader reader(stream);
    auto page = open_page(codec, reader, packed.size());
    if (!page) return fail(page.error());
    std::string text;
    Bytes room(piece);
    while (true) {
        const auto got = (*page)->read(room);
        if (!got) return fail(got.error());
        if (*got == 0) return text;
        text.append(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*got));
    }
}

// `window` is zlib's notation for the header, too.
Bytes deflated(const std::string& text, int window) {
    z_stream state{};
    EXPECT_EQ(::deflateInit2(&state, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    Bytes packed(text.size() + 100);
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state.avail_in = static_cast<uInt>(text.size());
    state.next_out = packed.data();
    state.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(::deflate(&state, Z_FINISH), Z_STREAM_END);
    packed.resize(state.total_out);
    ::deflateEnd(&state);
    return packed;
}

Bytes gzip(const std::string& text) {
    return deflated(text, 15 + 16);
}

Bytes zlib(const std::string& text) {
    return deflated(text, 15);
}

Bytes zstd(const std::string& text) {
    Bytes packed(::ZSTD_compressBound(text.size()));
    packed.resize(::ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
}

std::string long_text() {
    std::string text;
    for (int i = 0; i < 20'000; ++i)
        text += "line " + std::to_string(i * 7919) + "\n";
    return text;
}

TEST(PageCodec, ReadsLiteralsAndCopiesOfSnappy) {
    // "abc", then 6 bytes from 3 before (in one byte of distance), 2 more (in two) and 3 (in four).
    EXPECT_EQ(unpacked(PageCodec::kSnappy,
                       {14, 2 << 2, 'a', 'b', 'c', 2 << 2 | 1, 3, 1 << 2 | 2, 3, 0, 2 << 2 | 3, 2, 0, 0, 0}),
              "abcabcabcababa");
    const std::string text = long_text();
    EXPECT_EQ(unpacked(PageCodec::kSnappy, testing::snappy_literal({text.begin(), text.end()})), text);
}

TEST(PageCodec, ReadsSnappysCopiesFromFarBefore) {
    const std::string text = long_text().substr(0, 70'000);
    Bytes packed = testing::snappy_literal({text.begin(), text.end()});
    testing::append(packed, Bytes{3 << 5 | 1, 0x21});  // 4 bytes from 0x321 before
    testing::append(packed, Bytes{3 << 2 | 2, 0x05, 0xF0});
    EXPECT_EQ(unpacked(PageCodec::kSnappy, packed),
              text + text.substr(70'000 - 0x321, 4) + text.substr(70'004 - 0xF005, 4));
}

TEST(PageCodec, ReadsLiteralsAndCopiesOfLz4) {
    // "ab", a copy of 4 + 15 + 2 from 2 before, and the last literal "xyz".
    EXPECT_EQ(unpacked(PageCodec::kLz4Raw, {0x2F, 'a', 'b', 2, 0, 2, 0x30, 'x', 'y', 'z'}),
              "ab" + std::string("ababababababababababa") + "xyz");
    // A literal of 15 + 255 + 1 bytes.
    Bytes packed{0xF0, 255, 1};
    packed.insert(packed.end(), 271, 'q');
    EXPECT_EQ(unpacked(PageCodec::kLz4Raw, packed), std::string(271, 'q'));
}

TEST(PageCodec, ReadsOneStreamOfGzipAndZstdOrMore) {
    const std::string text = long_text();
    for (const auto& [codec, pack] : {std::pair{PageCodec::kGzip, &gzip}, std::pair{PageCodec::kGzip, &zlib},
                                      std::pair{PageCodec::kZstd, &zstd}}) {
        Bytes packed = pack(text);
        for (const std::size_t piece : {std::size_t{1}, std::size_t{777}, std::size_t{1} << 20})
            EXPECT_EQ(unpacked(codec, packed, piece), text);
        testing::append(packed, pack("more"));
        EXPECT_EQ(unpacked(codec, packed), text + "more");
        packed.resize(packed.size() / 2);
        EXPECT_FALSE(unpacked(codec, packed));
    }
}

TEST(PageCodec, RefusesACopyOfWhatWasNot) {
    EXPECT_FALSE(unpacked(PageCodec::kSnappy, {10, 2 << 2, 'a', 'b', 'c', 2 << 2 | 1, 4}));
    EXPECT_FALSE(unpacked(PageCodec::kSnappy, {10, 2 << 2, 'a', 'b', 'c', 2 << 2 | 1, 0}));
    EXPECT_FALSE(unpacked(PageCodec::kLz4Raw, {0x2F, 'a', 'b', 3, 0, 2, 0x30, 'x', 'y', 'z'}));
    EXPECT_FALSE(unpacked(PageCodec::kLz4Raw, {0x2F, 'a', 'b', 2}));
    EXPECT_FALSE(unpacked(PageCodec::kSnappy, {10, 62 << 2, 255, 255, 255, 'a'}));
}

TEST(PageCodec, SaysWhichCodecItDoesNotRead) {
    const auto brotli = unpacked(PageCodec::kBrotli, {1, 2, 3});
    ASSERT_FALSE(brotli);
    EXPECT_EQ(brotli.error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace modelward::fingerprint
