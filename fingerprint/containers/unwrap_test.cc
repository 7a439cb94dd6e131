// SPDX-License-Identifier: Apache-2.0
// What is found inside wrapping, and what hostile files cost.
#include "fingerprint/containers/unwrap.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/testing/protobuf_writer.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::wrapped;
using Reasons = std::vector<Unseen>;

constexpr Wrapping kAll[] = {Wrapping::kTar,    Wrapping::kZip,      Wrapping::k7z,   Wrapping::kGzip,
                             Wrapping::kBzip2,  Wrapping::kXz,       Wrapping::kZstd, Wrapping::kLz4,
                             Wrapping::kBase64, Wrapping::kUuencode, Wrapping::kHex};

class Chunks final : public ContentVisitor {
  public:
    void chunk(std::uint64_t offset, const Chunk& chunk) override {
        bytes += chunk.length;
        if (offset == 0) ++starts;
    }
    void record(std::string_view /*canonical*/) override {}
    void landmarks(const Landmarks& /*found*/) override {}
    void end_of_content(const std::vector<ByteRange>& not_evidence) override {
        ++contents;
        ranges = not_evidence.size();
    }
    std::uint64_t bytes = 0;
    std::size_t starts = 0;
    std::size_t contents = 0;
    std::size_t ranges = 0;  // of the last content
};

std::size_t eligible(const Unwrapped& found) {
    return static_cast<std::size_t>(std::ranges::count_if(found.tensors, &TensorSketch::eligible));
}

Unwrapped look(const Bytes& file, Depth depth, Chunks* chunks = nullptr) {
    return unwrap(MemorySource(file), limits_of(depth), chunks).value();
}

TEST(Unwrap, FindsTheTensorsInEachKindOfWrapping) {
    const Bytes model = testing::small_safetensors(1);
    for (const Wrapping wrapping : kAll) {
        Chunks chunks;
        const Bytes file = wrapped(wrapping, model);
        const Unwrapped full = look(file, Depth::kFull, &chunks);
        EXPECT_EQ(full.outermost, wrapping);
        EXPECT_EQ(eligible(full), 6U) << to_string(wrapping);
        EXPECT_EQ(full.unseen, Reasons{}) << to_string(wrapping);
        EXPECT_GE(chunks.bytes, model.size() * 9 / 10) << to_string(wrapping);
        EXPECT_EQ(chunks.contents, 1U) << to_string(wrapping);
        EXPECT_GE(chunks.ranges, 2U) << "the header and the constant tensor";
        const Unwrapped sampled = look(file, Depth::kSampled);
        EXPECT_EQ(eligible(sampled), 6U) << to_string(wrapping);
        EXPECT_EQ(sampled.unseen, Reasons{}) << to_string(wrapping);
    }
}

TEST(Unwrap, FindsTheTensorsInEachPairOfWrappings) {
    const Bytes model = testing::small_gguf_q8_0(1);
    for (const Wrapping outer : kAll) {
        for (const Wrapping inner : kAll) {
            const Unwrapped found = look(wrapped(outer, wrapped(inner, model)), Depth::kSampled);
            EXPECT_EQ(eligible(found), 6U) << to_string(inner) << " in " << to_string(outer);
            EXPECT_EQ(found.unseen, Reasons{}) << to_string(inner) << " in " << to_string(outer);
        }
    }
}

TEST(Unwrap, AddsUpThePartsOfAnArchive) {
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z}) {
        Chunks chunks;
        const Bytes file = testing::archive_of(wrapping, {{"a.safetensors", testing::small_safetensors(1)},
                                                          {"readme", testing::bytes_of("no model")},
                                                          {"b.gguf", testing::small_gguf_f16(2)}});
        EXPECT_EQ(eligible(look(file, Depth::kFull, &chunks)), 12U) << to_string(wrapping);
        EXPECT_EQ(chunks.contents, 3U);
        EXPECT_EQ(chunks.starts, 2U) << "each content has its own offsets";
    }
}

