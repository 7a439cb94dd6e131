// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/wrapping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

constexpr Wrapping kAll[] = {Wrapping::kTar,    Wrapping::kZip,      Wrapping::k7z,   Wrapping::kGzip,
                             Wrapping::kBzip2,  Wrapping::kXz,       Wrapping::kZstd, Wrapping::kLz4,
                             Wrapping::kBase64, Wrapping::kUuencode, Wrapping::kHex};

Bytes head_of(Bytes file) {
    file.resize(std::min(file.size(), kWrappingHeadBytes));
    return file;
}

TEST(IdentifyWrapping, KnowsEachKind) {
    for (const Wrapping wrapping : kAll) {
        const Bytes file = testing::wrapped(wrapping, testing::noise_bytes(1, 5000));
        EXPECT_EQ(identify_wrapping(head_of(file)), wrapping) << to_string(wrapping);
    }
}

TEST(IdentifyWrapping, KnowsCompressedNothing) {
    for (const Wrapping wrapping : {Wrapping::kGzip, Wrapping::kBzip2, Wrapping::kXz, Wrapping::kZstd})
        EXPECT_EQ(identify_wrapping(testing::wrapped(wrapping, {})), wrapping) << to_string(wrapping);
}

TEST(IdentifyWrapping, TellsATarWithoutAMagicNumberByItsChecksum) {
    Bytes head = head_of(testing::archive_of(Wrapping::kTar, {{"a", Bytes(10)}}));
    // What the magic number added to the sum is taken off it; the sum is six octal digits at 148.
    unsigned taken = 0;
    for (std::size_t i = 257; i < 265; ++i)
        taken += std::exchange(head[i], std::uint8_t{0});
    unsigned sum = 0;
    for (std::size_t i = 148; i < 154; ++i)
        sum = sum * 8 + (head[i] - '0');
    sum -= taken;
    for (std::size_t i = 153; i >= 148; --i, sum /= 8)
        head[i] = static_cast<std::uint8_t>('0' + sum % 8);
    EXPECT_EQ(identify_wrapping(head), Wrapping::kTar);
    head[0] ^= 1;
    EXPECT_EQ(identify_wrapping(head), std::nullopt);
}

TEST(IdentifyWrapping, LeavesModelsAndOtherBytesAlone) {
    for (const Bytes& file : {testing::small_safetensors(1), testing::small_gguf_f16(1),
                              testing::noise_bytes(1, 10000), Bytes(10000), Bytes(512, ' '), Bytes{}})
        EXPECT_EQ(identify_wrapping(head_of(file)), std::nullopt);
}

TEST(IdentifyWrapping, TakesEveryCutOfAHead) {
    for (const Wrapping wrapping : kAll) {
        const Bytes file = head_of(testing::wrapped(wrapping, testing::noise_bytes(1, 3000)));
        for (std::size_t size = 0; size < std::min<std::size_t>(file.size(), 600); ++size)
            identify_wrapping(std::span(file).first(size));
    }
}

}  // namespace
}  // namespace modelward::fingerprint
