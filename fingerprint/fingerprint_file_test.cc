// SPDX-License-Identifier: Apache-2.0
// The .mwfp file: docs/fingerprint-format.md, held to the byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "fingerprint/file_format.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::HasSubstr;

Fingerprint small_fingerprint() {
    Fingerprint fingerprint;
    fingerprint.format = "gguf";
    fingerprint.file_bytes = 0x0102030405;
    for (std::size_t i = 0; i < fingerprint.sha256.size(); ++i)
        fingerprint.sha256[i] = static_cast<std::uint8_t>(i);
    fingerprint.chunks = {{0x1122334455667788, 16384}, {0x99, 8192}};
    fingerprint.tensors = {{"w", 4096, true, {1, 2, 3, 0xF000000000000000}}, {"b", 64, false, {}}};
    fingerprint.vectors = {{0, 64, {{5, 6}, {7, 0x8000000000000000}}}, {0, 512, {{9, 10}}}};
    fingerprint.records = {1, {3, 0x7FFFFFFFFFFFFFFF}};
    fingerprint.landmarks = {0, {0xFFFFFFFFFFFFFFFF}};
    return fingerprint;
}

bool equal(const Fingerprint& a, const Fingerprint& b) {
    const auto same_chunk = [](const Chunk& x, const Chunk& y) {
        return x.hash == y.hash && x.length == y.length;
    };
    const auto same_tensor = [](const TensorSketch& x, const TensorSketch& y) {
        return x.name == y.name && x.elements == y.elements && x.eligible == y.eligible &&
               x.sketch == y.sketch;
    };
    const auto same_vectors = [](const VectorSketches& x, const VectorSketches& y) {
        return x.tensor == y.tensor && x.length == y.length && x.sketches == y.sketches;
    };
    return a.format == b.format && a.file_bytes == b.file_bytes && a.sha256 == b.sha256 &&
           a.records == b.records && a.landmarks == b.landmarks &&
           std::ranges::equal(a.chunks, b.chunks, same_chunk) &&
           std::ranges::equal(a.tensors, b.tensors, same_tensor) &&
           std::ranges::equal(a.vectors, b.vectors, same_vectors);
}

// Puts the right checksum behind changed content, so that the test reaches what lies behind it.
Bytes resealed(Bytes file) {
    file.resize(file.size() - kFileTrailerBytes);
    const auto digest = file_digest(file).value();
    file.insert(file.end(), digest.begin(), digest.end());
    return file;
}

void expect_refused(const Bytes& file, ErrorCode code, const std::string& because) {
    const auto parsed = parse_fingerprint(file);
    ASSERT_FALSE(parsed.has_value()) << because;
    EXPECT_EQ(parsed.error().code(), code);
    EXPECT_THAT(parsed.error().message(), HasSubstr(because));
}

constexpr std::size_t kFirstSection = kFileHeaderBytes;
constexpr std::size_t kSourceBytes = 8 + 32 + 2 + 4;
constexpr std::size_t kSecondSection = kFirstSection + kSectionHeaderBytes + kSourceBytes;
constexpr std::size_t kThirdSection = kSecondSection + kSectionHeaderBytes + 8 + 2 * kChunkRecordBytes;
constexpr std::size_t kFourthSection =
    kThirdSection + kSectionHeaderBytes + 8 + 2 * (kLeastTensorRecordBytes + 1);
constexpr std::size_t kFifthSection =
    kFourthSection + kSectionHeaderBytes + 8 + 2 * kVectorGroupBytes + 3 * kVectorRecordBytes;

TEST(FingerprintFile, IsWrittenAsDocumented) {
    EXPECT_EQ(to_hex(serialize(small_fingerprint())),
              "4d5746500d0a1a0a010000000600000046494c45000000002e000000000000000504030201000000"
              "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0400676775664348"
              "4e4b0000000020000000000000000200000000000000887766554433221100400000990000000000"
              "00000020000054454e53000000006200000000000000020000000000000001000100001000000000"
              "000001000000000000000200000000000000030000000000000000000000000000f0770100000040"
              "00000000000000000000000000000000000000000000000000000000000000000000000000000062"
              "76656373000000005800000000000000020000000000000000000000020000004000000000000000"
              "05000000000000000600000000000000070000000000000000000000000000800000000001000000"
              "000200000000000009000000000000000a0000000000000072656373000000001800000000000000"
              "01000000020000000300000000000000ffffffffffffff7f6c6d6b73000000001000000000000000"
              "0000000001000000ffffffffffffffff91c9d7eebb9bfe5d38c0dbf9520c43d1790287c6f5af3bb7"
              "54031d09f796b2a6");
}

TEST(FingerprintFile, RoundTrips) {
    const auto parsed = parse_fingerprint(serialize(small_fingerprint()));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    EXPECT_TRUE(equal(*parsed, small_fingerprint()));
    EXPECT_TRUE(parse_fingerprint(serialize(Fingerprint{})).has_value());
}

TEST(FingerprintFile, RefusesEveryFlippedByteAndEveryTruncation) {
    const Bytes file = serialize(small_fingerprint());
    for (std::size_t i = 0; i < file.size(); ++i) {
        Bytes flipped = file;
        flipped[i] ^= 0x01;
        EXPECT_FALSE(parse_fingerprint(flipped).has_value()) << "byte " << i;
        EXPECT_FALSE(parse_fingerprint(std::span(file).first(i)).has_value()) << "length " << i;
    }
}