TEST(Unwrap, LeavesOtherFilesToOthers) {
    Chunks chunks;
    const Unwrapped found = look(testing::small_safetensors(1), Depth::kFull, &chunks);
    EXPECT_EQ(found.outermost, std::nullopt);
    EXPECT_TRUE(found.tensors.empty());
    EXPECT_EQ(chunks.contents, 0U);
    EXPECT_EQ(look({}, Depth::kFull).outermost, std::nullopt);
}

TEST(Unwrap, ReadsLittleOfAnArchiveThatStoresModels) {
    const Bytes noise = testing::noise_bytes(1, 4 << 20);
    for (const auto& [wrapping, options] :
         {std::pair{Wrapping::kTar, ""}, std::pair{Wrapping::kZip, "compression=store"}}) {
        const Bytes file = testing::archive_of(
            wrapping, {{"noise", noise}, {"model", testing::small_gguf_f16(1)}, {"more", noise}}, options);
        const MemorySource source(file);
        const CountingSource counted(source);
        EXPECT_EQ(eligible(unwrap(counted, limits_of(Depth::kSampled), nullptr).value()), 6U);
        EXPECT_LT(counted.bytes_read(), 500'000U) << to_string(wrapping);
    }
}

TEST(Unwrap, StopsAtTheDepth) {
    Bytes file = testing::small_gguf_f16(1);
    for (int i = 0; i < kMaxWrappings; ++i)
        file = wrapped(Wrapping::kGzip, file);
    EXPECT_EQ(eligible(look(file, Depth::kFull)), 6U);
    const Unwrapped deeper = look(wrapped(Wrapping::kGzip, file), Depth::kFull);
    EXPECT_EQ(eligible(deeper), 0U);
    EXPECT_EQ(deeper.unseen, Reasons{Unseen::kDepth});
}

TEST(Unwrap, StopsAtTheNumberOfEntriesAndKeepsWhatItFound) {
    testing::Entries entries = {{"model", testing::small_gguf_f16(1)}};
    for (int i = 0; i < 50; ++i)
        entries.push_back({"f" + std::to_string(i), testing::bytes_of("x")});
    WrappingLimits limits;
    limits.entries = 40;
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z}) {
        const auto found = unwrap(MemorySource(testing::archive_of(wrapping, entries)), limits, nullptr);
        EXPECT_EQ(eligible(*found), 6U);
        EXPECT_EQ(found->unseen, Reasons{Unseen::kEntries}) << to_string(wrapping);
    }
}

TEST(Unwrap, StopsAtTheDecodedBytesAndKeepsWhatItFound) {
    const Bytes model = testing::small_gguf_f16(1);
    WrappingLimits limits;
    limits.decoded_bytes = model.size() + 100'000;
    const Bytes file =
        testing::archive_of(Wrapping::kZip, {{"model", model}, {"noise", testing::noise_bytes(1, 1 << 20)}},
                            "compression=deflate");
    Chunks chunks;
    const auto found = unwrap(MemorySource(file), limits, &chunks);
    EXPECT_EQ(eligible(*found), 6U);
    EXPECT_EQ(found->unseen, Reasons{Unseen::kDecodedBytes});
    EXPECT_LE(chunks.bytes, limits.decoded_bytes);
}

TEST(Unwrap, ASampledLookSaysThatItWasCutShort) {
    Bytes file(kMaxSampledBytes + 1000);
    std::ranges::copy(testing::noise_bytes(1, 1 << 20), file.begin());
    const Bytes tar = testing::archive_of(Wrapping::kTar, {{"big", file}, {"b", testing::small_gguf_f16(1)}});
    const Unwrapped found = look(wrapped(Wrapping::kZstd, tar), Depth::kSampled);
    EXPECT_EQ(found.unseen, Reasons{Unseen::kSampled});
}

WrappingLimits without_grace() {
    WrappingLimits limits;
    limits.ratio_grace = 1 << 20;
    return limits;
}

