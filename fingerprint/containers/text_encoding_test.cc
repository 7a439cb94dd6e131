// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/text_encoding.h"

#include <gtest/gtest.h>

#include <string_view>

#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::bytes_of;

// Decoded in pieces of `piece` characters.
Bytes decoded(Wrapping encoding, const Bytes& text, std::size_t piece) {
    const auto decoder = text_decoder(encoding);
    Bytes bytes;
    for (std::size_t at = 0; at < text.size(); at += piece)
        decoder->decode(std::span(text).subspan(at, std::min(piece, text.size() - at)), bytes);
    return bytes;
}
Bytes decoded(Wrapping encoding, std::string_view text) {
    return decoded(encoding, bytes_of(text), text.size());
}

TEST(TextEncoding, GivesBackWhatWasEncodedHoweverItIsCut) {
    for (const std::size_t size : {1U, 2U, 3U, 44U, 45U, 46U, 1000U}) {
        const Bytes content = testing::noise_bytes(size, size);
        for (const std::size_t piece : {1U, 7U, 4096U}) {
            EXPECT_EQ(decoded(Wrapping::kBase64, testing::base64_of(content), piece), content);
            EXPECT_EQ(decoded(Wrapping::kBase64, testing::base64_of(content, 0), piece), content);
            EXPECT_EQ(decoded(Wrapping::kHex, testing::hex_of(content), piece), content);
            EXPECT_EQ(decoded(Wrapping::kUuencode, testing::uuencode_of(content), piece), content);
        }
    }
}

// RFC 4648, section 10.
TEST(Base64, DecodesTheVectorsOfTheStandard) {
    EXPECT_EQ(decoded(Wrapping::kBase64, "Zg=="), bytes_of("f"));
    EXPECT_EQ(decoded(Wrapping::kBase64, "Zm9vYg=="), bytes_of("foob"));
    EXPECT_EQ(decoded(Wrapping::kBase64, "Zm9vYmFy"), bytes_of("foobar"));
}

TEST(Base64, TakesBothAlphabets) {
    const Bytes bytes{0xFB, 0xEF, 0xFF, 0xFF};
    EXPECT_EQ(decoded(Wrapping::kBase64, "++///w=="), bytes);
    EXPECT_EQ(decoded(Wrapping::kBase64, "--___w=="), bytes);
}

TEST(Base64, SkipsPemAndUuencodeLines) {
    EXPECT_EQ(decoded(Wrapping::kBase64, "-----BEGIN MODEL-----\r\nZm9v\r\nYmFy\r\n-----END MODEL-----\r\n"),
              bytes_of("foobar"));
    EXPECT_EQ(decoded(Wrapping::kBase64, "begin-base64 644 model.bin\nZm9v\n====\nYmFy\n"),
              bytes_of("foobar"));
}

TEST(Base64, GoesOnBehindABrokenLineAndBehindPadding) {
    EXPECT_EQ(decoded(Wrapping::kBase64, "Zm9v\n!!!! junk\nYmFy\n"), bytes_of("foobar"));
    EXPECT_EQ(decoded(Wrapping::kBase64, "Zg==\nZg==\n"), bytes_of("ff"));
}

TEST(Uuencode, DecodesWhatTheStandardToolWrites) {
    EXPECT_EQ(decoded(Wrapping::kUuencode, "begin 644 a\n#0V%T\n`\nend\n"), bytes_of("Cat"));
    // Blanks for zeros, lost at the end of the line.
    EXPECT_EQ(decoded(Wrapping::kUuencode, "begin 644 a\n#0P\n \nend\n"), (Bytes{'C', 0, 0}));
}

TEST(Uuencode, MakesNoMoreBytesThanItReads) {
    // A line of two characters that announces 63 bytes.
    Bytes text;
    for (int i = 0; i < 100; ++i)
        for (const char c : std::string_view("_!\n"))
            text.push_back(static_cast<std::uint8_t>(c));
    EXPECT_LE(decoded(Wrapping::kUuencode, text, text.size()).size(), text.size());
}

std::optional<Wrapping> identify(std::string_view head) {
    return identify_text_encoding(bytes_of(head));
}

TEST(IdentifyTextEncoding, KnowsTheEncodings) {
    const Bytes content = testing::noise_bytes(1, 3000);
    EXPECT_EQ(identify_text_encoding(testing::base64_of(content)), Wrapping::kBase64);
    EXPECT_EQ(identify_text_encoding(testing::base64_of(content, 0)), Wrapping::kBase64);
    EXPECT_EQ(identify_text_encoding(testing::hex_of(content)), Wrapping::kHex);
    EXPECT_EQ(identify_text_encoding(testing::hex_of(content, 0)), Wrapping::kHex);
    EXPECT_EQ(identify_text_encoding(testing::uuencode_of(content)), Wrapping::kUuencode);
    EXPECT_EQ(identify("-----BEGIN MODEL-----\nZm9v\n"), Wrapping::kBase64);
}

TEST(IdentifyTextEncoding, LeavesTextAlone) {
    std::string prose, log, hashes;
    for (int i = 0; i < 50; ++i) {
        prose += "The quick brown fox jumps over 13 lazy dogs.\n";
        log += "2026-01-01 INFO step " + std::to_string(i) + "\n";
        hashes += "d41d8cd98f00b204e9800998ecf8427e  file" + std::to_string(i) + "\n";
    }
    for (const std::string& text : {prose, log, hashes, std::string(4096, 'A'), std::string("begin at 1\n"),
                                    std::string("Zm9v"), std::string()})
        EXPECT_EQ(identify(text), std::nullopt) << text.substr(0, 40);
}

TEST(IdentifyTextEncoding, LeavesBinaryDataAlone) {
    EXPECT_EQ(identify_text_encoding(testing::noise_bytes(1, 4096)), std::nullopt);
    EXPECT_EQ(identify_text_encoding(Bytes(4096)), std::nullopt);
}

}  // namespace
}  // namespace modelward::fingerprint