// With a right checksum a flipped byte is either refused or read as the different content that it then is.
TEST(FingerprintFile, NeverCrashesOnResealedChanges) {
    const Bytes file = serialize(small_fingerprint());
    for (std::size_t i = 0; i + kFileTrailerBytes < file.size(); ++i) {
        for (const std::uint8_t mask : Bytes{0x01, 0x80, 0xFF}) {
            Bytes changed = file;
            changed[i] ^= mask;
            const auto parsed = parse_fingerprint(resealed(changed));
            EXPECT_FALSE(parsed && equal(*parsed, small_fingerprint())) << "byte " << i;
        }
    }
}

TEST(FingerprintFile, RefusesOtherVersions) {
    Bytes file = serialize(small_fingerprint());
    file[8] = 2;
    expect_refused(resealed(file), ErrorCode::kUnsupported, "version 2");
    file[8] = 0;
    expect_refused(resealed(file), ErrorCode::kInvalid, "version 0");
}

TEST(FingerprintFile, RefusesCountsBeyondItsSize) {
    Bytes file = serialize(small_fingerprint());
    file[kSecondSection + kSectionHeaderBytes + 7] = 0x10;  // 2^60 chunks
    expect_refused(resealed(file), ErrorCode::kInvalid, "more chunks");
    file = serialize(small_fingerprint());
    file[kThirdSection + kSectionHeaderBytes + 5] = 0x01;  // 2^40 tensors
    expect_refused(resealed(file), ErrorCode::kInvalid, "more tensors");
    file = serialize(small_fingerprint());
    file[kFourthSection + kSectionHeaderBytes + 5] = 0x01;  // 2^40 groups of rows
    expect_refused(resealed(file), ErrorCode::kInvalid, "more rows");
    file = serialize(small_fingerprint());
    file[kFourthSection + kSectionHeaderBytes + 8 + 4 + 3] = 0x01;  // 2^24 rows
    expect_refused(resealed(file), ErrorCode::kInvalid, "more rows");
    file = serialize(small_fingerprint());
    file[kFifthSection + kSectionHeaderBytes + 4] = 3;  // 3 records of 2
    expect_refused(resealed(file), ErrorCode::kInvalid, "more hashes");
    file = serialize(small_fingerprint());
    file[12] = 200;
    expect_refused(resealed(file), ErrorCode::kInvalid, "more sections");
}

TEST(FingerprintFile, RefusesSectionsThatAreUnknownMissingOrDouble) {
    Bytes file = serialize(small_fingerprint());
    file[kSecondSection] = 'X';
    expect_refused(resealed(file), ErrorCode::kUnsupported, "unknown to this version");
    file[kSecondSection] = 'x';  // may be skipped, but then the chunks are missing
    expect_refused(resealed(file), ErrorCode::kInvalid, "missing");
    file = serialize(small_fingerprint());
    std::copy_n(file.begin() + kFirstSection, 4, file.begin() + kSecondSection);
    expect_refused(resealed(file), ErrorCode::kInvalid, "twice");
}

TEST(FingerprintFile, SkipsSectionsOfTheFutureThatSayTheyMayBe) {
    Bytes file = serialize(small_fingerprint());
    const Bytes future{'m', 'o', 'r', 'e', 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9};
    file.insert(file.end() - kFileTrailerBytes, future.begin(), future.end());
    file[12] = 7;
    const auto parsed = parse_fingerprint(resealed(file));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    EXPECT_TRUE(equal(*parsed, small_fingerprint()));
}

TEST(FingerprintFile, ReadsFilesFromBeforeThereWereRowsAndRecords) {
    Fingerprint old = small_fingerprint();
    old.vectors.clear();
    old.records = old.landmarks = {};
    Bytes file = serialize(small_fingerprint());
    file.resize(kFourthSection);
    file[12] = 3;
    file.resize(file.size() + kFileTrailerBytes);
    const auto parsed = parse_fingerprint(resealed(file));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    EXPECT_TRUE(equal(*parsed, old));
}

TEST(FingerprintFile, RefusesBytesThatBelongToNothing) {
    Bytes file = serialize(small_fingerprint());
    file.insert(file.end() - kFileTrailerBytes, 0);
    expect_refused(resealed(file), ErrorCode::kInvalid, "after the last section");
    file = serialize(small_fingerprint());
    file.insert(file.begin() + kSecondSection, 0);
    ++file[kFirstSection + 8];
    expect_refused(resealed(file), ErrorCode::kInvalid, "longer than its content");
}

TEST(FingerprintFile, RefusesImpossibleValues) {
    Bytes file = serialize(small_fingerprint());
    file[kSecondSection + kSectionHeaderBytes + 8 + 8 + 3] = 1;  // a chunk of 16 MiB
    expect_refused(resealed(file), ErrorCode::kInvalid, "impossible length");
    file = serialize(small_fingerprint());
    file[kThirdSection + kSectionHeaderBytes + 8 + 2] = 3;
    expect_refused(resealed(file), ErrorCode::kInvalid, "unknown flags");
    file = serialize(small_fingerprint());
    file[kFourthSection + kSectionHeaderBytes + 8] = 2;
    expect_refused(resealed(file), ErrorCode::kInvalid, "a tensor that is not there");
    file = serialize(small_fingerprint());
    file[kFifthSection + kSectionHeaderBytes] = 48;
    expect_refused(resealed(file), ErrorCode::kInvalid, "impossible scale");
    file[kFifthSection + kSectionHeaderBytes] = 2;
    expect_refused(resealed(file), ErrorCode::kInvalid, "not of its scale");
    file = serialize(small_fingerprint());
    file[kFifthSection + kSectionHeaderBytes + 8 + 7] = 0x80;
    expect_refused(resealed(file), ErrorCode::kInvalid, "not in order");
    file = serialize(small_fingerprint());
    file[kFirstSection + 4] = 1;
    expect_refused(resealed(file), ErrorCode::kInvalid, "reserved");
}

}  // namespace
}  // namespace modelward::fingerprint