TEST(Unwrap, ABombEndsAtTheRatio) {
    const Bytes zeros(64 << 20);
    for (const Wrapping wrapping : {Wrapping::kGzip, Wrapping::kZip, Wrapping::kBzip2}) {
        Chunks chunks;
        const auto found = unwrap(MemorySource(wrapped(wrapping, zeros)), without_grace(), &chunks);
        EXPECT_EQ(found->unseen, Reasons{Unseen::kRatio}) << to_string(wrapping);
    }
}

TEST(Unwrap, AModelBesideABombIsFound) {
    const Bytes file = testing::archive_of(
        Wrapping::kZip, {{"model", testing::small_gguf_f16(1)}, {"bomb", Bytes(128 << 20)}},
        "compression=deflate");
    Chunks chunks;
    const auto found = unwrap(MemorySource(file), without_grace(), &chunks);
    EXPECT_EQ(eligible(*found), 6U);
    EXPECT_EQ(found->unseen, Reasons{Unseen::kRatio});
}

TEST(Unwrap, EncryptedEntriesAreReportedAndTheOthersSeen) {
    const Bytes model = testing::small_gguf_f16(1);
    const Bytes file = testing::archive_of(Wrapping::kZip, {{"a", model}}, "encryption=aes256");
    const Unwrapped found = look(file, Depth::kFull);
    EXPECT_EQ(found.outermost, Wrapping::kZip);
    EXPECT_EQ(eligible(found), 0U);
    EXPECT_EQ(found.unseen, Reasons{Unseen::kEncrypted});
    const Bytes both = testing::archive_of(Wrapping::kTar, {{"secret.zip", file}, {"model", model}});
    EXPECT_EQ(eligible(look(both, Depth::kFull)), 6U);
    EXPECT_EQ(look(both, Depth::kFull).unseen, Reasons{Unseen::kEncrypted});
}

TEST(Unwrap, KeepsTheTensorsBeforeTheBreakOfATruncatedFile) {
    const Bytes model = testing::small_safetensors(1);
    for (const Wrapping wrapping : kAll) {
        Bytes file = wrapped(wrapping, model);
        file.resize(file.size() * 6 / 10);
        Chunks chunks;
        const Unwrapped found = look(file, Depth::kFull, &chunks);
        // bzip2 and lz4 give whole blocks only, of 900 KB and 4 MB, and the list of a 7z is at its end.
        if (wrapping == Wrapping::kBzip2 || wrapping == Wrapping::kLz4 || wrapping == Wrapping::k7z) {
            EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt}) << to_string(wrapping);
            continue;
        }
        EXPECT_GE(eligible(found), 2U) << to_string(wrapping);
        if (!is_text_encoding(wrapping)) {
            EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt}) << to_string(wrapping);
        }
    }
}

TEST(Unwrap, ABrokenHeaderInAStreamDoesNotHideWhatFollows) {
    Bytes tar = testing::archive_of(Wrapping::kTar, {{"a", testing::bytes_of("x")},
                                                     {"b", testing::small_safetensors(2)},
                                                     {"c", testing::small_safetensors(1)}});
    tar[1024 + 150] = 'x';  // in the checksum of the second entry's header
    Chunks chunks;
    const Unwrapped found = look(wrapped(Wrapping::kGzip, tar), Depth::kFull, &chunks);
    EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt});
    EXPECT_GT(chunks.bytes, testing::small_safetensors(1).size() * 9 / 10);
    EXPECT_LE(chunks.bytes, tar.size()) << "no byte is chunked twice";
    EXPECT_EQ(eligible(found), 6U) << "the third entry is found behind the damage";
}

TEST(Unwrap, ArchivesThatAreReadFromTheirEndAreHeldWhenTheyAreSmall) {
    const Bytes file = wrapped(Wrapping::kGzip, wrapped(Wrapping::k7z, testing::noise_bytes(1, 200'000)));
    WrappingLimits limits;
    Chunks chunks;
    EXPECT_EQ(unwrap(MemorySource(file), limits, &chunks)->unseen, Reasons{});
    limits.held_bytes = 100'000;
    EXPECT_EQ(unwrap(MemorySource(file), limits, &chunks)->unseen, Reasons{Unseen::kSeek});
}

TEST(Unwrap, AHeaderBeyondWhatIsHeldIsReported) {
    WrappingLimits limits;
    limits.held_bytes = 300;
    const Bytes file = wrapped(Wrapping::kGzip, testing::small_gguf_f16(1));
    const auto found = unwrap(MemorySource(file), limits, nullptr);
    EXPECT_EQ(eligible(*found), 0U);
    EXPECT_EQ(found->unseen, Reasons{Unseen::kHeader});
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they have allocators of their own
TEST(Unwrap, AWindowBeyondTheMemoryIsReported) {
    const Bytes content = testing::noise_bytes(1, 300'000);
    const Bytes small = wrapped(Wrapping::kXz, content);
    WrappingLimits limits;
    limits.memory = 1 << 20;
    const auto found = unwrap(MemorySource(small), limits, nullptr);
    EXPECT_EQ(found->unseen, Reasons{Unseen::kMemory});
    // A zstd frame that asks for a window of 128 MiB to hold one byte.
    const Bytes frame{0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x88, 0x09, 0x00, 0x00, 'x'};
    Chunks chunks;
    EXPECT_EQ(unwrap(MemorySource(frame), limits_of(Depth::kFull), &chunks)->unseen,
              Reasons{Unseen::kMemory});
}

// A table takes memory for the tensors that are there, not for those that might be.
TEST(Unwrap, ATableTakesLittleMemoryWhateverTheStreamMayHold) {
    // More than the front that is held, so that the rest passes by while the table is there.
    constexpr std::size_t kSide = 512;
    testing::ProtobufWriter weight;
    weight.number(1, kSide).number(1, kSide).number(2, 1).text(8, "w").bytes(
        9, testing::noise_bytes(1, kSide * kSide * 4));
    const Bytes onnx = testing::ProtobufWriter()
                           .number(1, 8)
                           .text(2, "pytorch")
                           .message(7, testing::ProtobufWriter().message(5, weight))
                           .bytes();
    WrappingLimits limits;
    limits.memory = 8 << 20;
    const auto found = unwrap(MemorySource(wrapped(Wrapping::kGzip, onnx)), limits, nullptr);
    EXPECT_EQ(found->tensors.size(), 1U);
    EXPECT_TRUE(found->unseen.empty());
}
#endif

// Every byte of a small archive changed, every length cut: any answer will do but a crash.
TEST(Unwrap, SurvivesDamage) {
    const Bytes content = testing::noise_bytes(1, 700);
    for (const Wrapping wrapping : kAll) {
        const Bytes whole = wrapped(wrapping, content);
        for (std::size_t at = 0; at < whole.size(); at += 13) {
            Bytes damaged = whole;
            damaged[at] ^= 0xFF;
            Chunks chunks;
            EXPECT_TRUE(unwrap(MemorySource(damaged), limits_of(Depth::kFull), &chunks).has_value());
            damaged.resize(at);
            EXPECT_TRUE(unwrap(MemorySource(damaged), limits_of(Depth::kFull), &chunks).has_value());
        }
    }
}

TEST(Unwrap, ErrorsOfReadingAreErrors) {
    struct Shrinking final : ByteSource {
        explicit Shrinking(const Bytes& all) : bytes(all) {}
        std::uint64_t size() const override { return bytes.size(); }
        Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
            if (offset + into.size() > 100'000) return fail(ErrorCode::kIo, "the file shrank");
            return MemorySource(bytes).read(offset, into);
        }
        const Bytes& bytes;
    };
    const Bytes file = wrapped(Wrapping::kGzip, wrapped(Wrapping::kTar, testing::small_safetensors(1)));
    Chunks chunks;
    const auto found = unwrap(Shrinking(file), limits_of(Depth::kFull), &chunks);
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace modelward::fingerprint
